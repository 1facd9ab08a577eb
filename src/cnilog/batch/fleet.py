"""What a batch says about a fleet: common causes, outliers, trends, what could not be read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

import polars as pl

from cnilog.batch.places import DIMENSIONS, node_rows
from cnilog.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.batch.frames import Batch

COMMON: Final = 0.5  # of the bundles with a cause: then it is the fleet's
RARE: Final = 0.05  # of them at most, or one alone: an outlier's
MOSTLY: Final = 0.8  # of the nodes of a place (or of those with the cause, in it), and …
ELSEWHERE: Final = 0.1  # … at most of all others: the place stands out
FEWEST: Final = 2  # nodes of a place: one alone shares everything with itself
LOUD: Final = ("confirmed", "likely")
EXAMPLES: Final = 10  # bundles named for each cause
COLUMNS: Final = (
    "key", "source", "status", "error", "damage", "cni", "nodes", "findings", "facts"
)  # fmt: skip

Standing = Literal["common", "some", "outlier"]


class Place(Frozen):
    """The nodes that share a zone, a subnet, an instance type and so on."""

    value: str
    nodes: int  # that show the cause
    of: int  # nodes there are


class FleetCause(Frozen):
    """One cause over all bundles."""

    id: str
    title: str
    bundles: int
    share: float  # of the bundles that were analyzed
    nodes: int
    confirmed: int  # bundles
    recovered: int  # bundles
    first_seen: datetime | None
    last_seen: datetime | None
    standing: Standing
    by: dict[str, tuple[Place, ...]]  # dimension -> places with such nodes, most first
    stands_out: tuple[str, ...]  # places that tell these nodes from the others, in sentences
    sources: tuple[str, ...]  # bundles that show it, the first ten by name


class Unread(Frozen):
    """A bundle that could not be analyzed, or not all of it."""

    source: str
    status: str
    error: str


class Step(Frozen):
    """How many bundles first showed a cause in a span of time."""

    start: datetime
    id: str
    bundles: int


class Fleet(Frozen):
    """The report over a batch."""

    schema_version: int = 1
    batch_version: str
    bundles: int
    analyzed: int
    healthy: int  # analyzed bundles without a cause at likely or above
    nodes: int
    causes: tuple[FleetCause, ...]
    unread: tuple[Unread, ...]
    damaged: tuple[Unread, ...]  # analyzed, though a part of them could not be read
    step: Literal["hour", "day", "week"]  # of the trend
    trend: tuple[Step, ...]


def fleet_report(batch: Batch) -> Fleet:
    """Return what *batch* says in sum."""
    results = batch.results.select(COLUMNS).collect()
    analyzed = results.filter(pl.col("status") == "done")
    loud = _loud(analyzed)
    places = node_rows(analyzed)
    failing = loud["key"].n_unique()
    causes = [
        _cause(str(name[0]), found, places, analyzed.height, failing)
        for name, found in loud.group_by("id", maintain_order=True)
    ]
    step = _step(loud)
    return Fleet(
        batch_version=batch.version,
        bundles=results.height,
        analyzed=analyzed.height,
        healthy=analyzed.height - failing,
        nodes=places["node"].n_unique(),
        causes=tuple(sorted(causes, key=lambda cause: (-cause.bundles, cause.id))),
        unread=_unread(results.filter(pl.col("status") != "done"), "error"),
        damaged=_unread(analyzed.drop_nulls("damage"), "damage"),
        step=step,
        trend=_trend(loud, step),
    )


def _loud(analyzed: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each cause at likely or above of each bundle."""
    return (
        analyzed.select("key", "source", "findings")
        .explode("findings", empty_as_null=False, keep_nulls=False)
        .select("key", "source", pl.col("findings").struct.unnest())
        .filter((pl.col("kind") == "cause") & pl.col("confidence").is_in(LOUD))
    )


def _unread(rows: pl.DataFrame, reason: str) -> tuple[Unread, ...]:
    return tuple(
        Unread(source=row["source"], status=row["status"], error=row[reason] or "")
        for row in rows.sort("source").to_dicts()
    )


