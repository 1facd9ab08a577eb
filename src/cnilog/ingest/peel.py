"""Take the envelopes off the lines of a file, one after another, until none fits."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from cnilog.ingest.envelope import BEFORE_OBJECT, SAMPLE_LINES, SHARE, share
from cnilog.ingest.envelopes import LINE_ENVELOPES
from cnilog.ingest.peeled import WRITER
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.ingest.envelope import LineEnvelope

FEWEST: Final = 3  # times that show in which order lines come
FALLING: Final = 0.8  # of the steps in time go back
DEPTH: Final = 6
NEAR: Final = 500  # lines that may go on with one, and are held for it at the end of a frame
BARE: Final = regex(  # whole lines that no envelope begins with
    r'\{"level":"[a-z]+","ts":"[^"]*","caller":"[^"]*","msg":"|time="[^"]*" level=[a-z]+ msg='
    r"|[IWEF][0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+ +[0-9]+ [\w.]+:[0-9]+\] "
    r"|[0-9:.TZ-]{20,24} \[[A-Z]+\][ \t]"
)
MOSTLY: Final = 0.7  # of a sample that is bare
BEGIN: Final = 100  # lines that tell whether a file is of bare ones
LONGEST: Final = 1 << 20  # characters of a line that tell its envelope: exporters cut at less
SAMPLE_ROWS: Final = 500  # lines from the begin of a file that tell its envelopes and its writer
COLOURED: Final = r"\x1b|\\u001[bB]|\\x1b"
COLOURS: Final = (  # CSI and OSC sequences, single escapes; also written out inside JSON strings
    r"(?:\x1b|\\u001[bB]|\\x1b)(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9])"
)


@dataclass(slots=True)
class Peeler:
    """The envelopes of one file: found in its first lines, taken off all of them."""

    found: list[LineEnvelope] | None = None
    names: list[str] = field(default_factory=list)
    open_from: int | None = None  # first line of a text whose last part is still to come
    _heads: pl.Series | None = None  # lines of the last frame that others may go on with

    def peel(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return *frame* with the inner line as ``text`` and lines of several lines split."""
        frame = uncoloured(frame)
        self.open_from = None
        if self.found is None:
            self.found = []
            return self._search(frame)
        for envelope in self.found:
            frame = self._peeled(envelope, frame)
        return split_lines(frame) if self.found else frame

    def _search(self, frame: pl.DataFrame) -> pl.DataFrame:
        assert self.found is not None
        while len(self.found) < DEPTH and (envelope := fitting(frame.head(SAMPLE_ROWS))):
            self.found.append(envelope)
            self.names.append(envelope.name)
            frame = self._peeled(envelope, frame)
        return split_lines(frame) if self.found else frame

    def _peeled(self, envelope: LineEnvelope, frame: pl.DataFrame) -> pl.DataFrame:
        """Return *frame* without the *envelope*; remember the last head, which may go on."""
        if envelope.heads:
            headed = frame["text"].str.contains(f"^{envelope.prefix}")
            self._heads = frame["line"].filter(headed)
            self.open_from = self.head_of(int(frame["line"].tail(1).sum()))
        return self._joined(envelope.peel(frame))

    def head_of(self, line: int) -> int:
        """Return the line that *line*, of the last frame, goes on with; often that is itself."""
        if self._heads is None:
            return line
        place = int(self._heads.search_sorted(line, side="right"))
        head = int(self._heads[place - 1]) if place else line
        return head if line - head <= NEAR else line

    def _joined(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return *frame* with parts joined; remember where one has no end yet."""
        if not frame["partial"].any():
            return frame
        frame = joined_parts(frame)
        going_on = frame.filter("partial")["line"].min()
        self.open_from = going_on if isinstance(going_on, int) else self.open_from
        return frame


def fitting(frame: pl.DataFrame) -> LineEnvelope | None:
    """Return the first envelope that the lines of *frame* carry, none where they are bare."""
    lines = frame.filter(pl.col("component").ne_missing("events"))
    return envelope_of(sample_of(lines["text"].str.slice(0, LONGEST)))


def envelope_of(sample: Sequence[str]) -> LineEnvelope | None:
    """Return the first envelope that fits *sample*, none where it is bare or has no line."""
    return _envelope_of(tuple(sample))


@lru_cache(maxsize=4)  # a small file is asked about twice: is it a log, and with which is it read
def _envelope_of(sample: tuple[str, ...]) -> LineEnvelope | None:
    if not sample or is_bare(sample):
        return None
    objects = share(sample, lambda line: line.lstrip(BEFORE_OBJECT).startswith("{")) >= SHARE
    asked = (e for e in LINE_ENVELOPES if objects or not e.objects)
    return next((e for e in asked if e.fits(sample)), None)


def is_bare(sample: Sequence[str]) -> bool:
    """Return whether most lines are as ipamd or the entrypoint write them; saves asking on."""
    return share(sample, BARE.match) >= MOSTLY


def begins_bare(sample: str) -> bool:
    """Return whether a file that begins with *sample* plainly is one of bare lines."""
    lines = [line for line in sample.split("\n", BEGIN)[:BEGIN] if line and not line.isspace()]
    return bool(lines) and bool(BARE.match(lines[0])) and is_bare(lines)


def carry_more(frame: pl.DataFrame) -> bool:
    """Return whether lines of a ``file`` in *frame* may carry another envelope.

    Or an exporter's id, or tell of events: neither is for reading at once.
    """
    odd = pl.col("key").is_not_null() | (pl.col("component") == "events")
    if frame.select(odd.any()).item():
        return True
    begin = 0
    for size in frame["file"].rle().struct.field("len"):
        texts = frame["text"].slice(begin, min(size, SAMPLE_ROWS)).str.slice(0, LONGEST)
        if envelope_of(sample_of(texts.to_list())) is not None:
            return True
        begin += size
    return False


def newest_last(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* turned round where its newest line comes first, by the envelopes' times."""
    if frame["env_ts"].null_count() > frame.height - FEWEST:
        return frame
    times = frame["env_ts"].drop_nulls()
    if len(times) < FEWEST:
        return frame
    steps = times.dt.epoch("us").diff().drop_nulls()
    back, forth = int((steps < 0).sum()), int((steps > 0).sum())
    if not _falls(back, forth):
        return frame
    return frame.sort("line", descending=True, maintain_order=True)  # lines of an event stay


def newest_first(frame: pl.DataFrame) -> pl.Series:
    """Return the numbers of each ``file`` in *frame* that `newest_last` would turn round."""
    timed = frame.select("file", "env_ts").drop_nulls("env_ts")
    step = pl.when(pl.col("file") == pl.col("file").shift()).then(pl.col("env_ts").diff())
    counted = timed.select("file", step=step.dt.total_microseconds()).group_by("file")
    told = counted.agg(pl.len(), back=(pl.col("step") < 0).sum(), forth=(pl.col("step") > 0).sum())
    falls = _falls(pl.col("back"), pl.col("forth"))
    return told.filter(pl.col("len") >= FEWEST, falls)["file"]


def _falls(back: Any, forth: Any) -> Any:
    """Return whether times fall, of so many steps *back* and *forth*; numbers, or columns."""
    return back > FALLING * (back + forth)


def turned_round(frame: pl.DataFrame, files: pl.Series) -> pl.DataFrame:
    """Return *frame* with the lines of each ``file`` in *files* turned round."""
    if files.is_empty():
        return frame
    line, file = pl.col("line").cast(pl.Int64), pl.col("file")
    order = pl.when(file.is_in(files.implode())).then(-line).otherwise(line)
    return frame.sort(file, order, maintain_order=True)


def sample_of(texts: pl.Series | Sequence[str]) -> list[str]:
    """Return up to `SAMPLE_LINES` lines from the begin, the middle and the end of *texts*."""
    third = SAMPLE_LINES // 3
    if len(texts) > SAMPLE_LINES * 4:
        middle = len(texts) // 2
        parts = (texts[: third * 2], texts[middle : middle + third * 2], texts[-third * 2 :])
        texts = [text for part in parts for text in part]
    lines = [text for text in texts if text and not text.isspace()]
    if len(lines) <= SAMPLE_LINES:
        return lines
    middle = len(lines) // 2
    return [*lines[:third], *lines[middle : middle + third], *lines[-third:]]


def uncoloured(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* without the escape sequences of terminals in ``text``."""
    coloured = pl.col("text").str.contains(COLOURED)
    if not frame.select(coloured.any()).item():
        return frame
    return frame.with_columns(text=pl.col("text").str.replace_all(COLOURS, ""))


def split_lines(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with one row for each line of a ``text`` that holds several.

    The rows share a new ``event`` number and the ``line`` they came from; each counts as a line.
    """
    frame = frame.with_columns(text=pl.col("text").str.strip_chars_end("\r\n"))
    several = frame["text"].str.contains("\n", literal=True)
    if not several.any():
        return frame
    frame = frame.with_row_index("of").with_columns(
        event=pl.when(several).then(pl.col("of") + 1).otherwise("event"),
        text=pl.col("text").str.split("\n"),
    )
    frame = frame.explode("text", empty_as_null=True, keep_nulls=True)
    first = pl.col("of").is_first_distinct()
    return frame.with_columns(
        raw=pl.when(pl.col("of").is_unique()).then("raw").otherwise("text"),
        lines=pl.when(first).then("lines").otherwise(1),
        text=pl.col("text").fill_null(""),
    ).drop("of")


def numbered(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """Return *frame* with ``line`` counting the lines of a carried text from *first*."""
    before = pl.col("lines").cum_sum() - pl.col("lines")
    return frame.with_columns(line=(before + first).cast(pl.UInt32))


def joined_parts(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with the parts of one text joined, by writer and pipe, without a separator.

    The joined row stands where its first part stood and has the time of that part. The last part
    of a writer that ends in the middle is complete as it is.
    """
    writer = [*WRITER, "pipe"]
    frame = frame.with_row_index("part").with_columns(
        begins=~pl.col("partial").shift().over(writer).fill_null(value=False)
    )
    frame = frame.with_columns(text_of=pl.col("begins").cum_sum().over(writer))
    joined = frame.group_by(*writer, "text_of", maintain_order=True).agg(
        pl.all().exclude("text", "raw", "lines", "partial").first(),
        pl.col("text").str.join(""),
        pl.col("raw").str.join("\n"),
        pl.col("lines").sum(),
        pl.col("partial").last(),
    )
    return joined.sort("part").select(frame.drop("part", "begins", "text_of").columns)
