"""Run the command line: ``python -m cnilog``."""

from __future__ import annotations


def main() -> None:
    """Run the ``cnilog`` command."""
    from cnilog.cli import app  # late: nothing heavy before the arguments are known

    app(prog_name="cnilog")


if __name__ == "__main__":
    main()
