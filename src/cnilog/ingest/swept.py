"""Leave lines of small files undecoded by the native pass, where this copy of cnilog has one.

As `quiet` does, at a tenth of its time: each file is skimmed by itself, and what is left of all of
them is put in one frame. What was passed over is known by minute and level only, so a file in
which lines may come twice, or whose first lines are of another format, is read in the other way.
"""

from __future__ import annotations

import os
from array import array
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cnilog.ingest.decode import FORMAT
from cnilog.ingest.duplicates import BACK_MINUTES
from cnilog.ingest.keep import levels_of, steady_of
from cnilog.ingest.multiline import GAP
from cnilog.ingest.native import OFF, native, parts_of
from cnilog.ingest.peel import SAMPLE_ROWS
from cnilog.ingest.rows import each
from cnilog.ingest.skim import Opening
from cnilog.ingest.skimmers import head_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilog.ingest.envelope import LineEnvelope
    from cnilog.ingest.native import NativeSkimmer

TIMED: Final = 48  # characters up to the end of the time, after a level of five letters
LONG: Final = 300  # characters that hold a caller, and what follows it
MORE: Final = 50  # lines that its first ones may be shorter than the others
BACK: Final = timedelta(minutes=BACK_MINUTES)
KEY: Final = pl.col("of").cast(pl.UInt64) * 2**32 + pl.col("of_line")


