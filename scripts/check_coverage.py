"""Fail when the catalog knows less of the CNI's complaints than the floor."""

from __future__ import annotations

import sys

from cnilog.catalog import load_catalog
from cnilog.catalog.coverage import measure

FLOOR = 95.0  # percent; raised when coverage rises, never lowered


def main() -> int:
    """Print the figure; return the exit code."""
    found = measure(load_catalog())
    share = f"{found.known} of {found.total} = {found.percent:.1f} %"
    print(f"catalog coverage: {share} (floor {FLOOR} %)")
    return 0 if found.percent >= FLOOR else 1


if __name__ == "__main__":
    sys.exit(main())
