"""Progress is shown on a terminal to whoever waits, and nowhere else."""

from __future__ import annotations

import os
import pty
import select
import sys
from pathlib import Path

import pytest

from cnilog.cli import progress


def test_nothing_is_told_where_standard_error_is_no_terminal() -> None:
    with progress.shown(True) as told:
        assert told is None


def test_nothing_is_told_where_that_is_not_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)

    with progress.shown(False) as told:
        assert told is None


def test_a_terminal_shows_bytes_files_and_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    monkeypatch.setattr(progress, "PATIENCE_S", 0)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress.shown(True) as told:
            assert told is not None
            told(5_000_000, 10_000_000, 3)
            shown = ""
            while "3 files" not in shown:
                assert select.select([ours], [], [], 20)[0], shown
                shown += os.read(ours, 100_000).decode(errors="replace")
    os.close(ours)

    assert "5.0/10.0 MB" in shown


def test_a_folder_is_as_large_as_its_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x.log").write_bytes(b"12345")
    (tmp_path / "y.log").write_bytes(b"123")

    assert progress._size([str(tmp_path), "-", "nowhere"]) == 8


def test_what_takes_less_than_a_second_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with progress.shown(True) as told:
            assert told is not None
            told(1, 2, 1)
        left = select.select([ours], [], [], 0)[0]
        shown = os.read(ours, 1000).decode() if left else ""
    os.close(ours)

    assert "reading" not in shown
