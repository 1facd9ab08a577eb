"""Find the records that a catalog's signals describe.

All required literals are looked for in one pass; only records that hold one are tried against the
signals that want it. So the cost grows with the matches, not with the catalog. No step here knows
what a pattern means; that is for the diagnosis.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.matching.found import Found, Key
from cnilog.matching.predicate import agrees, asked
from cnilog.schema import MATCHES, RECORDS, check, empty

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cnilog.catalog import Catalog

PART: Final = 50_000  # records looked at at a time: what is found of each is held several times
NEEDED: Final = (
    "record",
    "stream",
    "run",
    "node",
    "pod",
    "container",
    "component",
    "file",
    "line",
    "ts",
    "level",
    "message",
)


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
        held = _held(part, catalog)
        seen.append(held.select(_place(catalog)).filter(pl.col("calm") | pl.col("trouble")))
        for key, frame in _matched(held, wanted, catalog):
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


def _held(records: pl.DataFrame, catalog: Catalog) -> pl.DataFrame:
    """Return the records that hold a literal, with all they hold in ``literal``."""
    held = pl.col("message").str.extract_many(catalog.literals, overlapping=True)
    return (
        records.lazy()
        .select(*NEEDED)
        .with_columns(literal=held)
        .filter(pl.col("literal").list.len() > 0)
        .collect()
    )


def _place(catalog: Catalog) -> list[pl.Expr]:
    """Return where a held record stands, and whether it is calm or trouble."""
    held = pl.col("literal").list
    steady, troubles = (
        pl.lit(pl.Series([sorted(texts)], dtype=pl.List(pl.String)))
        for texts in (catalog.steady, catalog.troubles)
    )
    return [
        pl.col("record"),
        pl.col("file"),
        (held.set_difference(steady).list.len() == 0).alias("calm"),
        (held.set_intersection(troubles).list.len() > 0).alias("trouble"),
    ]


def _passed(held: pl.DataFrame) -> pl.Series:
    """Return the records of *held* that are steady, and followed by their like before trouble."""
    followed = pl.col("calm").shift(-1) & (pl.col("file") == pl.col("file").shift(-1))
    return held.filter(pl.col("calm") & followed)["record"]


def _matched(
    held: pl.DataFrame, wanted: Mapping[str, Sequence[Key]], catalog: Catalog
) -> Iterator[tuple[Key, pl.DataFrame]]:
    """Yield for each signal the rows of *held* that it describes, in reading order."""
    records = asked(held)
    found = Found()
    for key, numbers in _candidates(held["literal"].to_list(), wanted).items():
        signal = catalog.by_id[key[0]].signals[key[1]]
        agreed = [n for n in numbers if agrees(signal, records[n], held=True)]
        found.add(key, agreed, records, signal)
    frame = found.frame(held)
    begin = 0
    for key, size in found.sizes.items():
        yield key, frame.slice(begin, size)
        begin += size


def _candidates(
    literals: Sequence[Sequence[str]], wanted: Mapping[str, Sequence[Key]]
) -> dict[Key, list[int]]:
    """Return for each signal the numbers of the records that hold one of its literals."""
    candidates: dict[Key, list[int]] = defaultdict(list)
    for number, held in enumerate(literals):
        for key in dict.fromkeys(key for literal in held for key in wanted.get(literal, ())):
            candidates[key].append(number)
    return candidates
