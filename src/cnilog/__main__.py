"""Run the command line: ``python -m cnilog``."""

from __future__ import annotations

import gc
import os
import sys
from typing import Final

# Polars' allocator keeps pages that it no longer needs until the system asks for them. Giving them
# back costs nothing that was measured, and a long log takes a tenth less.
ALLOCATOR: Final = ("_RJEM_MALLOC_CONF", "muzzy_decay_ms:0")
# Looking for pydantic's plugins reads the description of every installed package.
PLUGINS: Final = ("PYDANTIC_DISABLE_PLUGINS", "__all__")
NEW_OBJECTS: Final = 100_000  # between two looks for rubbish; 700 would cost a fifth of the start


def main() -> None:
    """Run the ``cnilog`` command."""
    try:
        _run()
    except KeyboardInterrupt:  # before a command has begun, which ends with the same words
        sys.stderr.write("cnilog: interrupted\n")
        sys.exit(130)


def _run() -> None:
    for setting in (ALLOCATOR, PLUGINS):  # before Polars and pydantic are imported
        os.environ.setdefault(*setting)
    gc.set_threshold(NEW_OBJECTS)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal may know only ASCII
    from cnilog.cli import app  # late: nothing heavy before the arguments are known

    app(prog_name="cnilog")


if __name__ == "__main__":
    main()
