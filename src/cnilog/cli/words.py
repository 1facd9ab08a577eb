"""Take the words of a command line as they are, where there is nothing to convert.

Typer asks pydantic about each option, given or not, and pydantic takes a tenth of a second to
import and to learn the types of a command. Text is text already, a path is made of a text, and what
is not given needs no look; numbers and choices that are given are converted by typer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, get_type_hints

from typer.core import TyperCommand

TEXTS: Final = (str, str | None, list[str], list[str] | None)
PATHS: Final = (Path, Path | None, list[Path], list[Path] | None)

Convert = Callable[[Any, Any], Any]  # context and value of a parameter to what the command is given


class Plain(TyperCommand):
    """A command that asks typer only about values that must be converted."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse *args* into the values of the parameters."""
        take_as_they_are(self, ctx)
        return super().parse_args(ctx, args)


def take_as_they_are(command: Any, context: Any) -> None:
    """Let the parameters of *command* ask typer only where a value must be converted."""
    kinds = get_type_hints(command.callback)
    for parameter in command.get_params(context):
        kind = kinds.get(parameter.name)
        made = str if kind in TEXTS else Path if kind in PATHS else None
        parameter.process_value = partial(_value, parameter, made, parameter.process_value)


def _value(
    parameter: Any, made: type[str | Path] | None, convert: Convert, context: Any, value: Any
) -> Any:
    absent = value is None or value == ()
    if (absent and parameter.required) or not (absent or made):
        return convert(context, value)
    several = parameter.multiple or parameter.nargs == -1
    taken = () if absent and several else value
    if made is Path and not absent:
        taken = [*map(Path, value)] if several else Path(value)
    return parameter.callback(context, parameter, taken) if parameter.callback else taken
