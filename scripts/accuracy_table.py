"""Write how well each cause is told, over a folder of labelled cases, as a Markdown table.

    python scripts/accuracy_table.py CASES

A case counts as right where its cause, or one that its label also allows, is first (where the logs
can tell) or among the first three (where they cannot). Cases without trouble count as right where
nothing is claimed.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path

from cnilog.analysis import analyze
from cnilog.catalog import load_catalog

QUIET = {"healthy", "benign-noise"}


def main(folder: Path) -> None:
    """Print the table."""
    catalog = load_catalog()
    rows: dict[tuple[str, bool], list[tuple[bool, str]]] = defaultdict(list)
    for path in sorted(folder.glob("*/case.json")):
        label = json.loads(path.read_text("utf-8"))
        causes = analyze(path.parent / "logs", catalog=catalog).causes
        told = bool(label.get("determinable_from_log", True))
        wanted = {label["root_cause"], *label.get("also", ())}
        first = causes[0].id if causes else "nothing"
        if label["root_cause"] in QUIET:
            right = all(cause.confidence == "possible" for cause in causes)
        else:
            right = not wanted.isdisjoint(one.id for one in causes[: 1 if told else 3])
        rows[label["root_cause"], told].append((right, first))
    print("| cause | the logs can tell | cases | right | named instead |")
    print("| --- | --- | --- | --- | --- |")
    for (cause, told), found in sorted(rows.items()):
        right = sum(one for one, _ in found)
        instead = ", ".join(sorted({first for one, first in found if not one})) or "–"
        print(f"| {cause} | {'yes' if told else 'no'} | {len(found)} | {right} | {instead} |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
