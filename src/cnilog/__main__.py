"""Run the command line: ``python -m cnilog``."""

from __future__ import annotations

import gc
from typing import Final

NEW_OBJECTS: Final = 100_000  # between two looks for rubbish; 700 would cost a fifth of the start


def main() -> None:
    """Run the ``cnilog`` command."""
    gc.set_threshold(NEW_OBJECTS)
    from cnilog.cli import app  # late: nothing heavy before the arguments are known

    app(prog_name="cnilog")


if __name__ == "__main__":
    main()
