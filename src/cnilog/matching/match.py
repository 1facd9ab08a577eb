"""Find the records that a catalog's signals describe.

All required literals are looked for in one pass; only records that hold one are tried against the
signals that want it. Loops print the same words again and again: records in which signals can see
no difference are of one kind, and asked once. So the cost grows with what is new, not with the
catalog. No step here knows what a pattern means; that is for the diagnosis.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.matching.found import Found, Key, matched
from cnilog.matching.predicate import Asked, agrees, asked
from cnilog.schema import MATCHES, RECORDS, check, empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnilog.catalog import Catalog

PART: Final = 50_000  # records looked at at a time: what is found of each is held several times


def match(records: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return one row for each record and signal that agree.

    Records that hold nothing but the literals of steady signals are passed over where another of
    them follows before one of their troubles.

    Args:
        records: Schema `RECORDS`.
        catalog: The patterns to look for.

    Returns:
        Schema `MATCHES`, by pattern, signal and record. A record may match several signals.
    """
    check(records, RECORDS)
    if not catalog.literals:
        return empty(MATCHES)
    wanted = _wanted(catalog)
    kept: dict[Key, list[pl.DataFrame]] = defaultdict(list)
    seen = []
    for part in records.iter_slices(PART):
        kinds = _kinds(part, catalog)
        seen.append(_telling(part, kinds, catalog))
        for key, frame in _matched(part, kinds, wanted, catalog):
            kept[key].append(frame)
    if not kept:
        return empty(MATCHES)
    passed = pl.col("record").is_in(_passed(pl.concat(seen)).implode())
    return pl.concat(  # in order already: sorting would hold all of it twice
        frame.filter(~passed) if signal in catalog.by_id[pattern].steady else frame
        for pattern, signal in sorted(kept)
        for frame in kept.pop((pattern, signal))
    )


def _wanted(catalog: Catalog) -> dict[str, list[Key]]:
    """Return by literal the signals that want it."""
    wanted: dict[str, list[Key]] = defaultdict(list)
    for pattern in catalog.patterns:
        for name, signal in pattern.signals.items():
            if name not in pattern.end_signals:
                for literal in signal.contains:
                    wanted[literal].append((pattern.id, name))
    return wanted


def _kinds(records: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return what signals ask of *records*, each once, where a literal is in it.

    Beside the columns of `Asked`: the ``rows`` of the records, and all they hold in ``literal``.
    """
    row = pl.int_range(pl.len(), dtype=pl.UInt32)
    kinds = records.lazy().select(*Asked._fields, rows=row)
    kinds = kinds.group_by(Asked._fields, maintain_order=True).agg("rows")
    held = pl.col("message").str.extract_many(list(catalog.literals), overlapping=True)
    return kinds.with_columns(literal=held).filter(pl.col("literal").list.len() > 0).collect()


def _telling(records: pl.DataFrame, kinds: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return ``record`` and ``file`` of *records* that are ``calm`` or ``trouble``, in order."""
    held = pl.col("literal").list
    steady, troubles = (
        pl.lit(pl.Series([sorted(texts)], dtype=pl.List(pl.String)))
        for texts in (catalog.steady, catalog.troubles)
    )
    told = kinds.select(
        "rows",
        calm=held.set_difference(steady).list.len() == 0,
        trouble=held.set_intersection(troubles).list.len() > 0,
    ).filter(pl.col("calm") | pl.col("trouble"))
    told = told.explode("rows", empty_as_null=False, keep_nulls=False).sort("rows")
    return pl.concat(
        [records.select("record", "file")[told["rows"]], told.drop("rows")], how="horizontal"
    )


def _passed(held: pl.DataFrame) -> pl.Series:
    """Return the records of *held* that are steady, and followed by their like before trouble."""
    followed = pl.col("calm").shift(-1) & (pl.col("file") == pl.col("file").shift(-1))
    return held.filter(pl.col("calm") & followed)["record"]


def _matched(
    records: pl.DataFrame,
    kinds: pl.DataFrame,
    wanted: Mapping[str, Sequence[Key]],
    catalog: Catalog,
) -> Iterator[tuple[Key, pl.DataFrame]]:
    """Yield for each signal the *records* that it describes, in reading order."""
    asking = asked(kinds)
    found = Found()
    for key, numbers in _candidates(kinds["literal"].to_list(), wanted).items():
        signal = catalog.by_id[key[0]].signals[key[1]]
        agreed = [n for n in numbers if agrees(signal, asking[n], held=True)]
        found.add(key, agreed, asking, signal)
    rows = found.rows()
    rows = rows.with_columns(row=kinds["rows"].gather(rows["row"]))
    rows = rows.explode("row", empty_as_null=False, keep_nulls=False).sort("key", "row")
    frame = matched(records, rows)
    begin = 0
    for number, size in rows.group_by("key", maintain_order=True).len().iter_rows():
        yield list(found.sizes)[number], frame.slice(begin, size)
        begin += size


def _candidates(
    literals: Sequence[Sequence[str]], wanted: Mapping[str, Sequence[Key]]
) -> dict[Key, list[int]]:
    """Return for each signal the numbers of the kinds that hold one of its literals."""
    candidates: dict[Key, list[int]] = defaultdict(list)
    for number, held in enumerate(literals):
        for key in dict.fromkeys(key for literal in held for key in wanted.get(literal, ())):
            candidates[key].append(number)
    return candidates
