"""Take a source to a report: the one place where the stages meet.

read ─► records ─► match ─► signs ─┐
└► documents ─► facts ────────┴► diagnose ─► Report
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog import diagnosis, documents, ingest, matching
from cnilog.catalog import load_catalog

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cnilog.catalog import Catalog
    from cnilog.finding import Report


def analyze(source: str | Path | Sequence[str | Path], *, catalog: Catalog | None = None) -> Report:
    """Return what is wrong in *source*, why, and what to do.

    Args:
        source: A file, a folder, an archive, ``-`` for standard input, or several of them.
        catalog: The patterns to look for; the shipped catalog where it is left out.

    Raises:
        SourceError: Nothing in *source* could be read.
    """
    catalog = catalog or load_catalog()
    reading = ingest.read(source, keep=(*catalog.literals, *diagnosis.CONTEXT_LITERALS))
    matches = matching.match(reading.records, catalog)
    signs = matching.signs(matches, reading.runs, reading.histogram, catalog)
    facts = documents.read(reading.documents)
    return diagnosis.diagnose(reading, matches, signs, facts, catalog)
