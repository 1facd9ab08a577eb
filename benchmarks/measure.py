"""Run a command and say what it cost: wall and CPU seconds, peak memory."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took; medians over its runs."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    code: int


def run_once(command: Sequence[str], *, stdin: Path | None = None) -> Cost:
    """Run *command* with its output thrown away."""
    with (stdin or Path(os.devnull)).open("rb") as given:
        begin = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    cpu = usage.ru_utime + usage.ru_stime
    return Cost(wall, cpu, usage.ru_maxrss / 1024, process.returncode)


def compare(commands: dict[str, Sequence[str]], *, runs: int = 3) -> dict[str, Cost]:
    """Run all *commands* in turn, *runs* times: what disturbs one disturbs all."""
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            costs[name].append(run_once(command))
    return {name: _middle(found) for name, found in costs.items()}


def _middle(costs: list[Cost]) -> Cost:
    return Cost(
        median(cost.wall_s for cost in costs),
        median(cost.cpu_s for cost in costs),
        max(cost.peak_mb for cost in costs),
        max(cost.code for cost in costs),
    )
