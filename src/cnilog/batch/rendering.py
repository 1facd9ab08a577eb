"""Write a fleet's report in any format; it is disarmed first, for names come from bundles."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Final

from cnilog.batch.fleet_html import page
from cnilog.batch.fleet_text import markdown, text
from cnilog.errors import UnknownNameError
from cnilog.report.safety import disarm

if TYPE_CHECKING:
    from cnilog.batch.fleet import Fleet, Unread
    from cnilog.report import View

FORMATS: Final = ("text", "markdown", "json", "html")


def write(fleet: Fleet, format: str, view: View) -> str:
    """Return *fleet* in one of `FORMATS`.

    Raises:
        UnknownNameError: A batch has no such format.
    """
    if format not in FORMATS:
        raise UnknownNameError("format of a batch's report", format, FORMATS)
    hidden = view.redact is not False if format == "markdown" else bool(view.redact)
    fleet = disarm(fleet, redact=hidden)
    if format == "json":
        return fleet.model_dump_json(indent=2) + "\n"
    fleet = _within(fleet)
    if format == "markdown":
        return markdown(fleet)
    if format == "html":
        return page(fleet)
    return text(fleet, view)


def _within(fleet: Fleet) -> Fleet:
    """Return *fleet* with bundles named from the folder that all share, and reasons in short."""
    unread = [*fleet.unread, *fleet.damaged]
    names = [*(one.source for one in unread), *(n for c in fleet.causes for n in c.sources)]
    levels = zip(*(name.split("/")[:-1] for name in names), strict=False)
    same = takewhile(lambda level: len(set(level)) == 1, levels)
    shared = sum(len(level[0]) + 1 for level in same)
    return fleet.model_copy(
        update={
            "causes": tuple(
                cause.model_copy(update={"sources": tuple(n[shared:] for n in cause.sources)})
                for cause in fleet.causes
            ),
            "unread": tuple(_briefly(one, shared) for one in fleet.unread),
            "damaged": tuple(_briefly(one, shared) for one in fleet.damaged),
        }
    )


def _briefly(one: Unread, shared: int) -> Unread:
    return one.model_copy(
        update={"source": one.source[shared:], "error": reason(one.error, one.source)}
    )


def reason(error: str, source: str) -> str:
    """Return *error* without the bundle's name before it and the advice behind it."""
    return error.removeprefix(f"{source}: ").partition(". ")[0]
