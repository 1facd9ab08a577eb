"""Place a report's times on a plane: lanes of nodes, and how many lines of a level came when.

Geometry only, in the units of the drawing; the page draws it and the script moves it. Every mark
keeps its times, so that zooming needs nothing but arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cnilog.report import phrases
from cnilog.report.html.page import COLORS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.finding import Bar, Point, Report

LEFT: Final = 180  # room for names
WIDTH: Final = 1000  # of the plot
LANE: Final = 22  # height of a node's lane
BAND: Final = 56  # height of a level's histogram
LANES: Final = 150  # nodes drawn
MARKS: Final = 4_000
BARS: Final = 200  # bins over the whole width
_STEPS_S: Final = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200),
    *(86_400 * days for days in (1, 2, 5, 10, 20, 50, 100, 365, 1000, 3650)),
)
_BANDS: Final = (("error, fatal", ("error", "fatal")), ("warn", ("warn",)), ("all others", ()))
_RANK: Final = {"cause": 0, "recovery": 1, "start": 2, "symptom": 3, "noise": 4}


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that began, and lasted or not."""

    x: float
    y: float
    width: float
    height: float
    since: float  # seconds since 1970
    until: float
    kind: str
    id: str
    color: int | None
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A name at the left of a lane or band."""

    y: float
    text: str
    title: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing."""

    height: float
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    left_out: int = 0  # marks or lanes that found no room


@dataclass(frozen=True, slots=True)
class Charts:
    """Both drawings over one axis of time; nothing where no record has a time."""

    since: float
    until: float
    ticks: tuple[Tick, ...]
    timeline: Chart
    levels: Chart
    left: int = LEFT
    width: int = WIDTH


def charts(report: Report) -> Charts | None:
    """Return the drawings of *report*."""
    times = [time for point in report.timeline for time in (point.ts, point.until) if time]
    times += [bar.ts for bar in report.histogram]
    if not times:
        return None
    since, until = min(times).timestamp(), max(times).timestamp()
    until = max(until, since + 1)
    return Charts(
        since,
        until,
        _ticks(since, until),
        _timeline(report, since, until),
        _levels(report.histogram, since, until),
    )


def _x(time: float, since: float, until: float) -> float:
    return round(LEFT + WIDTH * (time - since) / (until - since), 1)


