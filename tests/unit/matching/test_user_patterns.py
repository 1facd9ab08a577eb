"""A user's regex cannot hang a run: each search has a limit."""

from __future__ import annotations

import json
import time
from pathlib import Path

from cnilog import ingest, matching
from cnilog.catalog import Catalog, load_catalog


def test_a_catastrophic_regex_costs_its_limit_and_no_more(tmp_path: Path) -> None:
    line = {"level": "error", "ts": "2026-11-20T09:15:07.659Z", "caller": "ipamd/ipamd.go:8"}
    slow = json.dumps({**line, "msg": "catastrophe " + "ab" * 5_000 + "!"})
    fine = json.dumps({**line, "msg": "catastrophe abab"})
    (tmp_path / "ipamd.log").write_text(f"{slow}\n{fine}\n" * 3)
    catalog = load_catalog()
    pattern = catalog.patterns[0]
    signal = next(iter(pattern.signals.values())).model_copy(
        update={
            "component": (), "level": (), "also": (), "without": (), "container": (),
            "versions": None, "contains": ("catastrophe",),
            "regex": r"catastrophe (?P<what>(?:(?:a|b|ab)+)+)$",
        }
    )  # fmt: skip
    hostile = pattern.model_copy(update={"signals": {"slow": signal}, "when": None})
    alone = Catalog(patterns=(hostile,))
    records = ingest.read(tmp_path / "ipamd.log").records
    begin = time.process_time()
    found = matching.match(records, alone)

    assert time.process_time() - begin < 2
    assert found.height == 3
