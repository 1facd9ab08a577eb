"""Which records of a source are kept: by what their messages hold, and by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.hitting import MANY, holds_any

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


def passable(keep: Sequence[str] | None) -> list[str]:
    """Return the levels of records that nobody needs for their level alone."""
    return [level for level in ("debug", "info", "warn") if level not in levels_of(keep)]


def steady_of(keep: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the literals among *keep* that are steady, and those that are their troubles."""
    return (keep.steady, keep.troubles) if isinstance(keep, Keep) else ((), ())


def wanted(keep: Sequence[str] | None, rows: int) -> pl.Expr:
    """Return whether a record is kept: it holds a literal, or is error-like.

    Args:
        keep: Literals of the records to keep; null for all.
        rows: How many records are asked.
    """
    if keep is None:
        return pl.lit(value=True)
    error = pl.col("level").is_in(levels_of(keep)).fill_null(value=False)
    held = holds_any(pl.col("message"), keep, rows) if keep else pl.lit(value=False)
    return error | pl.col("format").is_null() | held


def chosen(records: pl.DataFrame, keep: Sequence[str] | None, of: pl.Series) -> pl.DataFrame:
    """Return those of *records* that are kept.

    Steady ones go where another follows in the same file before trouble, but for error-like ones.

    Args:
        records: In order, with ``message``, ``level`` and ``format``.
        keep: Literals of the records to keep; null for all.
        of: Tells the files of the records apart.
    """
    kept = records.select(wanted(keep, records.height)).to_series()
    records, of = records.filter(kept), of.filter(kept)
    steady, troubles = steady_of(keep or ())
    if not steady:
        return records
    message = pl.col("message")
    others = sorted({*(keep or ())} - {*steady})
    calm = message.str.contains_any(list(steady)) & ~holds_any(message, others, records.height)
    trouble = message.str.contains_any(list(troubles)) if troubles else pl.lit(value=False)
    quiet = ~(pl.col("level").is_in(levels_of(keep)).fill_null(value=False))
    told = records.select(calm=calm, trouble=trouble, quiet=quiet & pl.col("format").is_not_null())
    told = told.with_columns(of=of).with_row_index().filter(pl.col("calm") | pl.col("trouble"))
    same = pl.col("of") == pl.col("of").shift(-1)
    gone = pl.col("calm") & pl.col("quiet") & pl.col("calm").shift(-1) & same
    rows = told.filter(gone.fill_null(value=False))["index"]
    return records.with_row_index().filter(~pl.col("index").is_in(rows.implode())).drop("index")


def lean(entries: pl.DataFrame) -> pl.DataFrame:
    """Return *entries* without raw text, and with texts that do not hold on to their chunk."""
    return detached(entries).with_columns(raw=pl.lit(None, dtype=pl.String))


def detached(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with copies of its messages: views of them hold on to all of a chunk."""
    return frame.with_columns(_copied(frame[name]) for name in ("caller", "message"))


def _copied(texts: pl.Series) -> pl.Series:
    """Return copies of *texts*; of many, equal ones are one copy: loops repeat their words."""
    if len(texts) < MANY:
        return texts + ""
    each = texts.unique()
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    known = each.to_frame().select(texts.name, row=row)
    rows = texts.to_frame().join(
        known, on=texts.name, how="left", nulls_equal=True, maintain_order="left"
    )
    return (each + "").gather(rows["row"])
