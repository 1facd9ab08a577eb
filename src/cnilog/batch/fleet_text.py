"""Write a fleet's report: as text for a terminal, as a table for a ticket, as JSON.

148 of 150 bundles analyzed, 96 without a likely cause; subnet-exhausted on 41 of them (28 %).

Common      subnet-exhausted       41 bundles (28 %), 41 nodes, 30 confirmed
subnet: subnet-0a… 41
Outliers    imds-unreachable        1 bundle …
Not read    broken.tgz: failed: …
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.errors import UnknownNameError
from cnilog.report import phrases
from cnilog.report.columns import Line, laid_out, line
from cnilog.report.markdown import code, prose
from cnilog.report.safety import visible
from cnilog.secrets import mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.batch.fleet import Fleet, FleetCause
    from cnilog.report import View

FORMATS: Final = ("text", "markdown", "json")
VALUES: Final = 4  # of a dimension
ROWS: Final = 20
LABEL: Final = 12


def write(fleet: Fleet, format: str, view: View) -> str:
    """Return *fleet* in one of `FORMATS`.

    Raises:
        UnknownNameError: A batch has no such format.
    """
    if format == "json":
        return fleet.model_dump_json(indent=2) + "\n"
    if format == "markdown":
        return _markdown(fleet)
    if format == "text":
        return laid_out(_lines(fleet, view), width=view.width, color=view.color)
    raise UnknownNameError("format of a batch's report", format, FORMATS)


def verdict(fleet: Fleet) -> str:
    """Return the answer in one sentence."""
    head = f"{fleet.analyzed:,} of {phrases.count(fleet.bundles, 'bundle')} analyzed"
    if not fleet.causes:
        return f"{head}; none names a cause at likely or above."
    first = fleet.causes[0]
    most = f"{first.id} on {first.bundles:,} ({first.share:.0%})"
    return f"{head}, {fleet.healthy:,} without a likely cause; most often {most}."


def _lines(fleet: Fleet, view: View) -> Iterator[Line]:
    yield line(verdict(fleet), "bold")
    if view.detail == "verdict":
        return
    most = len(fleet.causes) + len(fleet.unread) if view.detail == "all" else ROWS
    for label, common in (("Common", True), ("Outliers", False)):
        causes = [cause for cause in fleet.causes if cause.common is common]
        for number, cause in enumerate(causes[:most]):
            if number == 0:
                yield line()
            mark = (label if number == 0 else "").ljust(LABEL)
            yield line(_told(cause), mark=mark, mark_style="bold")
            yield from (line(text, indent=LABEL + 2) for text in _dimensions(cause))
        yield from _more(len(causes) - most)
    for number, one in enumerate(fleet.unread[:most]):
        if number == 0:
            yield line()
        mark = ("Not read" if number == 0 else "").ljust(LABEL)
        yield line(
            visible(mask(f"{one.source}: {one.error or one.status}")), mark=mark, mark_style="bold"
        )
    yield from _more(len(fleet.unread) - most)


def _told(cause: FleetCause) -> str:
    parts = [
        f"{phrases.count(cause.bundles, 'bundle')} ({cause.share:.0%})",
        phrases.count(cause.nodes, "node"),
        f"{cause.confirmed:,} confirmed" if cause.confirmed else "",
        f"{cause.recovered:,} recovered" if cause.recovered else "",
        f"since {phrases.moment(cause.first_seen)} UTC" if cause.first_seen else "",
    ]
    return f"{cause.id}: {', '.join(part for part in parts if part)}"


def _dimensions(cause: FleetCause) -> Iterator[str]:
    for dimension, counts in cause.by.items():
        told = [f"{visible(value)} ({number:,})" for value, number in counts.items()]
        more = f" and {len(told) - VALUES:,} more" if len(told) > VALUES else ""
        yield f"{dimension}: {', '.join(told[:VALUES])}{more}"


def _more(left: int) -> Iterator[Line]:
    if left > 0:
        yield line(f"… {left:,} more with -v", "dim", indent=LABEL)


def _markdown(fleet: Fleet) -> str:
    rows = [
        f"| {code(cause.id)} | {cause.bundles:,} ({cause.share:.0%}) | {cause.nodes:,} "
        f"| {cause.confirmed:,} | {phrases.moment(cause.first_seen)} |"
        for cause in fleet.causes[:ROWS]
    ]
    table = [
        "| cause | bundles | nodes | confirmed | first seen |",
        "| --- | --- | --- | --- | --- |",
    ]
    unread = [
        f"- {prose(mask(f'{one.source}: {one.error or one.status}'))}"
        for one in fleet.unread[:ROWS]
    ]
    blocks = [f"**{prose(verdict(fleet))}**", "\n".join([*table, *rows]) if rows else ""]
    blocks += ["### Not read\n\n" + "\n".join(unread)] if unread else []
    return "\n\n".join(block for block in blocks if block) + "\n"
