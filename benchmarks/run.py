"""Print how cnilog compares with the tools people know: ``python -m benchmarks.run``.

Everything is measured back to back on this machine, medians over the runs; what counts are the
ratios. ``--small`` takes a tenth of a million lines and leaves out what takes long; ``--check``
fails when a ratio of CPU times is beyond its margin (what CI does); ``--huge`` adds ten million
lines. Tools that are not installed are left out. Data is made once, below ``--data``.
"""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import synthetic, tables

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.measure import Cost

DATA: Final = Path(__file__).parent / "data"
SMALL, WHOLE, HUGE = 100_000, 1_000_000, 10_000_000
SMALL_BUNDLES, BUNDLES = 5, 200
SMALL_FILES, FILES = 100, 2_000
RG: Final = "rg -c -F -f"
MARGINS: Final = {  # CI: CPU seconds against the reference of the same run; start-up included
    ("envelopes", "gz"): ("plain", 1.8),
    ("envelopes", "damaged"): ("plain", 2.5),
    ("envelopes", "cri"): ("plain", 3.0),
    ("envelopes", "export"): ("plain", 3.0),
    ("envelopes", "fluent-bit"): ("plain", 5.0),
    ("tools", "cnilog analyze"): ("scan_ndjson filter", 9.0),
    **{("files", kind): ("plain", 4.0) for kind in ("cri", "export", "docker", "fluent-bit")},
}


def table(costs: dict[str, Cost], base: str) -> str:
    """Return a Markdown table of *costs*, with ratios to *base*."""
    against = costs.get(base)
    head = f" wall / {base} | CPU / {base} |" if against else ""
    rows = [
        f"| what | wall s | CPU s | peak MB |{head}",
        "|---|---|---|---|" + "---|---|" * bool(head),
    ]
    for name, cost in costs.items():
        failed = "" if cost.code in {0, 1} else f" (exit {cost.code})"
        row = f"| {name}{failed} | {cost.wall_s:.2f} | {cost.cpu_s:.2f} | {cost.peak_mb:.0f} |"
        if against:
            row += f" {cost.wall_s / against.wall_s:.2f} | {cost.cpu_s / against.cpu_s:.2f} |"
        rows.append(row)
    return "\n".join(rows)


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


def beyond(found: dict[str, dict[str, Cost]]) -> list[str]:
    """Return a sentence for each ratio that is beyond its margin, or that could not be had."""
    wrong = []
    for (title, name), (base, margin) in MARGINS.items():
        costs = found.get(title, {})
        if name not in costs or base not in costs:
            continue
        if costs[name].code not in {0, 1}:
            wrong.append(f"{title}, {name}: exit {costs[name].code}")
        ratio = costs[name].cpu_s / costs[base].cpu_s
        if ratio > margin:
            wrong.append(f"{title}, {name}: {ratio:.2f} times the CPU of {base}, margin {margin}")
    return wrong


def arguments() -> argparse.Namespace:
    """Return what the user wants."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a tenth of a million lines")
    parser.add_argument("--huge", action="store_true", help="ten million lines (2 GB), too")
    parser.add_argument("--check", action="store_true", help="fail beyond the margins")
    parser.add_argument("--runs", type=int, help="of which the median is taken; 1 with --small")
    parser.add_argument("--data", type=Path, help="folder for the made-up logs")
    parser.add_argument("--only", nargs="+", help="tables to print, by name")
    return parser.parse_args()


def chosen(given: argparse.Namespace, folder: Path) -> dict[str, Callable[[], dict[str, Cost]]]:
    """Return the tables that are wanted, by name."""
    count = SMALL if given.small else WHOLE
    runs = given.runs or (1 if given.small else 3)
    number = SMALL_BUNDLES if given.small else BUNDLES
    every: dict[str, Callable[[], dict[str, Cost]]] = {
        "tools": lambda: tables.against_tools(folder, count, runs),
        "envelopes": lambda: tables.envelopes(folder, count, runs),
        "growth": lambda: tables.growth(folder, count, runs),
        "files": lambda: tables.files(folder, SMALL_FILES if given.small else FILES, runs),
        "bundles": lambda: tables.bundles(folder, number, runs),
        "fixed": lambda: tables.fixed(folder, count, runs),
        "huge": lambda: tables.against_tools(folder, HUGE, runs),
    }
    left_out = set() if given.huge else {"huge"}
    left_out |= {"growth"} if given.small else set()
    return {
        name: one for name, one in every.items() if name in (given.only or every.keys() - left_out)
    }


def main() -> int:
    """Measure and print; return the exit code."""
    given = arguments()
    print(machine(), flush=True)
    bases = {"tools": RG, "huge": RG, "bundles": RG, "envelopes": "plain", "files": "plain"}
    found: dict[str, dict[str, Cost]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.data or (Path(scratch) if given.small else DATA)
        folder.mkdir(exist_ok=True, parents=True)
        for title, measure in chosen(given, folder).items():
            found[title] = measure()
            print(f"\n{title}\n\n{table(found[title], bases.get(title, ''))}", flush=True)
        if not given.small and (not given.only or "patterns" in given.only):
            print(f"\npatterns\n\n{synthetic.table(str(folder / f'plain-{WHOLE}'))}")
    wrong = beyond(found)
    print("\n".join(wrong))
    return 1 if wrong and given.check else 0


if __name__ == "__main__":
    sys.exit(main())
