r"""Leave the lines of small files undecoded that are whole zap records of no interest.

As `skim` does for a long file, for the lines of many files in one frame: a line that begins and
ends as a zap record, at a level that nobody asked for, with a time in UTC and none of the texts
that are wanted, is one record whatever else it says. It is counted by level and minute.

    {"level":"info","ts":"2026-01-05T09:15:03.010Z","caller":"…","msg":"…"}
    └────────── head: level and minute ──┘

The first and the last such line between two lines that may begin a run are decoded all the same:
a run is described by its first and last records.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.decode import FORMAT
from cnilog.ingest.duplicates import delivered
from cnilog.ingest.hitting import alternation, hitting_set, holds_any
from cnilog.ingest.keep import passable
from cnilog.ingest.runs import MARKERS
from cnilog.ingest.skim import HEAD, timed

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN: Final = (
    r'^\{"level":"(?:debug|info|warn|error|fatal)",'
    r'"ts":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-5][0-9]\.[0-9]{3}Z",'
    r'"caller":"[^"\\]*","msg":"(?:[^"\\]|\\.)*"\}$'
)
ESCAPED: Final = ("\\u", "\\x")  # decoding makes other characters of these
SHELL: Final = '"caller":"entrypoint.sh"'  # another program
STARTS: Final = tuple(marker.text for marker in MARKERS)
PAYS: Final = 300_000  # lines of one process from which on a hitting set is worth choosing
SAMPLE: Final = 150_000  # characters in which texts of the hitting set are counted
CALLER: Final = r'"caller":"([^"\\]*)"'


@dataclass(frozen=True, slots=True)
class Hushed:
    """Lines of several files, parted. A file is a number ``of``.

    Attributes:
        lines: How many lines each file has.
        rest: The lines to decode, in order, with ``before``: how many lines of the same file
            before them were passed over.
        passed: ``of``, ``of_line``, ``text`` and ``minute`` of the lines that were passed over.
        summed: ``of``, ``minute``, ``level`` and ``count`` of those.
    """

    lines: Sequence[int]
    rest: pl.DataFrame
    passed: pl.DataFrame
    summed: pl.DataFrame

    def callers(self, most: int) -> pl.DataFrame:
        """Return what `components.usual` asks of those among the first *most* lines of a file."""
        return self.passed.filter(pl.col("of_line") <= most).select(
            pl.col("of_line").alias("line"),
            file="of",
            format=pl.lit("zap", dtype=FORMAT),
            caller=pl.col("text").str.extract(CALLER),
        )

    def counts(self, _: pl.DataFrame) -> pl.DataFrame:
        """Return ``of``, ``minute``, ``level`` and ``count`` of those passed over."""
        return self.summed

    def doubtful(self, records: pl.DataFrame) -> set[int]:
        """Return the numbers of the files in which lines may have been delivered twice.

        Args:
            records: What was not passed over, decoded.
        """
        key = pl.col("text").hash()
        own = pl.col("ts").dt.truncate("1m")
        of = pl.col("file").alias("of")
        told = records.select(of, "line", "ts_repaired", key=key, own=own)
        more = self.passed.select(
            "of", pl.col("of_line").alias("line"), ts_repaired=False, key=key, own="minute"
        )
        both = pl.concat([told, more]).sort("of", "line", maintain_order=True)
        marks = both.group_by("of").agg(begins=delivered().sum())
        return set(marks.filter(pl.col("begins") > 1)["of"])

    def totals(self) -> dict[int, int]:
        """Return how many lines of each file were passed over."""
        return dict(self.passed.group_by("of").len().iter_rows())


def hush(lines: pl.DataFrame, counts: Sequence[int], keep: Sequence[str]) -> Hushed:
    """Return *lines* parted.

    Args:
        lines: ``of``, ``of_line`` (the number in the file) and ``text``, in order.
        counts: How many lines each file has.
        keep: Literals of the records that are wanted.
    """
    text = pl.col("text")
    judged = lines.with_columns(
        plain=text.str.contains(PLAIN),
        hit=_texts(tuple(keep)).test(lines["text"]),
        head=text.str.slice(0, HEAD),
    )
    sound = pl.col("plain") & ~pl.col("hit")
    times = timed(judged.filter(sound).select("head").unique())
    good = times.drop_nulls().filter(pl.col("level").is_in(passable(keep)))
    judged = judged.with_columns(quiet=sound & pl.col("head").is_in(good["head"].implode()))
    over = judged["quiet"].scatter(_ends(judged), values=False)
    judged = judged.with_columns(over=over).with_columns(
        before=pl.col("over").cum_sum().over("of").cast(pl.UInt32)
    )
    passed = judged.filter("over").join(good, on="head", how="left", maintain_order="left")
    return Hushed(
        counts,
        judged.filter(~pl.col("over")).select(*lines.columns, "before"),
        passed.select("of", "of_line", "text", "minute"),
        passed.group_by("of", "minute", "level").agg(count=pl.len()),
    )


class _Texts:
    """The texts that are looked for, as literals at first; by a hitting set where that pays."""

    def __init__(self, keep: Sequence[str]) -> None:
        self._literals = [*keep, *STARTS, *ESCAPED, SHELL]
        self._lines = 0  # that were asked so far
        self._quick: str | None = None

    def test(self, lines: pl.Series) -> pl.Expr:
        """Return whether ``text`` may hold one of them; *lines* are asked."""
        if self._lines <= PAYS < self._lines + len(lines):  # choosing takes a fifth of a second
            sample = lines.filter(~lines.str.contains_any(self._literals)).str.join("\n").item()
            found = hitting_set((*self._literals[: -len(ESCAPED) - 1], SHELL), sample[:SAMPLE])
            self._quick = alternation((*found, *ESCAPED)) if found else None
        self._lines += len(lines)
        text = pl.col("text")
        if self._quick:
            return text.str.contains(self._quick)
        return holds_any(text, self._literals, len(lines))


@lru_cache(maxsize=2)
def _texts(keep: tuple[str, ...]) -> _Texts:
    return _Texts(keep)


def _ends(judged: pl.DataFrame) -> pl.Series:
    """Return the rows of the quiet lines that are the first or the last before a border.

    What is no plain record, or may begin a run, is a border.
    """
    loud = judged.with_row_index().filter(~pl.col("quiet"))
    starts = pl.col("text").str.contains_any([*STARTS, *ESCAPED])
    borders = loud.filter(~pl.col("plain") | starts)["index"]
    quiet = judged.select("of", "quiet").with_row_index().filter("quiet")
    part = borders.search_sorted(quiet["index"])
    quiet = quiet.with_columns(part=part)
    first, last = (
        pl.any_horizontal(pl.col("of", "part").ne_missing(pl.col("of", "part").shift(step)))
        for step in (1, -1)
    )
    return quiet.filter(first | last)["index"]
