"""Put the parts of a source together: streams, runs, record numbers, components.

A stream is one writer in one place. The files of one pod's container are one stream, and so are
the rotations of one log file; they are put in the order of their times.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.ingest.components import base_name, components, program
from cnilog.ingest.part import NO_ENTRIES
from cnilog.ingest.place import Place
from cnilog.ingest.rows import Rows, each, in_order
from cnilog.ingest.runs import SCRIPT_NUMBERS, run_numbers
from cnilog.lazily import regex
from cnilog.schema import HISTOGRAM, RECORDS, RUNS, TIME, empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnilog.ingest.part import Part


ROTATED: Final = regex(  # what a rotation or a save of an earlier instance adds to a name
    r"(?:\.[0-9]{8}-[0-9]{6}|[-.][0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9.:-]+"
    r"|\.[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9]{2}|\.[0-9]{1,3}|\.gz|\.zst|\.bz2"
    r"|[-._]previous|[-._]prev)(?=\.log|\.gz|\.txt|$)"
)
WHO: Final = pl.Schema(
    {
        "part": pl.UInt32(),
        "writer": pl.UInt32(),
        "stream": pl.UInt32(),
        "first": pl.UInt32(),  # number of the part's first record
        "file": pl.String(),
        "usual": pl.String(),
        "node": pl.String(),
        "pod": pl.String(),
        "container": pl.String(),
        "known": pl.String(),
    }
)
MANY: Final = 500_000  # rows that are not held twice while they are put together
LAST: Final = datetime.max.replace(tzinfo=UTC)


class Identity(NamedTuple):
    """One writer of one file, with all that is known of it."""

    node: str | None
    namespace: str | None
    pod: str | None
    container: str | None
    writer: str | None
    known: str | None  # program, by name

    @property
    def key(self) -> tuple[str | None, ...]:
        """Return what tells its stream from others."""
        if self.pod and self.container:
            return (None, self.namespace, self.pod, self.container)
        return (self.node, self.writer, self.pod, self.container)


class Streams(NamedTuple):
    """All parts, in order, as the frames of a reading."""

    records: pl.DataFrame
    runs: pl.DataFrame
    histogram: pl.DataFrame
    writers: Mapping[str, Writer]


class Writer(NamedTuple):
    """Who wrote a file; null where nobody is known, or several are."""

    node: str | None = None
    pod: str | None = None
    container: str | None = None
    component: str | None = None


def identities(part: Part, place: Place) -> tuple[Identity, ...]:
    """Return who wrote each of the writers of *part*."""
    family = place.writer or ROTATED.sub("", part.file)
    found = []
    for node, namespace, pod, container, writer in part.writers or [(None,) * 5]:
        pod = pod or place.pod or (part.notice.pod if part.notice else None)
        container = container or place.container
        container = container or (part.notice.container if part.notice else None)
        known = program(container) or place.component or program(base_name(part.file), pod)
        if known is None and re.match("[a-z]", container or pod or ""):
            known = "other"  # a container that is none of the CNI's
        found.append(
            Identity(
                place.node_of(node, namespace or place.namespace, pod),
                namespace or place.namespace,
                pod,
                container,
                family if writer is None else f"{family} {writer}",
                known,
            )
        )
    return tuple(found)


def put_together(
    parts: Sequence[Part], places: Mapping[str, Place], *, spend: bool = False
) -> Streams:
    """Return the frames of *parts*, records numbered in reading order.

    Args:
        parts: The files of a source.
        places: Where each of them comes from.
        spend: Leave the parts without their records, so that none is held twice.
    """
    owners = {part.file: identities(part, places.get(part.file, Place())) for part in parts}
    order = [part for part in _ordered(parts, owners) if part.kept]
    if not order:
        return Streams(empty(RECORDS), empty(RUNS), empty(HISTOGRAM), {})
    table = _table(order, owners)
    runs, run_of, writers = _runs(_together([part.pieces for part in order]), table)
    entries = [part.entries for part in order]
    if spend:
        for part in order:
            part.entries = NO_ENTRIES
    return Streams(
        _records(_together(entries), table, run_of),
        runs,
        _histogram(_together([part.counts for part in order]), table),
        writers,
    )


def _ordered(parts: Sequence[Part], owners: Mapping[str, tuple[Identity, ...]]) -> list[Part]:
    """Return *parts* so that those of one stream follow one another in the order of their times."""
    keys = [owners[part.file][0].key for part in parts]
    home: dict[tuple[str | None, ...], int] = {}
    several = Counter(keys)
    places = []
    for number, (part, key) in enumerate(zip(parts, keys, strict=True)):
        stream = home.setdefault(key, number)
        ask = part.kept and several[key] > 1  # asking has a price, and there may be many files
        first = part.pieces.column("first_ts").min() if ask else None
        previous = "previous" not in part.file.rsplit("/", 1)[-1]
        time = first if isinstance(first, datetime) else LAST
        places.append((stream, time, previous, number))
    return [parts[place[-1]] for place in sorted(places)]


def _table(parts: Sequence[Part], owners: Mapping[str, tuple[Identity, ...]]) -> pl.DataFrame:
    """Return one row for each writer of each part: its stream and who it is."""
    streams: dict[tuple[str | None, ...], int] = {}
    rows = []
    first = 0
    for number, part in enumerate(parts):
        for writer, who in enumerate(owners[part.file]):
            stream = streams.setdefault(who.key, len(streams))
            names = (who.node, who.pod, who.container, who.known)
            rows.append((number, writer, stream, first, part.file, part.usual or "ipamd", *names))
        first += part.kept
    return pl.DataFrame(rows, schema=WHO, orient="row")


def _together(rows: list[Rows]) -> pl.DataFrame:
    """Return *rows*, those of each part, as one frame, with the number of the ``part``.

    They are taken out of *rows*, so that none is held twice.
    """
    part = each([one.size for one in rows])
    frames, at = in_order(rows)
    rows.clear()
    whole = _one(frames)
    return (whole if at is None else whole[at]).with_columns(part=part)


def _one(frames: list[pl.DataFrame]) -> pl.DataFrame:
    """Return *frames* as one; of many rows a column at a time, which *frames* then lose."""
    if sum(len(frame) for frame in frames) < MANY:
        return pl.concat(frames)
    columns = []
    for name in frames[0].columns:
        columns.append(pl.concat([frame[name] for frame in frames], rechunk=True))
        frames[:] = [frame.drop(name) for frame in frames]
    return pl.DataFrame(columns)


def _owned(frame: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """Return *frame*, of records of a ``part`` and ``writer`` each, with what *table* says of them.

    What is the same in all rows is no column of many copies, and no join holds the rows twice.

    Args:
        frame: In any order.
        table: As `_table` gives it: the writers of each part, from 0, one part after another.
    """
    begins = (table["writer"] == 0).arg_true()
    at = begins.gather(frame["part"]) + frame["writer"]
    return frame.with_columns(
        one.gather(at) if one.n_unique() > 1 else pl.lit(one[0], dtype=one.dtype).alias(one.name)
        for one in table.drop("part", "writer")
    )


def _in_runs(frame: pl.DataFrame, run_of: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with the ``run`` of each record, which *run_of* tells of each piece."""
    if run_of["run"].n_unique() == 1:
        return frame.with_columns(run=pl.lit(run_of["run"][0], dtype=pl.UInt32))
    on = ("part", "writer", "piece")
    runs = frame.select(on).join(run_of, on=on, how="left", maintain_order="left")
    return frame.with_columns(runs["run"])


