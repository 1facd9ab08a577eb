"""Signs count what tells something, not what every healthy node says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog import ingest
from cnilog.catalog import load_catalog
from cnilog.matching import match, signs

if TYPE_CHECKING:
    from pathlib import Path

ASSIGN = "AssignPodIPv4Address: IP address pool stats: total 30, assigned {assigned}"
EMPTY = "DataStore has no available IP/Prefix addresses"
COOLDOWN = "ip-pool-exhausted-transient-cooldown"


def line(second: int, level: str, message: str) -> str:
    ts = f"2024-05-14T09:{second // 60:02d}:{second % 60:02d}.318Z"
    caller = "datastore/data_store.go:1"
    return f'{{"level":"{level}","ts":"{ts}","caller":"{caller}","msg":"{message}"}}\n'


def counts(folder: Path, lines: list[str]) -> list[int]:
    log = folder / "ipamd.log"
    log.write_text("".join(lines), "utf-8")
    reading = ingest.read(log)
    catalog = load_catalog()
    found = signs(match(reading.records, catalog), reading.runs, reading.histogram, catalog)
    return [sign.count for sign in found if sign.pattern == COOLDOWN]


def test_of_steady_lines_only_the_one_before_a_failure_counts(tmp_path: Path) -> None:
    steady = [line(second, "debug", ASSIGN.format(assigned=5)) for second in range(200)]

    assert counts(tmp_path, steady) == []
    assert counts(tmp_path, [*steady, line(200, "error", EMPTY)]) == [2]


def test_a_pool_that_was_full_before_one_failure_does_not_cool_down_before_another(
    tmp_path: Path,
) -> None:
    steady = [line(second, "debug", ASSIGN.format(assigned=5)) for second in range(200)]
    full = line(200, "debug", ASSIGN.format(assigned=30))
    empty = line(200, "error", EMPTY)
    later = line(300, "debug", ASSIGN.format(assigned=5))

    assert counts(tmp_path, [*steady, full, empty, later, line(300, "error", EMPTY)]) == []
    assert counts(tmp_path, [full, *steady, empty]) == [2]  # long before, it is no matter
