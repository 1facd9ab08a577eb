r"""Pass over plain lines and hand on only those that are worth decoding.

Nearly every line is a whole zap record of no interest: a level below error, a good time in UTC, no
literal in it. Of those only the number per level and minute is taken. What is left is decoded as
ever, so the result is the same as without skimming:

    {"level":"info","ts":"2026-01-05T09:15:03.010Z","caller":"…","msg":"…"}
    └──────────── head: level and minute ──┘└ tail ┘

A line is passed over where its head is valid, its tail is seconds below 60 with milliseconds and a
``Z``, it ends as a JSON string does, and no text of the hitting set is in it. Such a line is a
record whatever stands between (`formats.json.HEADED`), and it neither opens nor continues another.

A line with nothing but steady texts is passed over, too, where another of them follows before one
with a text of their troubles; the last of a chunk stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.escapes import escape
from cnilog.ingest.hitting import SAFE, alternation, hitting_set
from cnilog.ingest.keep import passable, steady_of
from cnilog.ingest.runs import AGENT_STARTS, MARKERS
from cnilog.ingest.times import NO_YEAR, plausible
from cnilog.schema import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.ingest.envelope import Alike, LineEnvelope

BRACE: Final = '{"level":"'  # what a zap line begins with
HEAD: Final = 39  # characters up to the minute and, after a level of four letters, a colon
TAIL: Final = r'^(?:[0-5][0-9]\.[0-9]{3}Z\\?"|:[0-5][0-9]\.[0-9]{3}Z)'  # the quote may be escaped
KEY: Final = (
    r'^\{"level":"(?:(info|warn)","ts":"([^"]{16}):|(debug)","ts":"([^"]{16}))$'  # two lengths
)
ESCAPED: Final = ("\\u00", "\\x1b")  # decoding would make other characters of these
COLOUR: Final = "\x1b"
NOTHING: Final = r"[^\s\S]"  # a regex that nothing fits
SHELL: Final = '"entrypoint.sh"'  # a caller whose lines tell of the container's script
SPAN: Final = (pl.len().alias("count"), pl.min("row").alias("begin"), pl.max("row").alias("end"))
ESCAPED_BRACE: Final = escape(BRACE)  # between quotes
QUOTES: Final = BRACE.count('"') + 4  # of a head, each of which has a backslash between quotes
BODY: Final = 47  # characters up to the end of the time, after a level of four letters


@dataclass(frozen=True, slots=True)
class Opening:
    """What the lines of a file are like, as far as they can be skimmed: bare where nothing is set.

    Attributes:
        envelope: The one that is round each of them.
        alike: What they are like where they stand in quotes inside it.
    """

    envelope: LineEnvelope | None = None
    alike: Alike | None = None


@dataclass(frozen=True, slots=True)
class Skimmed:
    """What is left of a chunk.

    Attributes:
        rows: ``row`` (from 0) and ``raw`` of the lines to decode, in order.
        forced: Rows among them that would have been passed over, and are counted in *groups*.
        groups: ``minute``, ``level`` and ``count`` of the lines that were passed over, and the
            rows (from 0) that they ``begin`` and ``end`` at; a group may come in parts.
        lines: How many lines the chunk has.
    """

    rows: pl.DataFrame
    forced: pl.Series
    groups: pl.DataFrame
    lines: int


def texts_of(keep: Sequence[str], sample: str) -> tuple[str, ...]:
    """Return texts of which every line that must be decoded holds one; none where there are none.

    Args:
        keep: Literals of the records that are wanted.
        sample: Lines to choose texts by that are rare in them.
    """
    return hitting_set({*keep, *AGENT_STARTS} - {*_steady(keep)}, sample) or ()


def _steady(keep: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for text in steady_of(keep)[0] if SAFE.fullmatch(text))


class PolarsSkimmer:
    """Skims the chunks of one file.

    Args:
        keep: Literals of the records that are wanted.
        opening: What the lines of the file are like.
        texts: What `texts_of` chose for *keep*.
    """

    def __init__(self, keep: Sequence[str], opening: Opening, texts: Sequence[str]) -> None:
        envelope, self._alike = opening.envelope, opening.alike
        self._steady = _steady(keep)
        parts = (max(SAFE.findall(text), key=len, default="") for text in steady_of(keep)[1])
        self._troubles = (*parts, *ESCAPED, COLOUR)  # decoded, the last may hold any of them
        shell = SHELL.strip('"') if opening.alike else SHELL[1:]
        self._texts = (*ESCAPED, shell, *texts)
        self._prefix = envelope.prefix if envelope else None
        heads = envelope is not None and envelope.heads
        headed = pl.col("raw").str.contains(f"^{self._prefix}") if heads else pl.lit(value=True)
        self._headless = ~headed
        self._passable = passable(keep)

    def skim(self, chunk: bytes, forced: int = 0) -> Skimmed:
        """Return what is left of *chunk*.

        Args:
            chunk: Lines that are `text.clean`.
            forced: That many lines at its begin are left in any case.
        """
        lines = self._judged(chunk)
        groups = lines.lazy().filter("over").group_by("head").agg(SPAN).collect()
        rest, calm = self._parted(lines.filter(~pl.col("over")))
        groups = timed(_summed(groups, calm))
        good = pl.col("minute").is_not_null() & pl.col("level").is_in(self._passable)
        bad = groups.filter(~good.fill_null(value=False))["head"]
        groups = groups.filter(good)
        if len(bad):
            strange = pl.col("head").is_in(bad.implode())
            more = [lines.filter(pl.col("over") & strange), calm.filter(strange)]
            rest = pl.concat([rest, *more])
        headless = rest.filter(self._headless)["row"]
        wanted = _wanted(rest, groups, lines.height, forced, headless)
        rows = pl.concat([rest, lines[wanted.to_list()]]) if len(wanted) else rest
        # The copy of a text frees the chunk, which a view of it would hold.
        rows = rows.sort("row").select("row", raw=pl.col("raw") + "")
        return Skimmed(rows, wanted, groups, lines.height)

    def _judged(self, chunk: bytes) -> pl.DataFrame:
        """Return the lines of *chunk*: ``row``, ``raw``, ``inner``, ``head`` and three judgements.

        A ``sound`` line is one record, whatever it says. One that holds no text at all is passed
        ``over``; one with none but steady texts is ``calm``. What is asked of heads (`KEY`) is
        asked of each kind of head only, by `skim`.
        """
        texts = (*self._texts, COLOUR) if COLOUR.encode() in chunk else self._texts
        lines = self._opened(pl.read_lines(chunk, name="raw", row_index_name="row"))
        inner, more = pl.col("inner"), QUOTES if self._alike else 0
        sound = pl.col("plain") & inner.str.slice(HEAD + more, 11).str.contains(TAIL)
        told = inner.str.slice(BODY + more)  # of a sound line, what stands before holds none
        steady = alternation(self._steady) if self._steady else NOTHING
        lines = lines.with_columns(
            head=inner.str.slice(0, HEAD + more),
            sound=sound.fill_null(value=False),
            quiet=~told.str.contains(alternation(texts)),
            steady=told.str.contains(steady),
        )
        quiet = pl.col("sound") & pl.col("quiet")
        return lines.with_columns(over=quiet & ~pl.col("steady"), calm=quiet & pl.col("steady"))

    def _opened(self, lines: pl.DataFrame) -> pl.DataFrame:
        """Return *lines* with the ``inner`` one of each, and whether that is ``plain`` to see.

        It is where the envelope is the known one, and the line ends as one with a string does.
        """
        raw, inner = pl.col("raw"), pl.col("inner")
        if self._alike is not None:
            return _quoted(lines, self._alike)
        whole = inner.str.ends_with('"}') & ~inner.str.ends_with('\\"}')
        if self._prefix is None:
            return lines.with_columns(inner=raw).with_columns(plain=whole)
        at = raw.str.find(BRACE, literal=True).cast(pl.Int64)
        plain = raw.str.head(at).str.contains(f"^(?:{self._prefix})$")
        return lines.with_columns(inner=raw.str.slice(at)).with_columns(plain=plain & whole)

    def _parted(self, rest: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return *rest* without the calm lines that their like follow before trouble, and those."""
        trouble = pl.col("raw").str.contains(alternation(self._troubles))
        odd = rest.filter(~pl.col("calm")).filter(trouble).select("row", "calm")
        telling = pl.concat([rest.filter("calm").select("row", "calm"), odd]).sort("row")
        rows = telling.filter(pl.col("calm") & pl.col("calm").shift(-1))["row"]
        alone = pl.col("row").is_in(rows.implode())
        return rest.filter(~alone), rest.filter(alone)


