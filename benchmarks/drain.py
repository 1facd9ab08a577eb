"""The reference of a template miner: drain3 over the messages of every log below argv[1]."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson
from drain3 import TemplateMiner


def main() -> None:
    """Print how many templates there are."""
    miner = TemplateMiner()
    for path in sorted(Path(sys.argv[1]).glob("*/*.log")):
        with path.open("rb") as lines:
            for line in lines:
                try:
                    message = orjson.loads(line)["msg"]
                except (ValueError, KeyError, TypeError):
                    message = line.decode("utf-8", "replace")
                miner.add_log_message(message)
    print(len(miner.drain.clusters))


if __name__ == "__main__":
    main()