def _ticks(since: float, until: float) -> tuple[Tick, ...]:
    size = next((one for one in _STEPS_S if (until - since) / one <= 8), _STEPS_S[-1])
    first = -(-since // size) * size
    form = "%H:%M:%S" if size < 60 else "%H:%M" if size < 86_400 else "%Y-%m-%d"
    count = int((until - first) // size) + 1
    times = [first + n * size for n in range(max(0, min(count, 12)))]
    return tuple(
        Tick(_x(time, since, until), f"{datetime.fromtimestamp(time, UTC):{form}}")
        for time in times
    )


def _timeline(report: Report, since: float, until: float) -> Chart:
    slots = _slots(report)
    points = sorted(report.timeline, key=lambda point: _RANK[point.kind])
    nodes = list(dict.fromkeys(point.node or "" for point in points))
    lanes = {node: number for number, node in enumerate(nodes[:LANES])}
    drawn = [point for point in points if (point.node or "") in lanes][:MARKS]
    short = _shortened(nodes)
    marks = (
        _mark(point, lanes[point.node or ""], since, until, slots.get(point.id)) for point in drawn
    )
    labels = (
        Label(LANE * lane + LANE * 0.7, short[node] or "(node unknown)", node)
        for node, lane in lanes.items()
    )
    return Chart(LANE * len(lanes), tuple(marks), tuple(labels), len(points) - len(drawn))


def _slots(report: Report) -> dict[str, tuple[int, float, float]]:
    """Return for each cause its colour and its part of a lane: where it begins, and how high."""
    drawn = {point.id for point in report.timeline if point.kind == "cause"}
    causes = [
        (number % COLORS, cause.id)
        for number, cause in enumerate(report.causes)
        if cause.id in drawn
    ]
    height = (LANE - 6) / max(1, min(len(causes), 4))
    return {
        name: (color, round(3 + height * (place % 4), 1), round(height - 0.5, 1))
        for place, (color, name) in enumerate(causes)
    }


def _mark(
    point: Point, lane: int, since: float, until: float, slot: tuple[int, float, float] | None
) -> Mark:
    start = point.ts.timestamp()
    end = point.until.timestamp() if point.until else start
    x = _x(start, since, until)
    lasting = point.kind in {"cause", "symptom", "noise"}
    color, top, height = slot if slot and point.kind == "cause" else (None, 8.0, LANE - 16.0)
    until_words = f" to {phrases.moment(point.until)}" if point.until else ""
    times = f" ×{point.count:,}" if point.count > 1 else ""
    return Mark(
        x=x,
        y=LANE * lane + (top if lasting else 2),
        width=max(3.0, round(_x(end, since, until) - x, 1)) if lasting else 2,
        height=height if lasting else LANE - 4,
        since=start,
        until=end,
        kind=point.kind,
        id=point.id,
        color=color,
        title=f"{point.kind}: {point.id}{times}, {phrases.moment(point.ts)}{until_words} UTC",
    )


def _shortened(nodes: Iterable[str]) -> dict[str, str]:
    """Return names without the domain that all of them share, so that they fit."""
    parts = {node: node.split(".") for node in nodes if node}
    shared = 0
    while parts and len({tuple(name[-shared - 1 :]) for name in parts.values()}) == 1:
        if any(len(name) <= shared + 1 for name in parts.values()):
            break
        shared += 1
    short = {node: ".".join(name[: len(name) - shared]) for node, name in parts.items()}
    return {"": ""} | {
        node: name if len(name) <= 24 else f"{name[:23]}…" for node, name in short.items()
    }


def _levels(histogram: tuple[Bar, ...], since: float, until: float) -> Chart:
    marks: list[Mark] = []
    labels: list[Label] = []
    named = {level for _, levels in _BANDS for level in levels}
    for number, (name, levels) in enumerate(_BANDS):
        bars = [
            bar for bar in histogram if (bar.level in levels if levels else bar.level not in named)
        ]
        top = BAND * number
        found, most = _band(bars, name, top, since, until)
        marks += found
        noun = f"{name} (up to {most:,})" if most else f"{name} (none)"
        labels.append(Label(top + BAND * 0.6, noun, noun))
    return Chart(BAND * len(_BANDS), tuple(marks), tuple(labels))


def _band(
    bars: list[Bar], name: str, top: float, since: float, until: float
) -> tuple[list[Mark], int]:
    """Return the bars of one level, each band to its own scale, and the highest count."""
    size = max(60.0, (until - since) / BARS)
    bins: dict[int, int] = {}
    for bar in bars:
        slot = int((bar.ts.timestamp() - since) // size)
        bins[slot] = bins.get(slot, 0) + bar.count
    bins = {slot: count for slot, count in bins.items() if count > 0}
    most = max(bins.values(), default=0)
    kind = name.split(",")[0].replace(" ", "-")
    marks = []
    for slot, count in sorted(bins.items()):
        start = since + slot * size
        height = max(1.5, round((BAND - 10) * count / most, 1))
        at = phrases.moment(datetime.fromtimestamp(start, UTC))
        x = _x(start, since, until)
        marks.append(
            Mark(
                x=x,
                y=top + BAND - 4 - height,
                width=max(1.0, round(WIDTH * size / (until - since) - 0.6, 1)),
                height=height,
                since=start,
                until=start + size,
                kind=f"level-{kind}",
                id=kind,
                color=None,
                title=f"{count:,} {name}, {at} UTC",
            )
        )
    return marks, most
