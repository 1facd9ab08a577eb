"""Take a source to a report: the one place where the stages meet.

    read ─► records ─► match ─► signs ─┐
         └► documents ─► facts ────────┴► diagnose ─► Report

No stage knows another; what one hands on is a frame of `cnilog.schema` or a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

from cnilog import diagnosis, documents, ingest, matching
from cnilog.catalog import load_catalog
from cnilog.catalog.messages import dictionary
from cnilog.errors import SourceError
from cnilog.ingest.limits import LIMITS
from cnilog.report.phrases import verdict
from cnilog.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cnilog.catalog import Catalog
    from cnilog.finding import Document, Report
    from cnilog.ingest.limits import Limits

__all__ = ["Progress", "Selection", "analyze"]

Progress = Callable[[int, int | None, int], None]
"""Told now and then how many bytes of how many were read, and from how many files."""

QUOTES: Final = 1_000  # lines of texts without a log that are looked up in the dictionary
QUOTED: Final = 24  # characters of a message's own words that nobody else writes by chance


def analyze(
    source: str | Path | Sequence[str | Path],
    *,
    catalog: Catalog | None = None,
    selection: Selection | None = None,
    progress: Progress | None = None,
    limits: Limits = LIMITS,
) -> Report:
    """Return what is wrong in *source*, why, and what to do.

    Args:
        source: A file, a folder, an archive, ``-`` for standard input, or several of them.
        catalog: The patterns to look for; the shipped catalog where it is left out.
        selection: A span of time, nodes or components to look at; everything where left out.
        progress: Called now and then with bytes read, bytes in all and files read.
        limits: How much of an archive, a compressed file or a folder is read.

    Raises:
        SourceError: Nothing in *source* could be read, or there is not a single log line in it.
        UnknownNameError: *selection* names a node that is not there.
    """
    catalog = catalog or load_catalog()
    keep = (*catalog.literals, *diagnosis.CONTEXT_LITERALS)
    reading = ingest.read(
        source,
        keep=keep,
        steady=catalog.steady,
        troubles=catalog.troubles,
        progress=progress,
        limits=limits,
    )
    facts = documents.read(reading.documents)
    silent = not (reading.accounting.records or reading.accounting.undecoded or facts)
    quoted = silent and _quotes(reading.documents)
    if silent:
        reading = ingest.read_prose(reading, keep)
    reading = (selection or Selection()).narrow(reading)
    matches = matching.find(reading.records, catalog)
    if silent and not matches and not (quoted and reading.accounting.undecoded):
        raise SourceError(_silent(source))
    signs = matching.signs(matches, reading.runs, reading.histogram, catalog)
    report = diagnosis.diagnose(reading, matches, signs, facts, catalog)
    return report.model_copy(update={"verdict": verdict(report)})


def _quotes(texts: Iterable[Document]) -> bool:
    """Return whether one of *texts* holds a message of the CNI's, though without time and level."""
    said = (line.lstrip("> -*").strip() for one in texts for line in one.text.splitlines())
    known = dictionary()
    return any(
        sum(map(len, found.pieces)) >= QUOTED
        for line in islice(said, QUOTES)
        for found in known.look_up(line)[:1]
    )


def _silent(source: str | Path | Sequence[str | Path]) -> str:
    several = isinstance(source, Sequence) and not isinstance(source, str)
    where = ", ".join(map(str, source)) if several else str(source)  # type: ignore[arg-type]
    return (
        f"{where}: holds not a single log line. "
        "Give aws-node or ipamd logs, or what lies beside them"
    )
