"""What every worker process keeps to, whichever engine started it."""

from __future__ import annotations

import gc
from functools import cache
from typing import Final

THREADS: Final = "POLARS_MAX_THREADS"  # one in each worker: there is a worker for each processor
NEW_OBJECTS: Final = 100_000  # between two looks for rubbish, as on the command line


@cache
def settle() -> None:
    """Take what the first bundle left in memory for good: catalog, modules, compiled expressions.

    Else every bundle pays for a walk over all of them, in search of rubbish: 3 % of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS)
