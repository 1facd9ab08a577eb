"""Try a pattern's examples as a user's log is tried: read, matched, timed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from cnilog import ingest, matching
from cnilog.catalog.model import Catalog
from cnilog.schema import COMPONENT

if TYPE_CHECKING:
    from cnilog.catalog import Pattern
    from cnilog.catalog.model import Match, Reject


def prove(pattern: Pattern) -> tuple[int, list[str]]:
    """Return how many examples of *pattern* were tried, and what was wrong in words."""
    wrong = []
    catalog = Catalog(patterns=(pattern,))  # what others take of a line does not matter here
    with tempfile.TemporaryDirectory() as folder:
        for index, match in enumerate(pattern.examples.match):
            wrong += _match(pattern, match, index, Path(folder), catalog)
        for index, reject in enumerate(pattern.examples.reject):
            if _taken(pattern, reject, Path(folder), catalog) is not None:
                wrong.append(f"{pattern.id}: examples.reject[{index}] is taken")
    return len(pattern.examples.match) + len(pattern.examples.reject), wrong


def _match(
    pattern: Pattern, example: Match, index: int, folder: Path, catalog: Catalog
) -> list[str]:
    values = _taken(pattern, example, folder, catalog)
    if values is None:
        return [f"{pattern.id}: examples.match[{index}] is not taken"]
    return [
        f"{pattern.id}: examples.match[{index}]: {name} is {values.get(name)!r}, not {wanted!r}"
        for name, wanted in example.expect.items()
        if values.get(name) != wanted
    ]


def _taken(
    pattern: Pattern, example: Match | Reject, folder: Path, catalog: Catalog
) -> dict[str, str] | None:
    """Return the values captured where *pattern* takes the example; null where it does not."""
    log = folder / "example.log"
    log.write_text(example.log.rstrip("\n") + "\n", "utf-8")
    reading = ingest.read(log)
    records, runs = reading.records, reading.runs
    if example.component:
        said = pl.lit(example.component, dtype=pl.String).cast(COMPONENT)
        records, runs = records.with_columns(component=said), runs.with_columns(component=said)
    found = matching.match(records, catalog)
    if example.sign:
        signs = matching.signs(found, runs, reading.histogram, catalog)
        mine = [sign for sign in signs if sign.pattern == pattern.id and not sign.short]
        return {k: v[0] for k, v in mine[0].values.items()} if mine else None
    rows = found.filter(pl.col("pattern") == pattern.id)
    if not rows.height:
        return None
    return {pair["name"]: pair["value"] for row in rows["values"].to_list() for pair in row}
