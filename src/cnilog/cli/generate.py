"""``cnilog generate``: write the logs of a made-up cluster whose trouble is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cnilog.errors import OutputError


def generate(
    scenario: Annotated[str | None, typer.Argument(help="One of those that --list shows.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Folder to write to.")
    ] = None,
    era: Annotated[str, typer.Option(help="CNI version, v1.7.0 or later.")] = "v1.18.3",
    seed: Annotated[int, typer.Option(help="Another seed is another cluster.")] = 0,
    nodes: Annotated[int | None, typer.Option(min=1, help="Nodes that live through it.")] = None,
    layout: Annotated[str, typer.Option(help="One of those that --list shows.")] = "folder",
    envelope: Annotated[str, typer.Option(help="What wraps container logs.")] = "plain",
    damage: Annotated[str, typer.Option(help="What happens to the files on their way.")] = "none",
    listing: Annotated[bool, typer.Option("--list", help="Show scenarios and choices.")] = False,
) -> None:
    """Write logs whose cause is known: to learn, to practise, to test."""
    if listing or scenario is None:
        _show()
        return
    if out is None:
        raise OutputError("--out: no folder given. Say where to write, such as -o logs/")
    from cnilog.discovery import generate as generator

    files = generator.generate(
        scenario,
        era=era,
        seed=seed,
        nodes=nodes,
        layout=layout,
        envelope=envelope,
        damage=damage,
    )
    _write(out, files)
    typer.echo(f"{len(files)} files in {out}", err=True)


def _write(out: Path, files: dict[str, bytes]) -> None:
    written: list[Path] = []
    try:
        for path, data in files.items():
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(target)
            target.write_bytes(data)
    except OSError as error:
        for target in written:
            target.unlink(missing_ok=True)
        advice = "Choose a folder that you may write to"
        raise OutputError(f"{out}: cannot be written ({error.strerror}). {advice}") from error


def _show() -> None:
    from cnilog.discovery.generate import ERAS, SCENARIOS
    from cnilog.discovery.generate.damage import DAMAGES
    from cnilog.discovery.generate.layouts import LAYOUTS
    from cnilog.discovery.generate.make import eras_of
    from cnilog.discovery.generate.wraps import ENVELOPES

    for scenario in SCENARIOS.values():
        cause = scenario.cause or "nothing is wrong"
        able = eras_of(scenario)
        only = "" if able == ERAS else f" ({able[0]} to {able[-1]})"
        typer.echo(f"{scenario.name:24} {cause:30} {scenario.tells}{only}")
    typer.echo(f"\neras:      {', '.join(ERAS)}")
    typer.echo(f"layouts:   {', '.join(LAYOUTS)}")
    typer.echo(f"envelopes: {', '.join(ENVELOPES)}")
    typer.echo(f"damage:    {', '.join(DAMAGES)}")
