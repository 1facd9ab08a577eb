"""Print how cnilog compares with the tools people know: ``python -m benchmarks.run``.

Everything is measured back to back on this machine, medians over the runs; what counts are the
ratios. ``--small`` takes a tenth of a million lines; ``--check`` fails when a ratio of CPU times
is beyond its margin (what CI does). Tools that are not installed are named and left out.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import data
from benchmarks.measure import Cost, compare
from cnilog.catalog import load_catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

CLI: Final = (sys.executable, "-m", "cnilog")
DATA: Final = Path(__file__).parent / "data"
SMALL, WHOLE, HUGE = 100_000, 1_000_000, 10_000_000
MARGINS: Final = {  # CI: CPU seconds against the reference of the same run; start-up included
    "gz": ("plain", 3.0),
    "cri": ("plain", 3.0),
    "export": ("plain", 3.0),
    "fluent-bit": ("plain", 3.0),
    "plain": ("python loop", 1.0),
}


def analyze(path: Path) -> list[str]:
    """Return the command that is measured."""
    return [*CLI, "analyze", str(path), "--format", "json", "--no-progress"]


def references(folder: Path, literals: Path) -> dict[str, Sequence[str]]:
    """Return the commands to compare with, on plain files."""
    here = Path(__file__).parent
    found: dict[str, Sequence[str]] = {
        "python loop": [sys.executable, str(here / "loop.py"), str(folder), str(literals)],
        "polars scan_ndjson filter": [sys.executable, str(here / "ndjson.py"), str(folder)],
    }
    if shutil.which("rg"):
        found["rg -c -F -f"] = ["rg", "-c", "-F", "-f", str(literals), "-j", "2", str(folder)]
    if shutil.which("jq"):
        files = map(str, sorted(folder.glob("*/*.log")))
        found["jq select"] = ["jq", "-cR", 'fromjson? | select(.level=="error")', *files]
    return found


def table(costs: dict[str, Cost], count: int, base: str) -> str:
    """Return a Markdown table of *costs*, with ratios to *base*."""
    rows = [
        f"| what ({count:,} lines) | wall s | CPU s | peak MB | M lines/s | wall / {base} |",
        "|---|---|---|---|---|---|",
    ]
    for name, cost in costs.items():
        ratio = cost.wall_s / costs[base].wall_s if base in costs else float("nan")
        rate = count / cost.wall_s / 1e6
        failed = "" if cost.code in {0, 1} else f" (exit {cost.code})"
        rows.append(
            f"| {name}{failed} | {cost.wall_s:.2f} | {cost.cpu_s:.2f} | {cost.peak_mb:.0f} | "
            f"{rate:.2f} | {ratio:.2f} |"
        )
    return "\n".join(rows)


def envelopes(folder: Path, count: int, runs: int) -> dict[str, Cost]:
    """Measure the same lines plain, compressed and inside envelopes."""
    source = data.plain(folder / f"plain-{count}", count)
    commands = {"plain": analyze(source)}
    for kind in data.WRAPS:
        commands[kind] = analyze(data.wrapped(source, folder / f"{kind}-{count}", kind))
    array = data.cloudwatch(source, folder / f"cloudwatch-{count}" / "events.json")
    commands["one CloudWatch JSON"] = analyze(array)
    return compare(commands, runs=runs)


def against_tools(folder: Path, count: int, runs: int) -> dict[str, Cost]:
    """Measure plain files against the references."""
    source = data.plain(folder / f"plain-{count}", count)
    literals = folder / "literals.txt"
    literals.write_text("\n".join(load_catalog().literals) + "\n", "utf-8")
    commands = {"cnilog analyze": analyze(source), **references(source, literals)}
    if count > WHOLE:
        commands.pop("python loop")
        commands.pop("jq select", None)
    return compare(commands, runs=runs)


def machine() -> str:
    """Return what was measured on, in a line."""
    import polars

    day = datetime.now(UTC).date()
    return (
        f"{day}, {platform.machine()}, {_processor()}, Python {platform.python_version()}, "
        f"polars {polars.__version__}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor()
    models = [
        line for line in info.read_text("utf-8").splitlines() if line.startswith("model name")
    ]
    return f"{len(models)} x {models[0].partition(':')[2].strip()}" if models else "unknown"


def beyond(costs: dict[str, Cost]) -> list[str]:
    """Return a sentence for each ratio that is beyond its margin."""
    wrong = []
    for name, (base, margin) in MARGINS.items():
        if name in costs and base in costs and costs[base].code == 0:
            ratio = costs[name].cpu_s / costs[base].cpu_s
            if ratio > margin:
                wrong.append(f"{name}: {ratio:.2f} times the CPU of {base}, margin {margin}")
    return wrong


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a tenth of a million lines")
    parser.add_argument("--huge", action="store_true", help="ten million lines (2 GB), too")
    parser.add_argument("--check", action="store_true", help="fail beyond the margins")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) if given.small else DATA
        folder.mkdir(exist_ok=True)
        count = SMALL if given.small else WHOLE
        tools = against_tools(folder, count, given.runs)
        print("\n" + table(tools, count, "rg -c -F -f"))
        wraps = envelopes(folder, count, given.runs)
        print("\n" + table(wraps, count, "plain"))
        if given.huge:
            print("\n" + table(against_tools(folder, HUGE, given.runs), HUGE, "rg -c -F -f"))
    wrong = beyond({**tools, **wraps, "plain": tools["cnilog analyze"]})
    print("\n".join(wrong))
    return 1 if wrong and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