def _cause(
    name: str, found: pl.DataFrame, places: pl.DataFrame, analyzed: int, failing: int
) -> FleetCause:
    bundles = found["key"].n_unique()
    hurt = _hurt(found, places)
    by = {dimension: tuple(_places(dimension, hurt, places)) for dimension in DIMENSIONS}
    return FleetCause(
        id=name,
        title=found["title"][0] or name,
        bundles=bundles,
        share=bundles / max(1, analyzed),
        nodes=hurt["node"].n_unique(),
        confirmed=found.filter(pl.col("confidence") == "confirmed")["key"].n_unique(),
        recovered=found.filter(pl.col("recovered"))["key"].n_unique(),
        first_seen=found["first_seen"].min(),  # type: ignore[arg-type]  # of times
        last_seen=found["last_seen"].max(),  # type: ignore[arg-type]
        standing=_standing(bundles, analyzed, failing),
        by={dimension: some for dimension, some in by.items() if some},
        stands_out=tuple(_standing_out(by, hurt["node"].n_unique(), places["node"].n_unique())),
        sources=tuple(found["source"].unique().sort()[:EXAMPLES]),
    )


def _standing(bundles: int, analyzed: int, failing: int) -> Standing:
    if bundles >= COMMON * failing and (bundles > 1 or analyzed == 1):
        return "common"
    return "outlier" if bundles <= max(1, RARE * failing) else "some"


def _hurt(found: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Return those of *places* that show the cause: the nodes it names, else all of its bundle."""
    named = found.select("key", node="nodes").explode("node", empty_as_null=False, keep_nulls=False)
    unnamed = found.filter(pl.col("nodes").list.len() == 0).select("key")
    return pl.concat(
        [
            places.join(named.unique(), on=["key", "node"], how="semi"),
            places.join(unnamed, on="key", how="semi"),
        ]
    )


def _places(dimension: str, hurt: pl.DataFrame, places: pl.DataFrame) -> Iterator[Place]:
    counts = [
        rows.drop_nulls(dimension).group_by(dimension).agg(pl.col("node").n_unique().alias(name))
        for name, rows in (("nodes", hurt), ("of", places))
    ]
    joined = counts[0].join(counts[1], on=dimension)
    for value, nodes, of in joined.sort("nodes", dimension, descending=[True, False]).iter_rows():
        yield Place(value=value, nodes=nodes, of=of)


def _standing_out(by: dict[str, tuple[Place, ...]], hurt: int, everyone: int) -> Iterator[str]:
    """Yield a sentence for each place whose nodes show the cause while others do not."""
    for dimension, some in by.items():
        for place in some:
            sentence = _sentence(dimension, place, hurt - place.nodes, everyone - place.of)
            if sentence:
                yield sentence


def _sentence(dimension: str, place: Place, rest: int, of_rest: int) -> str:
    """Return how *place* differs from the others, of whose nodes *rest* show the cause."""
    if place.of < FEWEST or of_rest < 1 or rest > ELSEWHERE * of_rest:
        return ""
    hurt, others = place.nodes + rest, f"{rest:,}" if rest else "none"
    name = f"{dimension} {place.value}"
    if place.nodes >= MOSTLY * place.of:
        here = "all" if place.nodes == place.of else f"{place.nodes:,} of"
        return f"{here} {place.of:,} nodes of {name} show it, {others} of the {of_rest:,} others"
    few = max(FEWEST, MOSTLY * hurt, ELSEWHERE * place.of)
    if place.nodes < few or place.of > of_rest:
        return ""
    here = f"{place.nodes:,} of the {hurt:,}" if rest else f"all {hurt:,}"
    counts = f"{place.nodes:,} of {place.of:,} there, {others} of {of_rest:,} elsewhere"
    return f"{here} nodes that show it are of {name}: {counts}"


def _step(loud: pl.DataFrame) -> Literal["hour", "day", "week"]:
    times = loud["first_seen"].drop_nulls()
    if times.is_empty():
        return "day"
    span: timedelta = times.max() - times.min()  # type: ignore[operator, assignment]
    return "hour" if span <= timedelta(days=2) else "day" if span <= timedelta(days=90) else "week"


def _trend(loud: pl.DataFrame, step: str) -> tuple[Step, ...]:
    width = {"hour": "1h", "day": "1d", "week": "1w"}[step]
    steps: Iterable[dict[str, object]] = (
        loud.drop_nulls("first_seen")
        .group_by(pl.col("first_seen").dt.truncate(width).alias("start"), "id")
        .agg(bundles=pl.col("key").n_unique())
        .sort("start", "id")
        .to_dicts()
    )
    return tuple(Step.model_validate(row) for row in steps)
