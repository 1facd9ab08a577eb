"""Write a fleet's report as one HTML file, of the same make as the page of one report.

Geometry and bounds are here, the page is `report/html/fleet.html.j2`.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.batch.fleet_text import FEWEST_STEPS, seen, share, verdict
from cnilog.report import phrases
from cnilog.report.html import fill
from cnilog.report.html.page import COLORS

if TYPE_CHECKING:
    from datetime import datetime

    from cnilog.batch.fleet import Fleet, FleetCause

WIDTH: Final = 1_000
HEIGHT: Final = 180
HEAD: Final = 18  # above the highest bar, for its number
STEPS: Final = 60  # spans drawn, the last ones
TOLD: Final = 24  # bars that still have room for a number
LABELED: Final = 8  # times on the axis
OTHERS: Final = "all others"
LABELS: Final = {"common": "Common", "some": "Several", "outlier": "Outlier"}
FORMS: Final = {"hour": "%m-%d %H:%M", "day": "%Y-%m-%d", "week": "week of %m-%d"}


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a column."""

    x: float
    y: float
    width: float
    height: float
    color: int
    title: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word in the drawing."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Columns of new causes over time."""

    names: tuple[str, ...]
    bars: tuple[Bar, ...]
    totals: tuple[Label, ...]
    labels: tuple[Label, ...]
    width: int = WIDTH
    height: int = HEIGHT


@dataclass(frozen=True, slots=True)
class FleetPage:
    """The bounded parts of the page."""

    shown: tuple[FleetCause, ...]  # told in full
    trend: Trend | None
    span: str
    labels: dict[str, str]
    rows: int = 1_000  # of a table
    places: int = 12  # of a dimension


def page(fleet: Fleet) -> str:
    """Return the page."""
    shown = FleetPage(fleet.causes[:40], _trend(fleet), _span(fleet), LABELS)
    return fill(
        "fleet.html.j2",
        "fleet.css",
        fleet=fleet,
        page=shown,
        verdict=verdict(fleet),
        seen=seen,
        share=share,
    )


def _span(fleet: Fleet) -> str:
    times = [time for cause in fleet.causes for time in (cause.first_seen, cause.last_seen) if time]
    if not times:
        return ""
    first, last = (phrases.moment(time)[:16] for time in (min(times), max(times)))
    return f"{first} to {last} UTC"


def _trend(fleet: Fleet) -> Trend | None:
    names = [cause.id for cause in fleet.causes]
    colors = {name: min(number, COLORS - 1) for number, name in enumerate(names)}
    columns: defaultdict[datetime, dict[str, int]] = defaultdict(dict)
    for step in fleet.trend:
        columns[step.start][step.id] = step.bundles
    starts = sorted(columns)[-STEPS:]
    if len(starts) < FEWEST_STEPS:
        return None
    most = max(sum(columns[start].values()) for start in starts)
    slot = WIDTH / max(len(starts), LABELED)
    bars, totals = list[Bar](), list[Label]()
    for number, start in enumerate(starts):
        x, y = round(number * slot + slot * 0.1, 1), float(HEIGHT)
        for name in sorted(columns[start], key=names.index):
            height = round((HEIGHT - HEAD) * columns[start][name] / most, 2)
            y -= height
            title = f"{start:%Y-%m-%d %H:%M} UTC, {name}: {columns[start][name]:,}"
            bars.append(Bar(x, round(y, 2), round(slot * 0.8, 1), height, colors[name], title))
        total = sum(columns[start].values())
        totals.append(Label(round(x + slot * 0.4, 1), round(y - 5, 1), f"{total:,}"))
    every = -(-len(starts) // LABELED)
    labels = [
        Label(totals[n].x, 0, f"{starts[n]:{FORMS[fleet.step]}}")
        for n in range(0, len(starts), every)
    ]
    legend = [*names[: COLORS - 1], *([OTHERS] if len(names) > COLORS else names[COLORS - 1 :])]
    shown = totals if len(starts) <= TOLD else []
    return Trend(tuple(legend), tuple(bars), tuple(shown), tuple(labels))
