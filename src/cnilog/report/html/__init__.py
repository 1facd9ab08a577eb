"""Write a report as one HTML file: no network, no script needed, safe to open and to send.

Everything is inside: style, script, charts as SVG. A content security policy names the style and
the script by their hashes and allows nothing else, so text that came from a log could not run or
load anything even if it were markup; it is not, since every value is escaped. The script only adds
comfort: sorting, filtering, zooming, copying.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.report import phrases
from cnilog.report.html.chart import charts
from cnilog.report.html.page import page
from cnilog.report.paths import within
from cnilog.report.safety import cut, disarm
from cnilog.report.steps import step

if TYPE_CHECKING:
    from jinja2 import Environment

    from cnilog.finding import Report
    from cnilog.report import View

_FOLDER: Final = Path(__file__).parent


def write(report: Report, view: View) -> str:
    """Return the page."""
    report, folder = within(disarm(report, redact=bool(view.redact)))
    return fill(
        "page.html.j2", report=report, folder=folder, page=page(report), charts=charts(report)
    )


def fill(template: str, *styles: str, **values: object) -> str:
    """Return the page that *template* makes of *values*, with our style sheet, *styles* and script.

    Every value is escaped; the page's policy allows these styles and this script and no other.
    """
    style = "".join((_FOLDER / name).read_text("utf-8") for name in ("style.css", *styles))
    script = (_FOLDER / "script.js").read_text("utf-8")
    made = _environment().get_template(template)
    return made.render(style=style, script=script, policy=_policy(style, script), **values)


def cell(report: Report) -> str:
    """Return a part of a page for a notebook's cell: the answer, no script, no style sheet."""
    return _environment().get_template("cell.html.j2").render(report=within(disarm(report))[0])


@cache
def _environment() -> Environment:
    """Return what fills templates; each is compiled once, which takes longer than filling it."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,  # every value comes from a log
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(phrases=phrases, step=step, cut=cut, max=max)
    environment.filters["moment"] = phrases.moment
    return environment


def _policy(style: str, script: str) -> str:
    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return (
        "default-src 'none'; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'"
    )
