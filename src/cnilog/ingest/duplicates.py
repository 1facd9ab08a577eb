"""Find lines that were delivered twice: copies of one writer's lines by two collectors.

Equal lines are not enough: programs repeat themselves. A record is a copy when it comes again in
another *delivery*: in another file of the same container, or in the same file after the text has
started over (its first line comes again, or time goes back by minutes). A record without a time
of its own is a copy where the record beside it is one. Clean files cost two cheap comparisons.
"""

from __future__ import annotations

import zlib
from typing import Final

import polars as pl

from cnilog.ingest.peeled import AGAIN

BACK_MINUTES: Final = 2  # clocks step and writers race by less
BACK: Final = pl.duration(minutes=BACK_MINUTES)
KEYS: Final = pl.Schema({"who": pl.String(), "key": pl.UInt64(), "count": pl.UInt32()})
UNITS: Final = ("kubelet", "containerd", "kube-proxy")  # several collectors take their journal
REPEATED: Final = 0.3  # of a delivery's records, below which equal lines are a coincidence
FEWEST: Final = 4  # equal lines of a delivery: a few with an old time among others are none
IDS: Final = 1_000_000  # events whose ids are remembered, twice
REMEMBERED: Final = 300_000  # records of one file; the kubelet rotates at 10 MiB


def prints(records: pl.DataFrame, pod: pl.Expr, container: pl.Expr) -> pl.DataFrame:
    """Return what tells whether *records* were delivered before, as `copies` takes it.

    Args:
        records: Decoded, of one file or of several.
        pod: Whose they are, where their envelope does not tell.
        container: Likewise.
    """
    names = pl.coalesce("pod", pod), pl.coalesce("container", container)
    who = pl.coalesce(pl.concat_str(*names, separator="/"), _unit())
    key = pl.col("text").hash()
    return records.select("line", "ts_repaired", key=key, who=who, own=pl.col("ts"))


def _unit() -> pl.Expr:
    """Return the node and program of a line of its journal; null for other lines."""
    host = pl.col("node").str.split(".").list.first()
    program = pl.when(pl.col("component").is_in(UNITS)).then(pl.col("component").cast(pl.String))
    return pl.when(pl.col("pod").is_null()).then(pl.concat_str(host, program, separator="/"))


def copies(frame: pl.DataFrame) -> pl.Series | None:
    """Return which rows repeat an earlier delivery in the same file; null where none can.

    Args:
        frame: Decoded records of one file in order: ``key`` (hash of the text), ``ts_repaired``,
            ``who`` (their writer) and ``own`` (the time that the line itself states, or its
            minute).
    """
    if frame.is_empty() or _plainly_once(frame):
        return None
    begins = frame.select(delivered()).to_series()
    if begins.sum() < 2:
        return None
    parts = frame.select("who", "own", "key", delivery=begins.cum_sum()).with_row_index("row")
    repeated = parts.filter(pl.col("key").is_duplicated())
    if repeated.is_empty():
        return None
    again = _again(repeated)
    mostly = _mostly(parts, again)
    if mostly.is_empty():
        return None
    copied = parts.filter(pl.col("delivery").is_in(mostly.implode())).join(
        again.select("row", "again"), on="row", how="left", maintain_order="left"
    )
    copied = copied.with_columns(pl.col("again").fill_null(value=False))
    return parts["row"].is_in(copied["row"].filter(_settled(copied)).implode())


def delivered() -> pl.Expr:
    """Return which rows may begin a delivery: those like the first, those where time went back.

    Of a frame as `copies` takes it. Fewer than two, and nothing was delivered twice.
    """
    own, key = pl.col("own"), pl.col("key")
    sure = own.is_not_null() & ~pl.col("ts_repaired")
    minute = pl.when(sure).then(own.dt.truncate("1m")).forward_fill()
    back = (minute.cum_max() - minute >= BACK).fill_null(value=False)
    restarts = (key == key.filter(sure).first()) & (own == own.filter(sure).first())
    return restarts.fill_null(value=False) | (back & ~back.shift().fill_null(value=False))


def _again(repeated: pl.DataFrame) -> pl.DataFrame:
    """Return *repeated* with ``again``: an earlier delivery has that text as often."""
    counted = (
        repeated.group_by("who", "key", "delivery", maintain_order=True)
        .agg(count=pl.len())
        .with_columns(
            earlier=pl.col("count")
            .cum_max()
            .shift()
            .over("who", "key")
            .fill_null(0)
            .cast(pl.UInt32)
        )
        .drop("count")
    )
    on = ["who", "key", "delivery"]
    parts = repeated.join(counted, on=on, how="left", nulls_equal=True, maintain_order="left")
    occurrence = pl.int_range(1, pl.len() + 1).over(on)
    return parts.with_columns(again=occurrence <= pl.col("earlier"))


