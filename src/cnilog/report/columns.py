"""Lay lines out in the columns of a terminal: indented, wrapped between words, coloured or not."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable


class Line(NamedTuple):
    """A logical line; it may take several of the terminal's."""

    text: Text
    indent: int = 0
    mark: str = ""  # stands before the first line, the others hang under its end
    mark_style: str = ""
    wrap: bool = True  # a command is never broken: it would paste as two


def line(text: str = "", style: str = "", **layout: object) -> Line:
    """Return a line of one style; newlines in *text* stay."""
    return Line(Text(text, style=style), **layout)  # type: ignore[arg-type]


def laid_out(lines: Iterable[Line], *, width: int, color: bool) -> str:
    """Return *lines* as text of at most *width* columns, but for lines that may not wrap."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=color,
        force_jupyter=False,  # a notebook wants the text, as everybody else
        color_system="standard" if color else None,
        no_color=not color,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    for one in lines:
        for number, row in enumerate(_rows(one, console, width)):
            hang = Text(one.mark, one.mark_style) if number == 0 else Text(" " * len(one.mark))
            console.print(Text.assemble(" " * one.indent, hang, row), soft_wrap=True)
    return "".join(f"{row.rstrip()}\n" for row in out.getvalue().split("\n")[:-1])


def _rows(one: Line, console: Console, width: int) -> list[Text]:
    room = max(20, width - one.indent - len(one.mark))
    if not one.wrap:
        return list(one.text.split("\n", allow_blank=True))
    return list(one.text.wrap(console, room, tab_size=4)) or [Text()]
