"""``cnilog mine``: error-like lines that nothing explains yet, as templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from cnilog.cli.analyze import finish
from cnilog.cli.options import Limit, Output, Patterns, Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.finding import Unknown


def mine(
    source: Sources,
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f")] = "text",
    output: Output = None,
    patterns: Patterns = None,
    most: Annotated[int, typer.Option(min=1, help="At most so many templates.")] = 50,
    limit: Limit = None,
) -> None:
    """List error-like lines that no pattern or dictionary explains, the oddest first."""
    import json

    from cnilog.catalog import load_catalog
    from cnilog.discovery.mine import mine as look
    from cnilog.ingest.limits import limits_of
    from cnilog.report.safety import shown
    from cnilog.secrets import mask

    found = look(
        source, catalog=load_catalog(*(patterns or ())), most=most, limits=limits_of(limit or ())
    )
    if format == "json":
        plain = [one.model_dump(mode="json") for one in found]
        finish(mask(json.dumps({"unknown": plain}, indent=1)) + "\n", output)
        return
    lines = [line for number, one in enumerate(found, 1) for line in _lines(number, one)]
    finish("\n".join(map(shown, lines or ["Nothing unknown."])) + "\n", output)


def _lines(number: int, one: Unknown) -> Iterator[str]:
    yield f"{number:3}. {one.count:,} × {one.level or 'no level'}: {one.template}"
    if one.first_seen and one.last_seen:
        yield f"       from {one.first_seen:%Y-%m-%d %H:%M:%S} to {one.last_seen:%Y-%m-%d %H:%M:%S}"
    if one.nodes:
        yield f"       on {', '.join(one.nodes[:5])}"
    for example in one.evidence:
        yield f"       {example.file}:{example.line}: {example.text.splitlines()[0][:200]}"
