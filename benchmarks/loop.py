"""The reference everybody writes first: a loop over lines with orjson and one regex."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

import orjson


def main() -> None:
    """Count the literals of argv[2] in the messages of every log below argv[1]."""
    words = Path(sys.argv[2]).read_text("utf-8").splitlines()
    anyone = re.compile("|".join(map(re.escape, words)))
    found: Counter[str] = Counter()
    for path in sorted(Path(sys.argv[1]).glob("*/*.log")):
        with path.open("rb") as lines:
            for line in lines:
                try:
                    message = orjson.loads(line)["msg"]
                except (ValueError, KeyError, TypeError):
                    message = line.decode("utf-8", "replace")
                hit = anyone.search(message)
                if hit:
                    found[hit[0]] += 1
    print(sum(found.values()))


if __name__ == "__main__":
    main()
