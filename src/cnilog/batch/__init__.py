"""Many sources analyzed in one run: resumable, on one machine or many, from disk or S3."""

from __future__ import annotations

from cnilog.batch.frames import Batch, compact, open_batch
from cnilog.batch.run import Plan, Tally, run_batch

__all__ = ["Batch", "Plan", "Tally", "compact", "open_batch", "run_batch"]
