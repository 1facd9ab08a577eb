"""Which records of a source are kept: by what their messages hold, and by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

LOUD: Final = ("error", "fatal")


class Keep(tuple[str, ...]):
    """Literals of the records to keep, and the levels whose records are kept in any case.

    Of records that hold nothing but ``steady`` literals only those are asked for that no other of
    them follows before one of the ``troubles``, and the last of a file.
    """

    levels: tuple[str, ...] = LOUD
    steady: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        literals: Sequence[str],
        levels: Sequence[str],
        steady: Collection[str] = (),
        troubles: Collection[str] = (),
    ) -> Keep:
        """Return the literals with what else decides over a record."""
        keep = cls(literals)
        keep.levels = tuple(levels)
        keep.steady = tuple(sorted(steady))
        keep.troubles = tuple(sorted(troubles))
        return keep


def levels_of(keep: Sequence[str] | None) -> tuple[str, ...]:
    """Return the levels whose records are kept in any case."""
    return keep.levels if isinstance(keep, Keep) else LOUD


def steady_of(keep: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the literals among *keep* that are steady, and those that are their troubles."""
    return (keep.steady, keep.troubles) if isinstance(keep, Keep) else ((), ())


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
