"""The commands by name, each made when it is asked for: a run needs one of them."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Any, Final

import typer

from cnilog.cli.words import Plain

COMMANDS: Final = (  # in the order of the help; each is a module of this package
    *("analyze", "batch", "report", "read", "undecoded", "redact", "diff", "explain", "mine"),
    *("watch", "generate", "iam", "fetch", "patterns"),
)


class Made(MutableMapping[str, Any]):
    """Commands by name, as the parser wants them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._made: dict[str, Any] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Any:
        if self._made[name] is None:
            self._made[name] = _command(name)
        return self._made[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._made[name] = command

    def __delitem__(self, name: str) -> None:
        del self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


def _command(name: str) -> Any:
    """Return the command in the module *name*: its function of that name, or its ``app``."""
    module = import_module(f"cnilog.cli.{name}")
    if hasattr(module, "app"):  # a command of commands
        return typer.main.get_command(module.app)
    alone = typer.Typer(rich_markup_mode=None, add_completion=False)
    alone.command(cls=Plain)(getattr(module, name))
    return typer.main.get_command(alone)
