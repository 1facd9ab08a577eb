"""Write a fleet's report as text for a terminal, and as a table for a ticket.

148 of 150 bundles analyzed, 96 without a likely cause; most often subnet-exhausted on 41 (28%).

Common      subnet-exhausted: 41 bundles (28%), 41 nodes, 30 confirmed, 2 May 09:12 to 11:40 UTC
              all 41 nodes of subnet subnet-0a show it, none of the 109 others
              zone: eu-west-1a (41 of 60)
Outliers    imds-unreachable: 1 bundle …
Not read    broken.tgz: failed: …
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.report import phrases
from cnilog.report.columns import Line, laid_out, line
from cnilog.report.markdown import code, prose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from cnilog.batch.fleet import Fleet, FleetCause, Place, Unread
    from cnilog.report import View

LABELS: Final = {"common": "Common", "some": "Several", "outlier": "Outliers"}
TWICE: Final = 2.0  # as many of a place's nodes as of all: then the place is worth a line
EXAMPLES: Final = 2  # bundles of an outlier
VALUES: Final = 4  # of a dimension
ROWS: Final = 20
BAR: Final = 40  # characters of the longest bar
FEWEST_STEPS: Final = 2  # one alone is no trend
LABEL: Final = 12


def text(fleet: Fleet, view: View) -> str:
    """Return *fleet* for a terminal."""
    return laid_out(_lines(fleet, view), width=view.width, color=view.color)


def verdict(fleet: Fleet) -> str:
    """Return the answer in one sentence."""
    head = f"{fleet.analyzed:,} of {phrases.count(fleet.bundles, 'bundle')} analyzed"
    if not fleet.causes:
        return f"{head}; none names a cause at likely or above."
    first = fleet.causes[0]
    most = f"{first.id} on {first.bundles:,} ({share(first)})"
    return f"{head}, {fleet.healthy:,} without a likely cause; most often {most}."


def _lines(fleet: Fleet, view: View) -> Iterator[Line]:
    yield line(verdict(fleet), "bold")
    if view.detail == "verdict":
        return
    most = len(fleet.causes) + fleet.bundles if view.detail == "all" else ROWS
    for standing, label in LABELS.items():
        causes = [cause for cause in fleet.causes if cause.standing == standing]
        told = [(_told(cause), [*_details(cause, fleet.nodes, view)]) for cause in causes]
        yield from _labelled(label, told, most)
    for label, some in (("Not read", fleet.unread), ("In part", fleet.damaged)):
        yield from _labelled(label, [(unread(one), []) for one in some], most)
    yield from _trend(fleet)
    if fleet.causes:
        yield line()
        yield line("Why, and what to do: cnilog analyze BUNDLE", "dim", indent=LABEL)


def unread(one: Unread) -> str:
    """Return which bundle could not be read, or not all of it, and why."""
    return f"{one.source}: {one.error or one.status}"


def _labelled(label: str, told: list[tuple[str, list[str]]], most: int) -> Iterator[Line]:
    for number, (text, details) in enumerate(told[:most]):
        if number == 0:
            yield line()
        mark = (label if number == 0 else "").ljust(LABEL)
        yield line(text, mark=mark, mark_style="bold")
        yield from (line(more, indent=LABEL + 2) for more in details)
    yield from _more(len(told) - most)


def _told(cause: FleetCause) -> str:
    parts = [
        f"{phrases.count(cause.bundles, 'bundle')} ({share(cause)})",
        phrases.count(cause.nodes, "node"),
        f"{cause.confirmed:,} confirmed" if cause.confirmed else "",
        f"{cause.recovered:,} recovered" if cause.recovered else "",
        seen(cause),
    ]
    return f"{cause.id}: {', '.join(part for part in parts if part)}"


def seen(cause: FleetCause) -> str:
    """Return from when to when a cause was seen; nothing where no line had a time."""
    if cause.first_seen is None:
        return ""
    first, last = phrases.moment(cause.first_seen), phrases.moment(cause.last_seen)
    if first == last:
        return f"{first} UTC"
    return f"{first} to {last[11:] if last[:10] == first[:10] else last} UTC"


def share(cause: FleetCause) -> str:
    """Return the share of bundles with a cause; never nothing of something."""
    return f"{cause.share:.0%}" if cause.share >= 0.005 else "<1%"


def _details(cause: FleetCause, everyone: int, view: View) -> Iterator[str]:
    """Yield what tells the nodes apart, where they are, and which bundles they are in."""
    yield from cause.stands_out[:VALUES]
    for dimension, places in cause.by.items():
        if places[0].of == everyone:
            continue  # it is the same for all
        if view.detail == "all" or any(_gathers(place, cause.nodes, everyone) for place in places):
            told = [f"{place.value} ({place.nodes:,} of {place.of:,})" for place in places]
            yield f"{dimension}: {_some(told)}"
    if cause.standing == "outlier":
        yield f"in {_some(list(cause.sources), EXAMPLES, cause.bundles)}"


def _gathers(place: Place, hurt: int, everyone: int) -> bool:
    """Return whether a cause is about a place: more than one node, and far more than elsewhere."""
    return place.nodes > 1 and place.nodes * everyone >= TWICE * hurt * place.of


def _some(told: list[str], most: int = VALUES, of: int = 0) -> str:
    left = max(of, len(told)) - most
    more = f" and {left:,} more" if left > 0 else ""
    return f"{', '.join(told[:most])}{more}"


def _trend(fleet: Fleet) -> Iterator[Line]:
    """Yield how many bundles first showed a cause, span after span."""
    totals: dict[datetime, int] = {}
    for one in fleet.trend:
        totals[one.start] = totals.get(one.start, 0) + one.bundles
    if len(totals) < FEWEST_STEPS:
        return
    yield line()
    yield line(f"new causes by {fleet.step}, UTC", mark="Trend".ljust(LABEL), mark_style="bold")
    form = "%Y-%m-%d %H:%M" if fleet.step == "hour" else "%Y-%m-%d"
    most = max(totals.values())
    for start, bundles in list(totals.items())[-ROWS:]:
        bar = "█" * max(1, round(BAR * bundles / most))
        yield line(f"{start:{form}}  {bundles:6,}  {bar}", indent=LABEL)


def _more(left: int) -> Iterator[Line]:
    if left > 0:
        yield line(f"… {left:,} more with -v", "dim", indent=LABEL)


def markdown(fleet: Fleet) -> str:
    """Return *fleet* for a ticket."""
    rows = [
        f"| {code(cause.id)} | {cause.bundles:,} ({share(cause)}) | {cause.nodes:,} "
        f"| {cause.confirmed:,} | {phrases.moment(cause.first_seen)} "
        f"| {phrases.moment(cause.last_seen)} | {prose('; '.join(cause.stands_out[:2]))} |"
        for cause in fleet.causes[:ROWS]
    ]
    table = [
        "| cause | bundles | nodes | confirmed | first seen | last seen | stands out |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    not_read = [f"- {prose(unread(one))}" for one in fleet.unread[:ROWS]]
    blocks = [f"**{prose(verdict(fleet))}**", "\n".join([*table, *rows]) if rows else ""]
    blocks += ["### Not read\n\n" + "\n".join(not_read)] if not_read else []
    return "\n\n".join(block for block in blocks if block) + "\n"
