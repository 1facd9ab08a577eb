"""Put the parts of a source together: streams, runs, record numbers, components.

A stream is one writer in one place. The files of one pod's container are one stream, and so are
the rotations of one log file; they are put in the order of their times.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.components import base_name, component_of, program
from cnilog.ingest.place import Place
from cnilog.ingest.runs import run_numbers
from cnilog.schema import HISTOGRAM, RECORDS, RUNS, empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnilog.ingest.part import Part

ROTATED: Final = re.compile(  # what a rotation or a save of an earlier instance adds to a name
    r"(?:\.\d{8}-\d{6}|[-.]\d{4}-\d\d-\d\dT[\d.:-]+|\.\d{4}-\d\d-\d\d-\d\d|\.\d{1,3}|\.gz|\.zst|\.bz2"
    r"|[-._]previous|[-._]prev)(?=\.log|\.gz|\.txt|$)"
)
LAST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Identity:
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


@dataclass(frozen=True, slots=True)
class Streams:
    """All parts, in order, as the frames of a reading."""

    records: pl.DataFrame
    runs: pl.DataFrame
    histogram: pl.DataFrame


def identities(part: Part, place: Place) -> tuple[Identity, ...]:
    """Return who wrote each of the writers of *part*."""
    family = place.writer or ROTATED.sub("", part.file)
    found = []
    for node, namespace, pod, container, writer in part.writers or [(None,) * 5]:
        pod = pod or place.pod or (part.notice.pod if part.notice else None)
        container = container or place.container
        container = container or (part.notice.container if part.notice else None)
        known = program(container) or place.component or program(base_name(part.file), pod)
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


def put_together(parts: Sequence[Part], places: Mapping[str, Place]) -> Streams:
    """Return the frames of *parts*, records numbered in reading order."""
    owners = {part.file: identities(part, places.get(part.file, Place())) for part in parts}
    order = _ordered(parts, owners)
    streams = _numbers(order, owners)
    runs, run_of = _runs(order, owners, streams)
    records, first = [], 0
    for number, part in enumerate(order):
        run = run_of.filter(pl.col("part") == number).drop("part")
        records.append(_records(part, owners[part.file], streams, run, first))
        first += part.kept
    return Streams(
        pl.concat(records) if records else empty(RECORDS),
        runs,
        _histogram(order, owners, streams),
    )


def _ordered(parts: Sequence[Part], owners: Mapping[str, tuple[Identity, ...]]) -> list[Part]:
    """Return *parts* so that those of one stream follow one another in the order of their times."""
    home: dict[tuple[str | None, ...], int] = {}
    places = []
    for number, part in enumerate(parts):
        stream = home.setdefault(owners[part.file][0].key, number)
        first = part.pieces["first_ts"].drop_nulls().min() if part.kept else None
        previous = "previous" not in part.file.rsplit("/", 1)[-1]
        time = first if isinstance(first, datetime) else LAST
        places.append((stream, time, previous, number))
    return [parts[place[-1]] for place in sorted(places)]


def _numbers(
    parts: Sequence[Part], owners: Mapping[str, tuple[Identity, ...]]
) -> dict[tuple[str | None, ...], int]:
    streams: dict[tuple[str | None, ...], int] = {}
    for part in parts:
        for identity in owners[part.file] if part.kept else ():
            streams.setdefault(identity.key, len(streams))
    return streams


def _table(
    part: Part, owners: tuple[Identity, ...], streams: Mapping[tuple[str | None, ...], int]
) -> pl.DataFrame:
    """Return one row for each writer of *part*: its stream and who it is."""
    return pl.DataFrame(
        [
            (number, streams.get(who.key), who.node, who.pod, who.container, who.known)
            for number, who in enumerate(owners)
        ],
        schema={
            "writer": pl.UInt32,
            "stream": pl.UInt32,
            "node": pl.String,
            "pod": pl.String,
            "container": pl.String,
            "known": pl.String,
        },
        orient="row",
    )


def _named(frame: pl.DataFrame, part: Part, table: pl.DataFrame) -> pl.DataFrame:
    """Return *frame*, rows of *part*, with stream, identity and component."""
    if table.height == 1:
        only = table.drop("writer").row(0, named=True)
        frame = frame.with_columns(
            pl.lit(value, dtype=table[name].dtype).alias(name) for name, value in only.items()
        )
    else:
        frame = frame.join(table, on="writer", how="left", maintain_order="left")
    return frame.with_columns(
        file=pl.lit(part.file),
        component=component_of(pl.col("known"), part.usual or "ipamd"),
    )


def _runs(
    parts: Sequence[Part],
    owners: Mapping[str, tuple[Identity, ...]],
    streams: Mapping[tuple[str | None, ...], int],
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the runs, and which run each piece of each part belongs to."""
    pieces = []
    for number, part in enumerate(parts):
        if part.pieces.is_empty():
            continue
        table = _table(part, owners[part.file], streams)
        told = part.pieces.rename({"component": "end", "format": "end_format", "told": "component"})
        zap = pl.lit("zap", dtype=part.pieces["format"].dtype)
        begin = _named(told.with_columns(format=zap), part, table)["component"]
        named = _named(part.pieces.drop("told"), part, table).with_columns(begin=begin)
        pieces.append(named.with_columns(part=pl.lit(number, dtype=pl.UInt32)))
    if not pieces:
        columns = {"part": pl.UInt32, "writer": pl.UInt32, "piece": pl.UInt32, "run": pl.UInt32}
        return empty(RUNS), pl.DataFrame(schema=columns)
    frame = pl.concat(pieces).sort("stream", maintain_order=True)
    runs = []
    for group in frame.partition_by("stream", maintain_order=True):
        rows = group.select("marker", pl.col("begin").cast(pl.String), "plain").iter_rows()
        runs.extend(run_numbers(rows))
    frame = frame.with_columns(run=pl.Series(runs, dtype=pl.UInt32))
    return _summed(frame), frame.select("part", "writer", "piece", "run")


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


def _records(
    part: Part,
    owners: tuple[Identity, ...],
    streams: Mapping[tuple[str | None, ...], int],
    run_of: pl.DataFrame,
    first: int,
) -> pl.DataFrame:
    entries = _with_runs(part.entries, run_of)
    named = _named(entries, part, _table(part, owners, streams))
    return named.with_columns(
        record=pl.col("record") + first, decoded=pl.col("format").is_not_null()
    ).select(pl.col(name).cast(dtype) for name, dtype in RECORDS.items())


def _with_runs(entries: pl.DataFrame, run_of: pl.DataFrame) -> pl.DataFrame:
    if run_of["run"].n_unique() <= 1:
        only = run_of["run"][0] if run_of.height else 0
        return entries.with_columns(run=pl.lit(only, dtype=pl.UInt32))
    return entries.join(run_of, on=["writer", "piece"], how="left", maintain_order="left")


def _histogram(
    parts: Sequence[Part],
    owners: Mapping[str, tuple[Identity, ...]],
    streams: Mapping[tuple[str | None, ...], int],
) -> pl.DataFrame:
    counts = []
    for part in parts:
        if part.counts.height:
            table = _table(part, owners[part.file], streams).select("writer", "stream")
            counts.append(part.counts.join(table, on="writer", how="left"))
    if not counts:
        return empty(HISTOGRAM)
    summed = pl.concat(counts).group_by("stream", "minute", "level").agg(pl.col("count").sum())
    return summed.sort("stream", "minute", "level", nulls_last=True).select(HISTOGRAM.names())
