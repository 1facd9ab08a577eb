"""Everything cnilog raises on purpose.

    CnilogError
    ├── SourceError      the logs cannot be read
    ├── CatalogError     a pattern file is wrong; carries its path, line, column and key
    ├── OutputError      a result cannot be written where the user wants it
    ├── SchemaError      a frame lacks the columns its stage was promised
    └── UnknownNameError a pattern, reporter or scenario was asked for that is not there

A log line that cannot be decoded is no error: it stays in the records frame with its text
in ``raw``, ``decoded`` false and a null ``ts``.

Messages read *where: what is wrong. What to do.* and are shown to the user as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


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
