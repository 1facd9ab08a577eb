"""A value that needs no converting reaches the command as typer would give it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import typer
from typer.core import TyperCommand
from typer.testing import CliRunner

from cnilog.cli.words import Plain

Noted = Annotated[str | None, typer.Option(callback=lambda value: f"<{value}>")]


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param("a", id="little"),
        pytest.param("a b -t x -m y -m z", id="texts"),
        pytest.param("a -m ''", id="an empty text"),
        pytest.param("a -p some/where -q x -q ./y/ -q ''", id="paths"),
        pytest.param("a -p ''", id="an empty path"),
        pytest.param("a -n 7 -p some/where -q x -q y --choice yes --flag", id="what is converted"),
        pytest.param("a --no-flag --noted x", id="a callback"),
        pytest.param("", id="what is required is left out"),
        pytest.param("a -n seven", id="no number"),
        pytest.param("a --choice maybe", id="no choice"),
        pytest.param("--help", id="help"),
    ],
)
def test_the_command_is_given_what_typer_gives(arguments: str) -> None:
    assert _given(Plain, arguments) == _given(TyperCommand, arguments)


def _given(kind: type[TyperCommand], arguments: str) -> tuple[int, str, dict[str, Any]]:
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    given: dict[str, Any] = {}

    @app.command(cls=kind)
    def command(
        source: list[str],
        text: Annotated[str, typer.Option("-t")] = "usual",
        many: Annotated[list[str] | None, typer.Option("-m")] = None,
        number: Annotated[int, typer.Option("-n", min=1)] = 3,
        path: Annotated[Path | None, typer.Option("-p")] = None,
        paths: Annotated[list[Path] | None, typer.Option("-q")] = None,
        choice: Annotated[Literal["yes", "no"] | None, typer.Option()] = None,
        flag: Annotated[bool | None, typer.Option("--flag/--no-flag")] = None,
        noted: Noted = None,
    ) -> None:
        given.update((name, value) for name, value in locals().items() if value is not given)

    result = CliRunner().invoke(app, arguments.replace("''", "").split(" ") if arguments else [])
    return result.exit_code, result.output, given
