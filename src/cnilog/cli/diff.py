"""``cnilog diff``: did the fix work?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from cnilog.cli.analyze import finish
from cnilog.cli.ending import FOUND
from cnilog.cli.options import Limit, Output, Patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog import Catalog
    from cnilog.diagnosis.change import Changed
    from cnilog.finding import Report
    from cnilog.ingest.limits import Limits

MARKS: Final = {"gone": "-", "recovered": "~", "remains": "=", "new": "+", "not known": "?"}


def diff(
    before: Annotated[str, typer.Argument(help="Logs from before, or a saved JSON report.")],
    after: Annotated[str, typer.Argument(help="Logs from after, or a saved JSON report.")],
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f")] = "text",
    output: Output = None,
    patterns: Patterns = None,
    limit: Limit = None,
    fail_on_remaining: Annotated[
        bool, typer.Option("--fail-on-remaining", help="Exit 1 where a cause remains.")
    ] = False,
) -> None:
    """Say what is gone, what is new, and what remains."""
    from cnilog.catalog import load_catalog
    from cnilog.diagnosis.change import compare
    from cnilog.ingest.limits import limits_of
    from cnilog.report.safety import disarm

    catalog, limits = load_catalog(*(patterns or ())), limits_of(limit or ())
    change = compare(*(disarm(_report(source, catalog, limits)) for source in (before, after)))
    if format == "json":
        finish(change.model_dump_json(indent=1) + "\n", output)
    else:
        lines = (line for one in change.findings for line in _lines(one))
        head = (change.verdict, *([change.versions] if change.versions else []))
        finish("\n".join((*head, *lines)) + "\n", output)
    remains = any(one.became == "remains" and one.kind == "cause" for one in change.findings)
    if fail_on_remaining and remains:
        raise typer.Exit(FOUND)


def _lines(one: Changed) -> Iterator[str]:
    from cnilog.report.phrases import nodes
    from cnilog.report.safety import shown

    was, now = one.before or "not seen", one.after or "not seen"
    yield shown(f"{MARKS[one.became]} {one.became:9} {one.id} ({was} -> {now}): {one.title}")
    if one.kind == "cause":
        moved = {"no more": one.left, "new": one.came, "not among the later sources": one.absent}
        told = {words: names for words, names in moved.items() if names}
        if told and (one.became == "remains" or one.absent):
            yield from (
                shown(f"            {words}: {nodes(some)}") for words, some in told.items()
            )


def _report(source: str, catalog: Catalog, limits: Limits) -> Report:
    """Return the report in a saved file, or the analysis of anything else."""
    from cnilog.report import json

    path = Path(source)
    if path.suffix == ".json" and path.is_file():
        text = path.read_text("utf-8", errors="replace")
        if text.lstrip().startswith('{"schema"') or '"accounting"' in text[:2_000]:
            return json.read(text, file=source)
    from cnilog.analysis import analyze

    return analyze(source, catalog=catalog, limits=limits)
