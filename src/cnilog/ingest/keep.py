"""Which records of a source are kept: by what their messages hold, and by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

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


def wanted(keep: Sequence[str] | None) -> pl.Expr:
    """Return whether a record is kept: it holds a literal, or is error-like."""
    if keep is None:
        return pl.lit(value=True)
    error = pl.col("level").is_in(levels_of(keep)).fill_null(value=False)
    held = pl.col("message").str.contains_any(list(keep)) if keep else pl.lit(value=False)
    return error | pl.col("format").is_null() | held


def lean(entries: pl.DataFrame) -> pl.DataFrame:
    """Return *entries* without raw text, and with texts that do not hold on to their chunk."""
    return detached(entries).with_columns(raw=pl.lit(None, dtype=pl.String))


def detached(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with copies of its messages: views of them hold on to all of a chunk."""
    return frame.with_columns((pl.col(name) + "").alias(name) for name in ("caller", "message"))