def _quoted(lines: pl.DataFrame, alike: Alike) -> pl.DataFrame:
    """Return *lines*, which are *alike*, as `_opened` does; ``inner`` keeps its escapes.

    No text that is looked for is written in another way between quotes, so nothing is decoded.
    """
    raw = pl.col("raw")
    rest = raw.str.slice(raw.str.find(ESCAPED_BRACE, literal=True).cast(pl.Int64))
    if alike.last:
        inside = rest.str.strip_suffix(alike.after)
    else:
        inside = rest.str.head(rest.str.find(alike.after, literal=True).cast(pl.Int64))
    return lines.with_columns(inner=inside, plain=raw.str.contains(alike.sound))


def fingerprints(chunk: bytes, opening: Opening, looked_at: pl.Series) -> pl.DataFrame:
    """Return ``line``, ``key`` and ``minute`` of the lines of *chunk* that are passed over.

    Args:
        chunk: All lines of the file, which are `text.clean`.
        opening: What they are like.
        looked_at: Numbers of lines that were not passed over.

    The key is the hash of the line without its envelope.
    """
    lines = pl.read_lines(chunk, name="raw", row_index_name="line").with_columns(
        line=(pl.col("line") + 1).cast(pl.UInt32)
    )
    over = lines.filter(~pl.col("line").is_in(looked_at.implode()))
    text = pl.col("text")
    # It comes after a level of four letters, and the minute is what is before it.
    stamp = text.str.slice(0, HEAD).str.strip_suffix(":").str.tail(16)
    minute = stamp.str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us", strict=False)
    return over.select("line", text=_inside(over["raw"], opening)).select(
        "line", key=text.hash(), minute=minute.dt.replace_time_zone("UTC")
    )


