"""Which records of a source are kept: by what their messages hold, and by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LOUD: Final = ("error", "fatal")


class Keep(tuple[str, ...]):
    """Literals of the records to keep, and the levels whose records are kept in any case."""

    levels: tuple[str, ...] = LOUD

    @classmethod
    def of(cls, literals: Sequence[str], levels: Sequence[str]) -> Keep:
        """Return the literals with their levels."""
        keep = cls(literals)
        keep.levels = tuple(levels)
        return keep


def levels_of(keep: Sequence[str] | None) -> tuple[str, ...]:
    """Return the levels whose records are kept in any case."""
    return keep.levels if isinstance(keep, Keep) else LOUD
