"""Build the message dictionary that the wheel carries, from the tables of extracted templates.

    python scripts/build_messages.py messages.tsv levels.tsv

``messages.tsv`` has a row for each message template of each component (columns template, level,
component, first_tag, last_tag), extracted from the sources of every release; ``levels.tsv`` has a
class for each current Warn, Error and Fatal one. docs/dictionary.md says how they were made.
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path
from typing import Final

TARGET: Final = Path(__file__).parents[1] / "src/cnilog/catalog/data/messages.tsv.gz"
VERSION: Final = 1
COMPONENTS: Final = {"npa": "network-policy-agent"}
COLUMNS: Final = ("component", "level", "first", "last", "class", "template")


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table; nothing in it is quoted."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def main() -> None:
    """Write the dictionary."""
    messages, levels = rows(Path(sys.argv[1])), rows(Path(sys.argv[2]))
    classes = {(row["template"], row["component"]): row["class"] for row in levels}
    kept = sorted(
        {
            (
                COMPONENTS.get(row["component"], row["component"]),
                row["level"],
                row["first_tag"],
                row["last_tag"],
                classes.get((row["template"], row["component"]), ""),
                row["template"],
            )
            for row in messages
            if row["component"] != "component" and row["template"].strip()
        }
    )
    lines = [f"# cnilog messages {VERSION}", "\t".join(COLUMNS), *("\t".join(row) for row in kept)]
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
    print(f"{len(kept)} templates, {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