def _inside(raw: pl.Series, opening: Opening) -> pl.Series:
    """Return what is inside the envelopes of *raw*, lines that were passed over."""
    if opening.alike is not None:
        texts = raw.str.json_decode(pl.Struct({opening.alike.field: pl.String()}))
        return texts.struct.field(opening.alike.field).str.strip_chars_end("\r\n")
    if opening.envelope is None:
        return raw
    line = pl.col("raw")
    at = line.str.find(BRACE, literal=True).cast(pl.Int64)
    return raw.to_frame("raw").select(line.str.slice(at)).to_series()


def _summed(groups: pl.DataFrame, calm: pl.DataFrame) -> pl.DataFrame:
    """Return *groups* with the *calm* lines counted in."""
    both = pl.concat([groups, calm.group_by("head").agg(SPAN)])
    return both.group_by("head").agg(pl.sum("count"), pl.min("begin"), pl.max("end"))


def timed(groups: pl.DataFrame) -> pl.DataFrame:
    """Return *groups* with ``level`` and ``minute`` of each ``head``; null where there is none."""
    head = pl.col("head").str.replace_all('\\"', '"', literal=True)  # it may stand between quotes
    stamp = pl.coalesce(head.str.extract(KEY, 2), head.str.extract(KEY, 4))
    minute = stamp.str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us", strict=False)
    return groups.with_columns(
        level=pl.coalesce(head.str.extract(KEY, 1), head.str.extract(KEY, 3)).cast(LEVEL),
        minute=pl.when(minute.dt.year() != NO_YEAR)
        .then(plausible(minute))
        .dt.replace_time_zone("UTC"),
    )


def _wanted(
    rest: pl.DataFrame, groups: pl.DataFrame, total: int, forced: int, headless: pl.Series
) -> pl.Series:
    """Return rows that are decoded though they could be passed over.

    The first ones; the first and last of the chunk; those before a *headless* line; and those on
    either side of a line that may begin a run, since a run is described by its first and last
    records.
    """
    marks = _marks(rest)
    odd = set(rest["row"]) if forced or len(marks) or len(headless) else set()
    rows = {row for row in range(min(forced, total)) if row not in odd}
    rows |= {row - 1 for row in headless if row and row - 1 not in odd}
    if groups.height:
        ends = groups.select(pl.col("begin").min(), pl.col("end").max()).row(0)
        rows |= {int(end) for end in ends}
    if len(marks):
        rows |= _beside(marks, total, odd)
    return pl.Series(sorted(rows), dtype=pl.get_index_type())


def _beside(marks: pl.Series, total: int, odd: set[int]) -> set[int]:
    """Return the rows on either side of *marks* that are not *odd*, the nearest ones.

    All lines of a loop that waits are marks: to step over each of them from each takes minutes.
    """
    even = pl.Series([row for row in range(total) if row not in odd], dtype=pl.Int64)
    after = even.search_sorted(marks.cast(pl.Int64)).cast(pl.Int64)
    found = pl.concat([after - 1, after]).unique()
    return set(even.gather(found.filter(found.is_between(0, len(even), closed="left"))))


def _marks(rest: pl.DataFrame) -> pl.Series:
    """Return the rows of *rest* that may begin a run: start-up messages of agents or scripts."""
    raw = pl.col("raw")
    zap = raw.str.contains(BRACE, literal=True) & ~raw.str.contains("entrypoint.sh", literal=True)
    agent = rest.filter(zap).filter(raw.str.contains(alternation(AGENT_STARTS)))["row"]
    texts = alternation(marker.text for marker in MARKERS)  # its regex is compiled once
    other = rest.filter(~zap).filter(raw.str.contains(texts))["row"]
    return pl.concat([agent, other])
