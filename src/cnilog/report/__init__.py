"""Write a report for a reader: terminal, ticket, browser, program.

A reporter is a function of one frozen report and a `View`; it knows neither logs nor frames.
Its text is returned whole, never printed. To add one: a module with ``write(report, view)``,
and its line in `REPORTERS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from cnilog.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cnilog.finding import Report

Detail = Literal["verdict", "normal", "all"]


class View(NamedTuple):
    """How the reader looks at a report."""

    width: int = 80  # columns of a terminal
    color: bool = False
    detail: Detail = "normal"
    redact: bool | None = None  # null: as the reporter does by itself


def _text(report: Report, view: View) -> str:
    from cnilog.report import text  # late, as all here: only the chosen one is paid for

    return text.write(report, view)


def _json(report: Report, view: View) -> str:
    from cnilog.report import json

    return json.write(report, view)


def _html(report: Report, view: View) -> str:
    from cnilog.report import html

    return html.write(report, view)


def _markdown(report: Report, view: View) -> str:
    from cnilog.report import markdown

    return markdown.write(report, view)


def _junit(report: Report, view: View) -> str:
    from cnilog.report import junit

    return junit.write(report, view)


def _sarif(report: Report, view: View) -> str:
    from cnilog.report import sarif

    return sarif.write(report, view)


REPORTERS: Final[Mapping[str, Callable[[Report, View], str]]] = {
    "text": _text,
    "json": _json,
    "html": _html,
    "markdown": _markdown,
    "junit": _junit,
    "sarif": _sarif,
}


def reporter(name: str) -> Callable[[Report, View], str]:
    """Return the reporter called *name*, or raise `UnknownNameError`."""
    if name not in REPORTERS:
        raise UnknownNameError("reporter", name, REPORTERS)
    return REPORTERS[name]


def render(report: Report, format: str = "text", view: View | None = None) -> str:
    """Return *report* in the format of that name, ending in a newline.

    Raises:
        UnknownNameError: There is no such format.
    """
    return reporter(format)(report, view or View())
