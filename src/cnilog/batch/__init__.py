"""Many sources analyzed in one run: resumable, on one machine or many, from disk or S3."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

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

    def __getattr__(name: str) -> object:
        """Return the public *name*, imported now."""
        if name not in _HOMES:
            raise AttributeError(f"module 'cnilog.batch' has no attribute '{name}'")
        found: object = getattr(import_module(_HOMES[name]), name)
        globals()[name] = found
        return found
