"""Lines of the kernel and of the serial console are read, whatever stands before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import exports
import pytest

import cnilog

if TYPE_CHECKING:
    from pathlib import Path

KILLED = "Out of memory: Killed process 4763 (aws-k8s-agent) total-vm:781032kB"
REAPED = "oom_reaper: reaped process 4763 (aws-k8s-agent), now anon-rss:0kB"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param("[ 1234.567890] ", "[98765.012345] ", id="dmesg"),
        pytest.param("<4>[ 1234.567890] ", "<6>[ 1234.667890] ", id="dmesg --raw"),
        pytest.param("[Mon Jan  5 09:15:02 2026] ", "[Mon Jan 12 09:15:03 2026] ", id="dmesg -T"),
    ],
)
def test_the_stamp_of_the_kernel_is_taken_off(first: str, second: str, tmp_path: Path) -> None:
    records = exports.read(tmp_path, f"{first}{KILLED}\n{second}{REAPED}\n").records

    assert records["message"].to_list() == [KILLED, REAPED]
    assert records["component"].to_list() == ["other", "other"]


def test_a_calendar_stamp_is_the_time_of_the_line(tmp_path: Path) -> None:
    records = exports.read(tmp_path, f"[Mon Jan  5 09:15:02 2026] {KILLED}\n").records

    assert records["ts"].dt.to_string("%Y-%m-%d %H:%M:%S").to_list() == ["2026-01-05 09:15:02"]


def test_a_program_on_the_console_is_named_and_its_name_taken_off(tmp_path: Path) -> None:
    text = "[   14.210034] kubelet[2101]: E0105 09:15:02.104000    2101 kubelet.go:9] not ready\n"
    records = exports.read(tmp_path, text).records

    assert exports.messages(records) == ("not ready",)
    assert records["component"].to_list() == ["kubelet"]


def test_a_ring_buffer_alone_tells_who_was_killed(tmp_path: Path) -> None:
    source = tmp_path / "dmesg.current"
    source.write_text(f"[ 1234.567890] {KILLED}\n")

    assert cnilog.analyze(source).causes["id"].to_list()[:1] == ["oom-killed"]
