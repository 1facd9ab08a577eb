"""What reading a source gives: the frames and sums that the other stages work on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import polars as pl

    from cnilog.finding import Accounting, Document, Source


class Reading(NamedTuple):
    """A source that was read.

    Attributes:
        records: Schema `RECORDS`, in reading order; only some where `read` was told to keep some.
        runs: Schema `RUNS`, over all records.
        histogram: Schema `HISTOGRAM`, over all records.
        sources: Every file that was looked at, skipped ones with the reason.
        accounting: What became of every line.
        documents: Files that are no logs, for their facts.
        notes: What the user must be told first, in sentences.
    """

    records: pl.DataFrame
    runs: pl.DataFrame
    histogram: pl.DataFrame
    sources: tuple[Source, ...]
    accounting: Accounting
    documents: tuple[Document, ...]
    notes: tuple[str, ...]
