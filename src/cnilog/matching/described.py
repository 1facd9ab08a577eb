"""Describe the parts that show their pattern: how often, when, in what rhythm, by which lines.

Everything is worked out for all parts of a table at once.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.finding import Evidence, Sign
from cnilog.matching.coded import thousand

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnilog.matching.placed import Cell, Placed, Table
    from cnilog.matching.scope import End, Scope

EVIDENCE_LINES: Final = 5  # enough to check a finding by eye, few enough to read
MOST_RECORDS: Final = 10_000  # keys a sign carries; the count is exact
BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
TIME: Final = ("sign", "ms", "record", "run", "stream", "timed")
OURS: Final = (  # what the CNI has to do with: a sentence that names none of it may be anybody's
    r"(?i)aws-?node|aws-k8s|\bcni\b|[/-]cni|cni[/-]|ipamd?\b|\benis?\b|eniconfig|cninode|multus|"
    r"addnetwork|delnetwork|networkplugin|network[ -](?:interface|policy|plugin|setup)|"
    r"setup network|networkinterface|privateip|ipv6addresses|subnet|sandbox|prefix|cidr|netns|"
    r"netlink|\bveth|\be?bpf|host route|pod (?:rule|state)|kube-?proxy|kubelet|trunk|branch|"
    r"aws-(?:routed|eks|vpc)|amazon-(?:k8s|vpc)|policyendpoint|vpcresources|networking\.k8s\.aws|5005[0-9]|6167[89]"
)
FEWEST_GAPS: Final = 2  # of which a rhythm can be told
RUN: Final = pl.col("stream").cast(pl.UInt64) * 2**32 + pl.col("run")


class Shown(NamedTuple):
    """A part that shows its pattern.

    Attributes:
        placed: The part.
        scope: What its condition looked at.
        names: The signals that speak for it.
        short: It is but a hint, in an excerpt, and holds where nothing after it heals.
    """

    placed: Placed
    scope: Scope
    names: tuple[str, ...]
    short: bool

    @property
    def cells(self) -> list[Cell]:
        """The cells of `names`."""
        return [self.placed.cells[name] for name in self.names]


class Timing(NamedTuple):
    """When the events of a sign are; times in milliseconds since 1970."""

    first: float | None  # the first that states a time
    last: float | None
    last_ms: float  # of the last event, and its record
    last_record: int
    at_end: bool
    period: float | None  # seconds, as is the jitter
    jitter: float | None


NO_TIMING: Final = Timing(None, None, 0.0, 0, at_end=False, period=None, jitter=None)


def described(
    table: Table, shown: Sequence[Shown], ends: Mapping[tuple[int, int], End]
) -> list[Sign]:
    """Return the signs of the parts that are *shown*, in their order."""
    rows = _chosen(table, shown)
    every = rows["record"].to_list()
    timings = _timings(rows, ends)
    chosen = _worth_showing(table, shown)
    evidence, nameless = _evidence(table, chosen), _nameless(table, chosen)
    found = []
    begin = {sign: (at, size) for at, size, sign in _spans(rows["sign"])}
    for number, one in enumerate(shown):
        at, size = begin.get(number, (0, 0))
        records = every[at : at + min(size, MOST_RECORDS)]
        timing = timings.get(number, NO_TIMING)
        told = evidence[number], nameless[number]
        sign = _sign(one, timing, size, array("I", records), told)
        if sign.recovered is None or not sign.short:
            found.append(sign)
    return found


def _sign(
    one: Shown,
    timing: Timing,
    count: int,
    records: array[int],
    told: tuple[tuple[Evidence, ...], bool],
) -> Sign:
    period, jitter = timing.period, timing.jitter
    first = _moment(timing.first)
    return Sign(
        pattern=one.placed.pattern.id,
        node=one.placed.node,
        stream=one.placed.stream,
        signals=one.names,
        count=count,
        first_seen=first,
        last_seen=first if timing.last == timing.first else _moment(timing.last),
        period_s=None if period is None else round(period, 3),
        jitter_s=None if jitter is None else round(jitter, 3),
        recovered=_recovery(one, timing) if count else None,
        at_end=timing.at_end,
        values=one.placed.values(one.names),
        records=records,
        short=one.short,
        evidence=told[0],
        nameless=told[1],
    )


def _chosen(table: Table, shown: Sequence[Shown]) -> pl.DataFrame:
    """Return `TIME` of the events that make the signs: in order, each once, sign by sign."""
    of_cell = {cell.number: sign for sign, one in enumerate(shown) for cell in one.cells}
    signs = pl.Series([of_cell.get(number) for number in range(table.size)], dtype=pl.UInt32)
    rows = table.timely.select(signs.gather(table.cells).alias("sign"), *TIME[1:])
    rows = rows.drop_nulls("sign")
    mixed = [sign for sign, one in enumerate(shown) if len(one.names) > 1]
    if not mixed:
        return rows
    among = pl.col("sign").is_in(mixed)
    merged = rows.filter(among).sort("sign", "ms", "record")
    again = _same("sign", "record").fill_null(value=False)
    return pl.concat([rows.filter(~among), merged.filter(~again)])


def _same(*names: str) -> pl.Expr:
    """Return whether a row has what the one before it has in the columns *names*."""
    return pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in names)


def _spans(signs: pl.Series) -> Iterator[tuple[int, int, int]]:
    """Yield first row, number of rows, and sign."""
    begin = 0
    for size, sign in signs.rle().struct.unnest().iter_rows():
        yield begin, size, sign
        begin += size


def _timings(rows: pl.DataFrame, ends: Mapping[tuple[int, int], End]) -> dict[int, Timing]:
    """Return the `Timing` of each sign with events; *rows* are what `_chosen` gives."""
    restarted = [stream * 2**32 + run for (stream, run), end in ends.items() if not end.last]
    ms = pl.col("ms")
    figures = (
        rows.lazy()
        .with_columns(in_last=~RUN.is_in(restarted))
        .group_by("sign")
        .agg(
            first=ms.filter("timed").first(),
            last=ms.filter("timed").last(),
            last_ms=ms.last(),
            last_record=pl.col("record").last(),
            at_end=pl.col("in_last").any(),
        )
        .join(_rhythms(rows.lazy().with_columns(thousand(rows.height))), on="sign", how="left")
        .collect()
    )
    return {row[0]: Timing._make(row[1:]) for row in figures.iter_rows()}


def _rhythms(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return ``period`` and ``jitter`` of each sign that has both; see `scope.rhythm`."""
    gaps = (
        rows.filter("timed")
        .select(
            "sign",
            gap=pl.col("ms").diff() / pl.col("thousand"),
            follows=_same("sign", "run", "stream"),
        )
        .filter("follows")
    )
    middles = gaps.group_by("sign").agg(period=_middle("gap"), gaps=pl.len())
    apart = (pl.col("gap") - pl.col("period")).abs()
    return (
        gaps.join(middles.filter(pl.col("gaps") >= FEWEST_GAPS), on="sign")
        .select("sign", "period", apart=apart)
        .group_by("sign")
        .agg(pl.col("period").first(), jitter=_middle("apart"))
    )


