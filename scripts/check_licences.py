"""Say which package cnilog needs at run time has a licence that requirements/licences.txt lacks.

    python scripts/check_licences.py        exits 1 where there is one

Looks at what is installed: the dependencies of pyproject.toml, their dependencies, and so on.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
NAME: Final = re.compile(r"[\w.-]+")


def needed() -> dict[str, Distribution]:
    """Return every distribution that a plain install brings, by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    left = [NAME.match(one)[0] for one in project["dependencies"]]  # type: ignore[index]
    found: dict[str, Distribution] = {}
    while left:
        name = left.pop().lower().replace("_", "-")
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue  # for another system
        requires = [one for one in found[name].requires or () if "extra ==" not in one]
        left += [match[0] for one in requires if (match := NAME.match(one))]
    return found


def licence(package: Distribution) -> str:
    """Return what *package* says of its licence."""
    about = package.metadata
    kinds = [one for one in about.get_all("Classifier") or () if one.startswith("License")]
    said = about.get("License-Expression") or (about.get("License") or "").split("\n")[0]
    return " · ".join(one for one in (said, *kinds) if one)


def main() -> int:
    """Print a line for each package; return 1 where one is not allowed."""
    allowed = [
        line
        for line in (ROOT / "requirements/licences.txt").read_text("utf-8").splitlines()
        if not line.startswith("#")
    ]
    wrong = 0
    for name, package in sorted(needed().items()):
        said = licence(package)
        fine = any(one.lower() in said.lower() for one in allowed)
        wrong += not fine
        print(f"{'' if fine else 'NOT ALLOWED '}{name} {package.version}: {said or 'no licence'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
