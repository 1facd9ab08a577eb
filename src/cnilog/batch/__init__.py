"""Many sources analyzed in one run: resumable, on one machine or many, from disk or S3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.lazily import names

if TYPE_CHECKING:
    from cnilog.batch.compaction import compact
    from cnilog.batch.frames import Batch, open_batch
    from cnilog.batch.run import Plan, Tally, run_batch

# Imported when first asked for: a worker of Ray must set its threads before Polars is imported.
_HOMES: Final = {
    "Batch": "cnilog.batch.frames",
    "Plan": "cnilog.batch.run",
    "Tally": "cnilog.batch.run",
    "compact": "cnilog.batch.compaction",
    "open_batch": "cnilog.batch.frames",
    "run_batch": "cnilog.batch.run",
}

__all__ = ["Batch", "Plan", "Tally", "compact", "open_batch", "run_batch"]


if not TYPE_CHECKING:  # checkers know the names from above, and would take anything from here
    __getattr__ = names(__name__, _HOMES)