@dataclass(frozen=True, slots=True)
class Swept:
    """Lines of several files, parted. A file is a number ``of``.

    Attributes:
        texts: The files.
        lines: How many lines each has.
        rest: As in `quiet.Hushed`.
        forced: Those of *rest* (as `KEY`) that are in *groups* all the same.
        groups: ``of``, ``level``, ``minute`` and ``count`` of the lines passed over, and the
            first and the last ``of_line``, ``begin`` and ``end``.
        begins: What the first lines passed over say: ``of``, ``line``, ``caller`` and ``plain``.
    """

    texts: Sequence[bytes]
    lines: Sequence[int]
    rest: pl.DataFrame
    forced: pl.Series
    groups: pl.DataFrame
    begins: pl.DataFrame

    def callers(self, most: int) -> pl.DataFrame:
        """Return what `components.usual` asks of those among the first *most* lines of a file."""
        return self.begins.filter(pl.col("line") <= most).select(
            "line",
            file="of",
            format=pl.lit("zap", dtype=FORMAT),
            caller="caller",
        )

    def totals(self) -> dict[int, int]:
        """Return how many lines of each file were passed over."""
        forced = (self.forced // 2**32).cast(pl.UInt32).alias("of").to_frame()
        both = [
            self.groups.select("of", pl.col("count").cast(pl.Int64)),
            forced.select("of", count=pl.lit(-1, dtype=pl.Int64)),
        ]
        return dict(pl.concat(both).group_by("of").agg(pl.col("count").sum()).iter_rows())

    def counts(self, records: pl.DataFrame) -> pl.DataFrame:
        """Return ``of``, ``minute``, ``level`` and ``count`` of those passed over.

        Args:
            records: All others, decoded; those that were forced are among them.
        """
        key = pl.col("file").cast(pl.UInt64) * 2**32 + pl.col("line")
        forced = records.filter(key.is_in(self.forced.implode()))
        less = forced.select(
            pl.col("file").alias("of"),
            "level",
            minute=pl.col("ts").dt.truncate("1m"),
            count=pl.lit(-1, dtype=pl.Int64),
        )
        told = self.groups.select("of", "level", "minute", pl.col("count").cast(pl.Int64))
        summed = pl.concat([told, less]).group_by("of", "minute", "level")
        return summed.agg(pl.col("count").sum()).filter(pl.col("count") != 0)

    def doubtful(self, records: pl.DataFrame) -> set[int]:
        """Return the files whose lines must be looked at one by one.

        Lines may have been delivered twice there: time goes back, or the first record comes again.
        """
        sure = records.filter(pl.col("ts").is_not_null() & ~pl.col("ts_repaired"))
        of = pl.col("file").alias("of")
        line = pl.col("line").cast(pl.UInt32)
        own = sure.select(of, minute=pl.col("ts").dt.truncate("1m"), begin=line, end=line)
        spans = pl.concat([own, self.groups.select("of", "minute", "begin", "end")])
        spans = spans.group_by("of", "minute").agg(pl.col("begin").min(), pl.col("end").max())
        spans = spans.sort("of", "minute")
        soonest = pl.col("begin").cum_min(reverse=True).over("of")
        later = spans.select("of", "minute", soonest=soonest)
        met = spans.with_columns(minute=pl.col("minute") + BACK).join_asof(
            later, on="minute", by="of", strategy="forward", check_sortedness=False
        )
        found = {*met.filter(pl.col("soonest") < pl.col("end"))["of"]}
        firsts = sure.group_by("file", maintain_order=True).agg(pl.col("text").first())
        for file, text in firsts.iter_rows():
            whole, first = self.texts[file], text.encode()
            at = whole.find(first)
            if at < 0 or whole.find(first, at + 1) >= 0:
                found.add(file)
        return found | {*self.begins.filter(~pl.col("plain"))["of"]}


def swept(
    texts: Sequence[bytes], keep: Sequence[str], envelope: LineEnvelope | None = None
) -> Swept | None:
    """Return the lines of *texts*, parted; null where this copy has no native pass for them.

    Args:
        texts: Files, each ending with a line's end.
        keep: Literals of the records that are wanted.
        envelope: What is round each line, only a prefix.
    """
    possible = texts and parts_of(keep) is not None
    skimmer = _skimmer(keep, envelope, texts[0]) if possible else None
    return _sweep(texts, skimmer, envelope) if skimmer else None


_LAST: Final[dict[tuple[Any, ...], NativeSkimmer | None]] = {}  # to make it takes ten milliseconds
KINDS: Final = 8  # of lines, whose skimmers are held


def _skimmer(
    keep: Sequence[str], envelope: LineEnvelope | None, sample: bytes
) -> NativeSkimmer | None:
    """Return what skims such lines for *keep*; its texts are rare in the first *sample*."""
    key = (tuple(keep), levels_of(keep), steady_of(keep), envelope, os.environ.get(OFF))
    if key not in _LAST:
        if len(_LAST) >= KINDS:
            _LAST.clear()
        _LAST[key] = native(keep, Opening(envelope), head_of(sample))
    return _LAST[key]


def _sweep(
    texts: Sequence[bytes], skimmer: NativeSkimmer, envelope: LineEnvelope | None
) -> Swept | None:
    """Return the lines of *texts*, parted; null where *skimmer* cannot."""
    answers = skimmer.skim_all(texts)
    if answers is None:
        return None
    counts = [one.lines for one in answers]
    gaps = range(0, len(texts) * (GAP + 1), GAP + 1)
    shift = pl.Series([*accumulate(counts, initial=0)][:-1], dtype=pl.UInt32)
    shift += pl.Series(gaps, dtype=pl.UInt32)
    of = each([len(one.rows) // 4 for one in answers])
    rest = pl.DataFrame({"of": of, "of_line": _column(one.rows for one in answers) + 1}).select(
        "of",
        "of_line",
        line=(pl.col("of_line") + shift.gather(of)).cast(pl.UInt32),
        text=_lines(one.text for one in answers),
        before=(pl.col("of_line") - 1 - pl.int_range(pl.len()).over("of")).cast(pl.UInt32),
    )
    forced = pl.DataFrame(
        {
            "of": each([len(one.forced) // 4 for one in answers]),
            "of_line": _column(one.forced for one in answers) + 1,
        }
    )
    groups = skimmer.groups(answers).with_columns(
        pl.col("begin", "end") + 1, of=each([len(one.minutes) // 8 for one in answers])
    )
    begins = _begins(texts, counts, rest, envelope)
    return Swept(texts, counts, rest, forced.select(KEY).to_series(), groups, begins)


def _begins(
    texts: Sequence[bytes],
    counts: Sequence[int],
    rest: pl.DataFrame,
    envelope: LineEnvelope | None,
) -> pl.DataFrame:
    """Return what the first lines of *texts* that are not in *rest* say."""
    heads = [_head(*one) for one in zip(texts, counts, strict=True)]
    of = each([count for _, count in heads])
    line = pl.int_range(1, pl.len() + 1, dtype=pl.UInt32).over("of")
    frame = pl.DataFrame({"of": of, "text": _lines(head for head, _ in heads)})
    frame = frame.with_columns(of_line=line).filter(pl.col("of_line") <= SAMPLE_ROWS)
    kept = rest.filter(pl.col("of_line") <= SAMPLE_ROWS).select(KEY).to_series()
    passed = frame.filter(~KEY.is_in(kept.implode()))
    inner = passed["text"]
    inner = inner.str.replace(f"^(?:{envelope.prefix})", "") if envelope else inner
    told = inner.str.slice(TIMED, LONG).str.splitn('"', 6).struct.unnest()
    return passed.select("of", line="of_line").with_columns(
        caller=told["field_3"],
        plain=(told["field_1"] == "caller") & told["field_5"].str.starts_with("msg"),
    )


def _head(text: bytes, count: int) -> tuple[bytes, int]:
    """Return the first lines of *text*, about `SAMPLE_ROWS` and no fewer, and how many they are."""
    if count <= SAMPLE_ROWS:
        return text, count
    size = len(text) * (SAMPLE_ROWS + MORE) // count
    while size < len(text):
        head = text[: text.find(b"\n", size) + 1]
        found = head.count(b"\n")
        if found >= SAMPLE_ROWS:
            return head, found
        size *= 2
    return text, count


def _column(numbers: Iterable[bytes]) -> pl.Series:
    return pl.Series(array("I", b"".join(numbers)), dtype=pl.UInt32)


def _lines(texts: Iterable[bytes]) -> pl.Series:
    whole = b"".join(texts)
    return pl.read_lines(whole)["line"] if whole else pl.Series(dtype=pl.String)
