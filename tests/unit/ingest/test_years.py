"""Lines without a year get the year that their file's own time allows."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cnilog import ingest


@pytest.mark.parametrize(
    ("day", "written", "year"),
    [
        pytest.param("0302", datetime(2026, 11, 23, tzinfo=UTC), 2026, id="months ago"),
        pytest.param("1124", datetime(2026, 11, 23, tzinfo=UTC), 2026, id="another zone's day"),
        pytest.param("1230", datetime(2026, 1, 2, tzinfo=UTC), 2025, id="before New Year"),
        pytest.param("0102", datetime(2026, 1, 2, tzinfo=UTC), 2026, id="after New Year"),
        pytest.param("1201", datetime(2026, 11, 23, tzinfo=UTC), 2025, id="never from the future"),
    ],
)
def test_a_line_is_not_later_than_its_file(
    day: str, written: datetime, year: int, tmp_path: Path
) -> None:
    log = tmp_path / "kubelet.log"
    log.write_text(f"I{day} 10:11:12.000000    2101 kubelet.go:2431] a line of text\n" * 3)
    os.utime(log, (written.timestamp(), written.timestamp()))

    assert ingest.read(log).records["ts"][0].year == year
