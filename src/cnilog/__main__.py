"""Run the command line: ``python -m cnilog``."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
from typing import Final

# Polars' allocator keeps pages that it no longer needs until the system asks for them. Giving them
# back costs nothing that was measured, and a long log takes a tenth less.
ALLOCATOR: Final = ("_RJEM_MALLOC_CONF", "muzzy_decay_ms:0")
# Looking for pydantic's plugins reads the description of every installed package.
PLUGINS: Final = ("PYDANTIC_DISABLE_PLUGINS", "__all__")
# Between two looks for rubbish. A start makes 110,000, and none of them is rubbish; looking after
# every 700, as Python does, would cost a fifth of it.
NEW_OBJECTS: Final = 200_000


def main() -> None:
    """Run the ``cnilog`` command."""
    ended: list[int] = []
    atexit.register(_leave, ended)  # what is registered first runs last
    try:
        _run()
    except SystemExit as end:
        if isinstance(end.code, int):
            ended.append(end.code)
        raise
    except KeyboardInterrupt:  # before a command has begun, which ends with the same words
        sys.stderr.write("cnilog: interrupted\n")
        sys.exit(130)


def _leave(ended: list[int]) -> None:
    """Leave at once with the exit code in *ended*; empty after a bug, which Python reports.

    The system takes memory back quicker than Python takes a hundred thousand objects down one by
    one. Threads are joined by now, and whatever else wants to run at the end has run.
    """
    with contextlib.suppress(OSError, ValueError):  # nobody reads: Python tells that at its end
        for code in ended:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)


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
