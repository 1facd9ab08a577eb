"""Everything cnilog raises on purpose.

    CnilogError
    ├── SourceError      the logs cannot be read
    ├── CatalogError     a pattern file is wrong; carries its path, line, column and key
    ├── OutputError      a result cannot be written where the user wants it
    ├── SchemaError      a frame lacks the columns its stage was promised
    ├── UnknownNameError a pattern, reporter or scenario was asked for that is not there
    └── UnknownTextError nothing is known of a line that was asked about

A log line that cannot be decoded is no error: it stays in the records frame with its text
in ``raw``, ``decoded`` false and a null ``ts``.

Messages read *where: what is wrong. What to do.* and are shown to the user as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


SHOWN: Final = 120  # characters of a text that a message repeats


class CnilogError(Exception):
    """The root of the tree; the command line catches this and nothing else."""


class SourceError(CnilogError):
    """A source cannot be read at all."""


class OutputError(CnilogError):
    """A result cannot be written."""


class SchemaError(CnilogError):
    """A frame lacks a column, or has one of another type."""


class CatalogError(CnilogError):
    """A pattern file is wrong."""

    def __init__(
        self,
        path: Path | str,
        problem: str,
        *,
        line: int | None = None,
        column: int | None = None,
        key: str | None = None,
    ) -> None:
        self.path, self.line, self.column, self.key = str(path), line, column, key
        where = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(": ".join(part for part in (where, key, problem) if part))


class UnknownNameError(CnilogError):
    """Something was asked for by a name that nothing has."""

    def __init__(self, noun: str, name: str, known: Iterable[str]) -> None:
        self.noun, self.name, self.known = noun, name, tuple(sorted(known))
        super().__init__(f"no {noun} '{name}'. Known: {', '.join(self.known)}")


class UnknownTextError(CnilogError):
    """Nothing is known of a text that was asked about."""

    def __init__(self, text: str, near: Iterable[str]) -> None:
        self.text, self.near = text, tuple(near)
        shown = text if len(text) <= SHOWN else text[:SHOWN] + "…"
        what = "Give a whole line of a CNI log, or an id of cnilog patterns list"
        advice = f"Nearest: {'; '.join(self.near)}" if self.near else what
        super().__init__(f"'{shown}': nothing is known of it. {advice}")
