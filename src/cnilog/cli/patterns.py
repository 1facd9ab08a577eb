"""``cnilog patterns``: look into the catalog, prove it, and add to it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from cnilog.cli.ending import put
from cnilog.cli.options import Limit, Patterns

app = typer.Typer(
    name="patterns",
    help="Look into the catalog, prove it, add to it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
Kind = Literal["cause", "symptom", "noise"]
Shape = Annotated[Literal["text", "json"], typer.Option("--format", "-f", help="How to say it.")]
FAILED = 1


@app.command("list")
def listing(
    kind: Annotated[Kind | None, typer.Option(help="Only this kind.")] = None,
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    component: Annotated[str | None, typer.Option(help="Only what this program prints.")] = None,
    format: Shape = "text",
    patterns: Patterns = None,
) -> None:
    """List all patterns."""
    from cnilog.catalog import load_catalog
    from cnilog.catalog.listing import as_json, as_text, chosen
    from cnilog.report.safety import visible

    catalog = load_catalog(*(patterns or ()))
    found = chosen(catalog, kind=kind, family=family, component=component)
    put(as_json(found) if format == "json" else visible(as_text(found), lines=True))


@app.command()
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="Of a pattern, or of a cause.")],
    patterns: Patterns = None,
) -> None:
    """Show a pattern: what, why, how it shows, what to do, proof."""
    from cnilog.catalog import load_catalog
    from cnilog.catalog.listing import named
    from cnilog.catalog.sheet import sheet
    from cnilog.report.safety import visible

    found = named(load_catalog(*(patterns or ())), name)
    put(visible("\n".join(sheet(one) for one in found), lines=True))


@app.command()
def lint(
    hints: Annotated[
        bool, typer.Option("--hints", help="Also what is worth a thought and may stay.")
    ] = False,
    patterns: Patterns = None,
) -> None:
    """Say what in the catalog, or in the patterns of --patterns, would disappoint."""
    from cnilog.catalog import load_catalog
    from cnilog.catalog.lint import ADVICE, HINTS
    from cnilog.catalog.lint import lint as check
    from cnilog.report.safety import visible

    catalog = load_catalog(*(patterns or ()))
    only = own(patterns)
    found = check(catalog, only, hints=hints)
    for one in found:
        put(visible(f"{one.pattern}: {one.name}: {one.text}. {one.advice}") + "\n")
    wrong = sum(one.name not in HINTS for one in found)
    count = len(catalog.patterns if only is None else only)
    put(f"{count} patterns, {len(ADVICE)} lints: {wrong} to mend\n")
    if wrong:
        raise typer.Exit(FAILED)


def own(folders: list[Path] | None) -> frozenset[str] | None:
    """Return the ids of the user's own patterns; null where no folder is named."""
    from cnilog.catalog.load import read_folder

    if not folders:
        return None
    return frozenset(pattern.id for folder in folders for pattern in read_folder(folder))


@app.command("test")
def prove_examples(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="All if left out.")
    ] = None,
    patterns: Patterns = None,
) -> None:
    """Try every pattern on its own examples and near misses."""
    from cnilog.catalog import load_catalog
    from cnilog.catalog.listing import named
    from cnilog.proof import prove_all
    from cnilog.report.safety import visible

    catalog = load_catalog(*(patterns or ()))
    named_ones = {one.id for name in only or () for one in named(catalog, name)}
    asked = named_ones or own(patterns) or catalog.by_id
    proved = prove_all([pattern for pattern in catalog.patterns if pattern.id in asked])
    count = sum(tried for tried, _ in proved)
    wrong = [text for _, failed in proved for text in failed]
    for text in wrong:
        typer.echo(visible(text, lines=True))
    typer.echo(f"{count} examples: {count - len(wrong)} right, {len(wrong)} wrong")
    if wrong:
        raise typer.Exit(FAILED)


@app.command()
def new(
    line: Annotated[str, typer.Argument(metavar="LINE|SOURCE", help="A line of log; - reads one.")],
    name: Annotated[
        str, typer.Option("--id", help="The pattern's id.")
    ] = "new-pattern",  # then one is made of the text
    kind: Annotated[Kind, typer.Option(help="What it is.")] = "symptom",
    from_unknown: Annotated[
        int | None,
        typer.Option(metavar="K", help="Take the K-th template of cnilog mine SOURCE."),
    ] = None,
    patterns: Patterns = None,
    limit: Limit = None,
) -> None:
    """Propose a pattern for a line of log: literal, regex, component, example."""
    if from_unknown is not None:
        from cnilog.catalog import load_catalog
        from cnilog.discovery.mine import chosen, mine
        from cnilog.ingest.limits import limits_of

        catalog, limits = load_catalog(*(patterns or ())), limits_of(limit or ())
        found = mine(line, catalog=catalog, most=from_unknown, limits=limits)
        one = chosen(found, from_unknown)
        put(_proposed(one.evidence[0].text, name, kind, one.template))
        return
    put(_proposed(typer.get_text_stream("stdin").readline() if line == "-" else line, name, kind))


def _proposed(line: str, name: str, kind: Kind, shape: str | None = None) -> str:
    """Return the skeleton for *line*, which a stranger may have written."""
    from cnilog.catalog.propose import propose
    from cnilog.report.safety import visible
    from cnilog.secrets import mask

    shape = mask(shape) if shape else None
    return visible(propose(mask(line), name, kind, shape=shape), lines=True)


@app.command()
def schema() -> None:
    """Print the JSON Schema of pattern files, for editors."""
    from cnilog.catalog.editor import pattern_schema

    put(pattern_schema())


@app.command()
def coverage(
    templates: Annotated[
        Path | None, typer.Option(metavar="FILE.tsv", help="Other templates than the shipped ones.")
    ] = None,
    format: Annotated[Literal["text", "json"], typer.Option("--format", "-f")] = "text",
    patterns: Patterns = None,
) -> None:
    """Count which of the CNI's Warn, Error and Fatal messages some signal takes."""
    import json

    from cnilog.catalog import load_catalog
    from cnilog.catalog.coverage import measure, read_templates

    read = read_templates(templates) if templates else None
    found = measure(load_catalog(*(patterns or ())), read)
    if format == "json":
        typer.echo(json.dumps(found.plain(), indent=1))
        return
    for name, (known, total) in found.by_component.items():
        typer.echo(f"{name:22} {known:5} of {total:5}  {100 * known / max(1, total):5.1f} %")
    typer.echo(f"{'all':22} {found.known:5} of {found.total:5}  {found.percent:5.1f} %")
    for one in found.uncovered:
        typer.echo(f"  {one.component}: {one.level}: {one.kind or 'not judged'}: {one.text}")