def _middle(name: str) -> pl.Expr:
    """Return the median, rounded as Python's own is: half of the sum of the two in the middle."""
    column = pl.col(name)
    return (column.quantile(0.5, "lower") + column.quantile(0.5, "higher")) / 2


def _moment(ms: float | None) -> datetime | None:
    return None if ms is None else BEGIN + timedelta(microseconds=round(ms * 1000))


def _recovery(one: Shown, timing: Timing) -> datetime | None:
    """Return when the pattern's trouble was over: a recovery that no further event follows."""
    name = one.placed.pattern.recovers
    if name is None:
        return None
    events = one.scope.of(name)
    last = timing.last_ms, timing.last_record
    at = bisect_right(events, last, key=lambda event: (event.ms, event.record))
    if at == len(events):
        return None
    seconds = events[at].ms / 1000 if events[at].timed else 0.0
    return datetime.fromtimestamp(seconds, UTC)


def _worth_showing(table: Table, shown: Sequence[Shown]) -> list[list[int]]:
    """Return the rows of the telling matches of each sign."""
    places = [[_telling(cell) for cell in one.cells] for one in shown]
    told = iter(table.read[[at for some in places for cell in some for at in cell]].rows())
    return [_worth([[*islice(told, len(cell))] for cell in some]) for some in places]


def _evidence(table: Table, chosen: Sequence[Sequence[int]]) -> list[tuple[Evidence, ...]]:
    """Return what the *chosen* rows of each sign say, and where."""
    rows = list(dict.fromkeys(row for some in chosen for row in some))  # many show several signs
    lines = table.told.select("file", "line", "ts", "message")[rows].iter_rows()
    made = (Evidence(file=file, line=at, ts=ts, text=text) for file, at, ts, text in lines)
    known = dict(zip(rows, made, strict=True))
    return [tuple([known[row] for row in some]) for some in chosen]


def _nameless(table: Table, chosen: Sequence[Sequence[int]]) -> list[bool]:
    """Return of each sign whether nothing tells that its *chosen* rows are about the CNI.

    Nobody is known to have written them, and they name nothing that the CNI has to do with.
    """
    unknown = table.told["component"].is_null()
    asked = [row for some in chosen for row in some if unknown[row]]
    texts = table.told["message"][asked].str.contains(OURS).to_list()
    ours = dict(zip(asked, texts, strict=True))
    return [bool(some) and not any(ours.get(row, True) for row in some) for some in chosen]


def _telling(cell: Cell) -> list[int]:
    """Return the rows of a cell's first match and of its newest ones."""
    end = cell.begin + cell.size
    return [cell.begin, *range(max(cell.begin, end - EVIDENCE_LINES), end)]


def _worth(cells: Sequence[Sequence[tuple[int, int]]]) -> list[int]:
    """Return the rows worth showing: the first of each signal, then the newest; in order.

    Args:
        cells: By signal, record and row of its first match, then of its newest ones.
    """
    if len(cells) == 1 and len(cells[0]) <= EVIDENCE_LINES:  # most have few: all are shown
        return [row for _, row in cells[0][1:]]
    chosen = dict(sorted({some[0] for some in cells}))
    for record, row in sorted((one for some in cells for one in some), reverse=True):
        if len(chosen) >= EVIDENCE_LINES:
            break
        chosen.setdefault(record, row)
    return [chosen[record] for record in sorted(list(chosen)[:EVIDENCE_LINES])]
