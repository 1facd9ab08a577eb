"""Each promise of the security page names a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def promises() -> list[str]:
    table = PAGE.partition("## What is promised")[2].partition("\n## ")[0]
    return [row for row in table.splitlines() if row.startswith("|")][2:]


def test_every_promise_names_a_test() -> None:
    rows = promises()

    assert len(rows) > 10
    assert [row for row in rows if not NAMED.search(row)] == []


def test_every_named_test_is_there() -> None:
    named = NAMED.findall(PAGE)
    missing = [
        (file, test)
        for file, test in named
        if not (ROOT / file).is_file()
        or (test and f"def {test}(" not in (ROOT / file).read_text("utf-8"))
    ]

    assert missing == []
