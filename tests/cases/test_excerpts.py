"""People paste a few lines: one that names a cause makes it possible, and never more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilog.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

STATS = "IP/Prefix Address Pool stats: total: 28, assigned: 3, total prefixes: 0"
HELD = "AWS CNI is on a non schedulable node, will not try to attach any new IPs or ENIs right now"
FALLBACK = (
    "Prefix delegation is not supported on non-nitro instance m4.large hence falling back to "
    "default (secondary IP) mode"
)
NO_ANSWER = (
    'failed to get informer from cache: Get \\"https://10.100.0.1:443/apis/networking.k8s.aws\\": '
    "dial tcp 10.100.0.1:443: i/o timeout"
)
REACHED = "Successful communication with the Cluster! Cluster Version is: v1.30"
DENIED = (
    "Failed to call ec2:DescribeNetworkInterfaces for [eni-01]: UnauthorizedOperation: You are not "
    "authorized to perform this operation."
)


def line(second: int, message: str, level: str = "debug") -> str:
    ts = f"2024-05-14T{9 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.318Z"
    return f'{{"level":"{level}","ts":"{ts}","caller":"ipamd/ipamd.go:1","msg":"{message}"}}\n'


def causes(folder: Path, *lines: str) -> list[tuple[str, str]]:
    (folder / "ipamd.log").write_text("".join(lines), "utf-8")
    return [(one.id, one.confidence) for one in analyze(folder).causes]


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (HELD, "node-unschedulable-no-scaling"),
        (FALLBACK, "prefix-delegation-unsupported"),
        (NO_ANSWER, "apiserver-unreachable"),
    ],
)
def test_one_pasted_line_makes_its_cause_possible(tmp_path: Path, message: str, cause: str) -> None:
    assert causes(tmp_path, line(0, message))[0] == (cause, "possible")


def test_a_long_log_must_show_the_shape(tmp_path: Path) -> None:
    steady = [line(second, STATS) for second in range(0, 600, 5)]

    assert causes(tmp_path, *steady, line(601, HELD)) == []


def test_what_healed_in_the_excerpt_is_no_hint(tmp_path: Path) -> None:
    found = causes(tmp_path, line(0, NO_ANSWER, "error"), line(5, REACHED, "info"))

    assert "apiserver-unreachable" not in dict(found)


def test_a_hint_is_not_listed_beside_a_cause_that_is_plain(tmp_path: Path) -> None:
    found = causes(tmp_path, line(0, HELD), line(5, DENIED, "error"))

    assert found[0][1] != "possible"
    assert "node-unschedulable-no-scaling" not in dict(found)