def _mostly(parts: pl.DataFrame, again: pl.DataFrame) -> pl.Series:
    """Return the deliveries of which too much came before for a coincidence."""
    timed = parts.group_by("delivery").agg(timed=pl.col("own").count())
    sure = again.filter("again", pl.col("own").is_not_null())
    told = sure.group_by("delivery").agg(again=pl.len()).join(timed, on="delivery")
    enough = (pl.col("again") >= FEWEST) & (pl.col("again") >= REPEATED * pl.col("timed"))
    return told.filter(enough)["delivery"]


def _plainly_once(frame: pl.DataFrame) -> bool:
    """Return whether times only rise and the first line comes once; saves a closer look."""
    own = frame["own"].drop_nulls()
    if own.is_empty():
        return True
    first = frame["key"][frame["own"].is_not_null().arg_max() or 0]
    return own.is_sorted() and int((frame["key"] == first).sum()) < 2


def _settled(parts: pl.DataFrame) -> pl.Series:
    """Return the rows that are copies, given which texts came before (``again``)."""
    timed = pl.when(pl.col("own").is_not_null()).then("again")
    beside = pl.coalesce(timed.forward_fill(), timed.backward_fill()).over("delivery")
    return parts.select((pl.col("again") & beside).fill_null(value=False)).to_series()


class Keys:
    """The exporter's ids of the last events of one file: pages overlap with their neighbours."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._before: set[int] = set()

    def parted(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return *frame* (`PEELED`) without the events that were delivered before, and those."""
        key = pl.col("key")
        if frame["key"].null_count() == frame.height:
            return frame, frame.clear()
        known = [number in self._seen or number in self._before for number in frame["key"].hash()]
        repeats = pl.col("line") != pl.col("line").first().over("key")
        again = key.is_not_null() & (key.eq(AGAIN) | repeats | pl.Series(known, dtype=pl.Boolean))
        marked = frame.select(again).to_series()
        return (frame.filter(~marked), frame.filter(marked)) if marked.any() else (
            frame, frame.clear()
        )  # fmt: skip

    def remember(self, frame: pl.DataFrame) -> None:
        """Remember the ids in *frame*."""
        self._seen.update(frame["key"].drop_nulls().hash())
        if len(self._seen) > IDS:
            self._before, self._seen = self._seen, set()


class Deliveries:
    """What was delivered so far by the files of one source."""

    def __init__(self) -> None:
        self._keys = pl.DataFrame(schema=KEYS)
        self._files: set[tuple[str, int, int]] = set()

    def whole(self, name: str, chunk: bytes) -> bool:
        """Return whether a file of that name and content was read before; remember it."""
        print_ = (name, len(chunk), zlib.crc32(chunk))
        known = print_ in self._files
        self._files.add(print_)
        return known

    def again(self, frame: pl.DataFrame) -> pl.Series | None:
        """Return which rows an earlier file of the same container held; null where none.

        Args:
            frame: As for `copies`; ``who`` is null where the container is not known.
        """
        if self._keys.is_empty():
            return None
        known = frame.select("who").unique().drop_nulls()
        if self._keys.join(known, on="who", how="semi").is_empty():
            return None
        parts = frame.select("who", "own", "key", delivery=pl.lit(0))
        parts = parts.join(self._keys, on=["who", "key"], how="left", maintain_order="left")
        occurrence = pl.int_range(1, pl.len() + 1).over("who", "key")
        return _settled(
            parts.with_columns(again=(occurrence <= pl.col("count")).fill_null(value=False))
        )

    def of_files(self, frame: pl.DataFrame) -> list[int]:
        """Return which rows an earlier file of the same container held, and remember all.

        Args:
            frame: As for `copies`, of several files in order, with ``row`` and ``file``.
        """
        files = frame.select("who", "file").unique().drop_nulls("who")
        who = pl.col("who")
        several = files.filter(who.is_duplicated() | who.is_in(self._keys["who"].implode()))
        shared = pl.col("file").is_in(several["file"].implode())
        again: list[int] = []
        for part in frame.filter(shared).partition_by("file", maintain_order=True):
            found = self.again(part)
            if found is not None:
                again += part["row"].filter(found).to_list()
            self.remember(part)
        self._remember(frame.filter(~shared).select("who", "key").drop_nulls("who"))
        return again

    def is_new(self, frame: pl.DataFrame) -> bool:
        """Return whether nothing in *frame* was delivered before, and then remember it."""
        for again in (copies(frame), self.again(frame)):
            if again is not None and again.any():
                return False
        self.remember(frame)
        return True

    def remember(self, frame: pl.DataFrame) -> None:
        """Remember the rows of *frame*, which `again` was asked about."""
        known = frame.select("who", "key").drop_nulls("who")
        if known.height <= REMEMBERED:
            self._remember(known)

    def _remember(self, known: pl.DataFrame) -> None:
        """Remember ``who`` and ``key`` of the rows of files that hold no lines of one container."""
        if known.is_empty():
            return
        counted = known.group_by("who", "key").agg(count=pl.len().cast(pl.UInt32))
        both = pl.concat([self._keys, counted])
        self._keys = both.group_by("who", "key").agg(pl.col("count").max())
