"""Diagnose the generator's scenarios; say where the answer is not the label.

python scripts/check_scenarios.py          # every scenario × era, layouts and the like in turns
python scripts/check_scenarios.py --all    # every combination: half an hour
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from scenarios import Turn, all_turns, turns

from cnilog.analysis import analyze
from cnilog.catalog import Catalog, load_catalog


def right(turn: Turn, catalog: Catalog) -> bool:
    """Return whether the analysis says what it must."""
    with tempfile.TemporaryDirectory() as folder:
        turn.write(Path(folder))
        return turn.expected.holds(turn.scenario, analyze(folder, catalog=catalog))


def main() -> int:
    """Try them; return 1 where one is wrong."""
    chosen = all_turns() if "--all" in sys.argv[1:] else turns()
    catalog = load_catalog()
    wrong = [turn for turn in chosen if not right(turn, catalog)]
    for turn in wrong:
        print(turn.scenario.name, *turn[1:], f"({turn.expected.value})")
    print(f"{len(chosen)} tried, {len(wrong)} wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
