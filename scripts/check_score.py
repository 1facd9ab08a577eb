"""Score the shared cases, where there are some, and fail below the floor.

The floor is ``tests/cases/score_floor.json``: raise it when the score rises, never lower it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
FLOOR = REPOSITORY / "tests/cases/score_floor.json"


def score(shared: Path) -> dict[str, float]:
    """Return the figures that the floor limits, in percent."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "score.json"
        command = f"{sys.executable} -m cnilog analyze {{logs}} --format json"
        scorer = shared / "tools/score_cases.py"
        subprocess.run(
            [sys.executable, scorer, shared / "cases", "--cmd", command, "--json", out], check=True
        )
        found = json.loads(out.read_text("utf-8"))
    total = found["total"]
    percent = {
        f"{kind}_{name}": 100 * found[field].get(kind, 0) / total[kind]
        for kind in total
        for name, field in (("strict", "right"), ("lenient", "lenient"))
    }
    percent["claims_right"] = 100 * (1 - found["wrong_claims"] / max(1, found["claims"]))
    percent["answered"] = 100 * (1 - found["failed"] / sum(total.values()))
    return percent


def main() -> int:
    """Compare the score with the floor; return the exit code."""
    shared = Path(os.environ.get("CNILOG_SHARED", REPOSITORY.parent / "shared"))
    if not (shared / "cases").is_dir():
        print("no shared cases here: not scored")
        return 0
    reached, floor = score(shared.resolve()), json.loads(FLOOR.read_text("utf-8"))
    low = {name: limit for name, limit in floor.items() if reached.get(name, 0) < limit}
    for name, limit in floor.items():
        print(f"{name}: {reached.get(name, 0):.1f} % (floor {limit} %)")
    return 1 if low else 0


if __name__ == "__main__":
    sys.exit(main())
