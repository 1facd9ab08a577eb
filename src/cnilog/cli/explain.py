"""``cnilog explain``: what an id or a line of log means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cnilog.cli.ending import put
from cnilog.cli.options import Patterns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.discovery.explain import Explanation


def explain(
    what: Annotated[str, typer.Argument(metavar="ID|LINE", help="An id, or a line of log.")],
    patterns: Patterns = None,
) -> None:
    """Say what an id or a line means, who prints it, and what to check."""
    from cnilog.catalog import load_catalog
    from cnilog.catalog.page import page
    from cnilog.discovery.explain import explain as look_up
    from cnilog.discovery.explain import named
    from cnilog.report.safety import visible

    catalog = load_catalog(*(patterns or ()))
    found = named(catalog, what)
    if found:
        put("\n".join(page(one) for one in found))
        return
    put("\n".join(map(visible, _lines(look_up(catalog, what)))) + "\n")


def _lines(found: Explanation) -> Iterator[str]:
    yield found.message.strip()
    for template in found.templates:
        judged = f", {template.kind}" if template.kind else ""
        span = f"{template.first} to {template.last}"
        yield f"  printed by {template.component} ({template.level}{judged}), {span}"
    if found.step:
        yield f"  step: {found.step}"
    if found.follows:
        yield f"  then, when all is well: {found.follows.strip()}"
    for pattern, signal in found.patterns:
        yield f"  {pattern.kind} {pattern.id}: {pattern.title}"
        says = pattern.signals[signal].title
        if says:
            yield f"    this line: {says}"
        for settles in pattern.confirm_with[:2]:
            yield f"    check {settles.collect}: {settles.look_for}"
    if not found.patterns:
        yield "  no pattern takes it: it is neither a known failure nor known noise"
