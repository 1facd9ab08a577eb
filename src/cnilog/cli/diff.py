"""``cnilog diff``: did the fix work?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from cnilog.cli.analyze import finish
from cnilog.cli.ending import FOUND
from cnilog.cli.options import Output, Patterns

if TYPE_CHECKING:
    from cnilog.diagnosis.change import Changed
    from cnilog.finding import Report

MARKS: Final = {"gone": "-", "recovered": "~", "remains": "=", "new": "+", "not known": "?"}


def diff(
    before: Annotated[str, typer.Argument(help="Logs from before, or a saved JSON report.")],
    after: Annotated[str, typer.Argument(help="Logs from after, or a saved JSON report.")],
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f")] = "text",
    output: Output = None,
    patterns: Patterns = None,
    fail_on_remaining: Annotated[
        bool, typer.Option("--fail-on-remaining", help="Exit 1 where a cause remains.")
    ] = False,
) -> None:
    """Say what is gone, what is new, and what remains."""
    from cnilog.diagnosis.change import compare
    from cnilog.report.safety import disarm

    change = compare(*(disarm(_report(source, patterns)) for source in (before, after)))
    if format == "json":
        finish(change.model_dump_json(indent=1) + "\n", output)
    else:
        finish("\n".join((change.verdict, *map(_line, change.findings))) + "\n", output)
    remains = any(one.became == "remains" and one.kind == "cause" for one in change.findings)
    if fail_on_remaining and remains:
        raise typer.Exit(FOUND)


def _line(one: Changed) -> str:
    from cnilog.report.safety import visible

    was, now = one.before or "not seen", one.after or "not seen"
    return visible(f"{MARKS[one.became]} {one.became:9} {one.id} ({was} -> {now}): {one.title}")


def _report(source: str, patterns: list[Path] | None) -> Report:
    """Return the report in a saved file, or the analysis of anything else."""
    from cnilog.report import json

    path = Path(source)
    if path.suffix == ".json" and path.is_file():
        text = path.read_text("utf-8", errors="replace")
        if text.lstrip().startswith('{"schema"') or '"accounting"' in text[:2_000]:
            return json.read(text, file=source)
    from cnilog.analysis import analyze
    from cnilog.catalog import load_catalog

    return analyze(source, catalog=load_catalog(*(patterns or ())))