def _runs(
    pieces: pl.DataFrame, table: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, dict[str, Writer]]:
    """Return the runs, which run each piece of each part belongs to, and who wrote each file."""
    frame = _owned(pieces, table).sort("stream", maintain_order=True)
    frame = frame.with_columns(ts="last_ts")
    script = pl.col("marker").is_in(SCRIPT_NUMBERS)
    form = pl.when(script).then(pl.lit("logrus")).otherwise(pl.lit("zap"))
    begin = frame.with_columns(
        format=form.cast(frame["format"].dtype),
        caller=pl.lit(None, dtype=pl.String),
        message=pl.lit(""),
        ts=pl.lit(None, dtype=TIME),
        component="told",
    )
    names = components(begin).cast(pl.String)
    begin = begin.select("stream", "marker", names, "plain")
    runs: list[int] = []
    for _, group in groupby(begin.iter_rows(), key=itemgetter(0)):  # sorted by stream
        runs.extend(run_numbers(row[1:] for row in group))
    frame = frame.with_columns(run=pl.Series(runs, dtype=pl.UInt32), component=components(frame))
    return _summed(frame), frame.select("part", "writer", "piece", "run"), _writers(frame)


def _writers(pieces: pl.DataFrame) -> dict[str, Writer]:
    """Return who wrote each file: what all of its pieces say."""
    names = Writer._fields
    alone = (pl.col(name).n_unique() == 1 for name in names)
    rows = pieces.group_by("file", maintain_order=True).agg(
        pl.when(one).then(pl.col(name).first()).cast(pl.String).alias(name)
        for one, name in zip(alone, names, strict=True)
    )
    return {file: Writer(*who) for file, *who in rows.select("file", *names).iter_rows()}


def _summed(pieces: pl.DataFrame) -> pl.DataFrame:
    ends = ("node", "pod", "container", "component", "file", "line")
    runs = pieces.group_by("stream", "run", maintain_order=True).agg(
        *(pl.col(name).last() for name in ends),
        first_ts=pl.col("first_ts").drop_nulls().first(),
        last_ts=pl.col("last_ts").drop_nulls().last(),
        records=pl.col("records").sum(),
        last_level=pl.col("level").last(),
        last_message=pl.col("message").last(),
    )
    runs = runs.with_columns(restarted=pl.col("run") < pl.col("run").max().over("stream"))
    return runs.select(pl.col(name).cast(dtype) for name, dtype in RUNS.items())


def _records(entries: pl.DataFrame, table: pl.DataFrame, run_of: pl.DataFrame) -> pl.DataFrame:
    named = _in_runs(_owned(entries, table), run_of)
    return named.with_columns(
        record=pl.col("record") + pl.col("first"),
        decoded=pl.col("format").is_not_null(),
        component=components(named),
    ).select(pl.col(name).cast(dtype) for name, dtype in RECORDS.items())


def _histogram(counts: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    named = _owned(counts, table.select("part", "writer", "stream"))
    summed = named.group_by("stream", "minute", "level").agg(pl.col("count").sum())
    return summed.sort("stream", "minute", "level", nulls_last=True).select(HISTOGRAM.names())
