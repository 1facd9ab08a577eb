"""Mine a source for what no pattern, noise or dictionary entry explains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog import ingest, matching
from cnilog.catalog import load_catalog
from cnilog.diagnosis.unknown import unknown_shapes
from cnilog.errors import SourceError
from cnilog.ingest.limits import LIMITS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cnilog.catalog import Catalog
    from cnilog.finding import Unknown
    from cnilog.ingest.limits import Limits

MOST: Final = 50
LEVELS: Final = ("warn", "error", "fatal")


def mine(
    source: str | Path | Sequence[str | Path],
    *,
    catalog: Catalog | None = None,
    most: int = MOST,
    limits: Limits = LIMITS,
) -> tuple[Unknown, ...]:
    """Return the shapes of error-like records that nothing explains, most telling first.

    Raises:
        SourceError: Nothing in *source* could be read.
    """
    catalog = catalog or load_catalog()
    reading = ingest.read(
        source, keep=(), levels=LEVELS, limits=limits
    )  # what else there is explains nothing
    matches = matching.find(reading.records, catalog)
    noise = [pattern.id for pattern in catalog.patterns if pattern.kind == "noise"]
    return unknown_shapes(reading.records, matches, noise, most, warnings=True)


def chosen(found: tuple[Unknown, ...], place: int) -> Unknown:
    """Return the shape at *place*, counted from 1.

    Raises:
        SourceError: There are not so many.
    """
    if not 1 <= place <= len(found):
        raise SourceError(f"no unknown number {place}: there are {len(found)}. See cnilog mine")
    return found[place - 1]
