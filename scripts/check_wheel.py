"""Build the wheel twice, from two copies of the repository, and say whether the bytes are equal.

python scripts/check_wheel.py        exits 1 where they are not, or py.typed is not in it
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
LEFT: Final = shutil.ignore_patterns(
    *(".git", ".venv", ".ci", ".fuzz", "dist", "__pycache__", "site", "target", "native.library")
)


def wheel(place: Path) -> Path:
    """Return the wheel that is built from a copy of the repository at *place*."""
    shutil.copytree(ROOT, place / "copy", ignore=LEFT)
    command = ["-m", "build", "--wheel", "--no-isolation", "--outdir", place, place / "copy"]
    surroundings = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
    subprocess.run([sys.executable, *command], env=surroundings, check=True, capture_output=True)
    return next(place.glob("*.whl"))


def main() -> int:
    """Build both; return 1 where they differ."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first, second = wheel(Path(one)), wheel(Path(other))
        equal = first.read_bytes() == second.read_bytes()
        typed = "cnilog/py.typed" in zipfile.ZipFile(first).namelist()
    print(f"{first.name}: {'equal' if equal else 'NOT equal'}, {'' if typed else 'NOT '}typed")
    return 0 if equal and typed else 1


if __name__ == "__main__":
    sys.exit(main())
