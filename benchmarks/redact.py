"""Measure what a redacted copy costs: ``python -m benchmarks.redact``.

Two logs: of nodes as they are (the pool manager's loop, ten pods that come or go each hour), and
the worst there is, where nearly every line has an identifier that no other has. ``zlib`` runs
back to back with it, since the machine may be busy; the least CPU time of each counts. Start-up
is not in it.
"""

from __future__ import annotations

import tempfile
import time
import zlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.data import lines
from cnilog.discovery.generate.layouts import Delivery, folder
from cnilog.discovery.generate.programs import add_pod, delete_pod, start, steady
from cnilog.discovery.generate.world import Node, make_node
from cnilog.redacted import redact

if TYPE_CHECKING:
    from collections.abc import Callable

NODES: Final = 8
HOURS: Final = 25
PODS: Final = 5  # that come each hour, and go again
CHURN: Final = 100_000  # lines
RUNS: Final = 10


def lived(index: int, hours: int) -> Node:
    """Return a healthy node after so many hours."""
    node = make_node(NODES, index, "v1.18.3")
    start(node)
    pause = 60 / (2 * PODS)  # minutes
    for _ in range(hours):
        pods = []
        for _ in range(PODS):
            pods.append(add_pod(node))
            steady(node, pause)
        for pod in pods:
            delete_pod(node, pod)
            steady(node, pause)
    return node


def logs(place: Path) -> dict[str, Path]:
    """Write both logs to *place*; return them by what they are."""
    nodes, churn = place / "nodes.log", place / "churn.log"
    with nodes.open("wb") as file:
        for index in range(NODES):
            files = folder([lived(index, HOURS)], Delivery())
            file.writelines(data for name, data in files.items() if name.endswith("ipamd.log"))
    with churn.open("w", encoding="utf-8") as text:
        text.writelines(f"{line}\n" for line in lines(CHURN))
    return {"nodes as they are": nodes, "a new identifier in nearly every line": churn}


def least(work: Callable[[], object]) -> float:
    """Return the CPU seconds of *work*, the least of `RUNS`."""
    took = []
    for _ in range(RUNS):
        begin = time.process_time()
        work()
        took.append(time.process_time() - begin)
    return min(took)


def copied(path: Path, out: Path) -> None:
    """Write a redacted copy, over the last one."""
    out.unlink(missing_ok=True)
    redact(path, out)


def main() -> None:
    """Print a Markdown table."""
    print("| log | MB | CPU s | MB/s | CPU / zlib 1 |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out.log"
        for name, path in logs(Path(scratch)).items():
            size, data = path.stat().st_size / 1e6, path.read_bytes()
            took = least(partial(copied, path, out))
            ratio = took / least(partial(zlib.compress, data, 1))
            print(f"| {name} | {size:.0f} | {took:.2f} | {size / took:.0f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()
