"""Which records of a source are kept: by what their messages hold, and by level."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.hitting import MANY, holds_any

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

LOUD: Final = ("error", "fatal")
NO_RAW: Final = pl.lit(None, dtype=pl.String)


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


def chosen(records: pl.DataFrame, keep: Sequence[str] | None, of: pl.Series) -> pl.DataFrame:
    """Return those of *records* that are kept, lean where not all of them are.

    A record is kept that holds a literal, is error-like or in no known format. Steady ones go where
    another follows in the same file before trouble, but for error-like ones.

    Args:
        records: In order, with ``caller``, ``message``, ``level``, ``format`` and ``raw``.
        keep: Literals of the records to keep; null for all.
        of: Tells the files of the records apart.
    """
    if keep is None:
        return records
    messages = records["message"]
    if records.height < MANY:  # looking for equals would cost more than it saves
        kept = _kept(records, _told(messages, keep), keep, of)
        return detached(records.filter(kept).with_columns(raw=NO_RAW))
    each, place = _distinct(messages)
    kept = _kept(records, _told(each, keep)[place], keep, of)
    place = place.filter(kept)
    used = pl.Series([False]).new_from_index(0, len(each)).scatter(place, True)
    copies = each.zip_with(used, each.clear(len(each))) + ""
    return records.filter(kept).with_columns(
        _copied(records["caller"].filter(kept)), message=copies.gather(place), raw=NO_RAW
    )


def _kept(
    records: pl.DataFrame, told: pl.DataFrame, keep: Sequence[str], of: pl.Series
) -> pl.Series:
    """Return which *records* are kept, of whose messages `_told` says what was *told*."""
    loud = pl.col("level").is_in(levels_of(keep)).fill_null(value=False)
    odd = records.select(loud | pl.col("format").is_null()).to_series()
    return (odd | told["held"]) & ~_gone(told.with_columns(odd=odd, of=of))


def _told(messages: pl.Series, keep: Sequence[str]) -> pl.DataFrame:
    """Return of each of *messages* whether it is ``held``, ``calm`` or ``trouble``.

    Held is what holds a literal; calm, what holds steady ones and no other.
    """
    message, nothing = pl.col(messages.name), pl.lit(value=False)
    steady, troubles = steady_of(keep)
    others = sorted({*keep} - {*steady})
    if others:
        other = holds_any(message, others, len(messages))
    else:  # without any literal nobody knows what is wanted
        other = nothing if keep else pl.lit(value=True)
    calm = message.str.contains_any(list(steady)) if steady else nothing
    trouble = message.str.contains_any(list(troubles)) if steady and troubles else nothing
    told = messages.to_frame().with_columns(other=other, calm=calm, trouble=trouble)
    held = pl.col("other") | "calm"
    return told.select(held=held, calm=~pl.col("other") & "calm", trouble="trouble")


def _gone(told: pl.DataFrame) -> pl.Series:
    """Return which records are steady, and have their like after them in the file before trouble.

    Args:
        told: Of all records what `_told` says, which are ``odd`` and what they are ``of``.
    """
    rows = told.with_row_index().filter((pl.col("held") | "odd") & (pl.col("calm") | "trouble"))
    same = pl.col("of") == pl.col("of").shift(-1)
    gone = rows.filter(pl.col("calm") & ~pl.col("odd") & pl.col("calm").shift(-1) & same)
    none = pl.Series([False]).new_from_index(0, told.height)
    return none.scatter(gone["index"], True)


def detached(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with copies of its messages: views of them hold on to all of a chunk."""
    return frame.with_columns(_copied(frame[name]) for name in ("caller", "message"))


def _copied(texts: pl.Series) -> pl.Series:
    """Return copies of *texts*; of many, equal ones are one copy: loops repeat their words."""
    if len(texts) < MANY:
        return texts + ""
    each, place = _distinct(texts)
    return (each + "").gather(place)


def _distinct(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the different ones of *texts*, and for each text its place among them."""
    each = texts.unique()
    known = each.to_frame().with_row_index("place")
    places = texts.to_frame().join(
        known, on=texts.name, how="left", nulls_equal=True, maintain_order="left"
    )
    return each, places["place"]
