"""Where the work runs.

A runner takes jobs and gives receipts, in any order, and never raises for one job: a bundle that
ends its worker costs only itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from cnilog.batch.runners.local import LocalRunner
from cnilog.batch.runners.ray import RayRunner

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from cnilog.batch.job import Job, Receipt


class Runner(Protocol):
    """Something that runs work on jobs."""

    def run(self, work: Callable[[Job], Receipt], jobs: Iterable[Job]) -> Generator[Receipt]:
        """Yield a receipt for every job, as they come."""


RUNNERS: Final = {"local": LocalRunner, "ray": RayRunner}
