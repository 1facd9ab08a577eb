"""What a terminal or a mail wrapped is read as it was; what only looks like that stays as it is."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import exports
import pytest

from cnilog.ingest.lines import lines_of
from cnilog.ingest.wrapped import rejoin

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REFUSED = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for "
    'sandbox "0c1d2e3f": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to '
    "assign an IP address to container"
)
PODS = ("web-0", "checkout-7bf54ddf7-brjzk", "report-writer-nightly-28768119-xvn9r", "db-primary-0")
KLOG = [
    f'E0302 07:00:10.120311    2101 pod_workers.go:1298] "Error syncing pod {pod}" err="{REFUSED}"'
    for pod in PODS
]
JOURNAL = [f"Mar 02 07:00:10 {exports.NODE} kubelet[2101]: {line}" for line in KLOG]
SEELOG = [
    f"2019-07-30T15:31:53Z [ERROR] Failed to increase pool size for {pod} due to not able to "
    "allocate ENI AllocENI: error attaching ENI: attachENI: failed to attach ENI: "
    "AttachmentLimitExceeded: Interface count 9 exceeds the limit"
    for pod in PODS
]
EVENTS = [
    f"  Warning  FailedCreatePodSandBox  5s (x4 over 2m)  kubelet  {pod}: {REFUSED}" for pod in PODS
]


def _cut(line: str, width: int) -> list[str]:
    return [line[at : at + width] for at in range(0, len(line), width)]


def _folded(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_on_hyphens=False)


def _read(tmp_path: Path, lines: list[str], name: str) -> list[tuple[str, str | None]]:
    folder = tmp_path / name
    folder.mkdir()
    records = exports.read(folder, "\n".join(lines) + "\n", "kubelet.log").records
    return list(zip(records["message"], records["component"].cast(str), strict=True))


@pytest.mark.parametrize(
    "lines", [KLOG, JOURNAL, SEELOG, EVENTS], ids=["klog", "journal", "seelog", "events"]
)
@pytest.mark.parametrize("width", [80, 100, 132])
@pytest.mark.parametrize("wrap", [_cut, _folded])
def test_wrapped_lines_give_the_records_of_whole_ones(
    lines: list[str], width: int, wrap: Callable[[str, int], list[str]], tmp_path: Path
) -> None:
    wrapped = [part for line in lines for part in wrap(line, width)]

    assert _read(tmp_path, wrapped, "wrapped") == _read(tmp_path, lines, "whole")


def test_every_line_that_was_joined_is_accounted_for(tmp_path: Path) -> None:
    parts = [part for line in KLOG for part in _cut(line, 80)]
    accounting = exports.read(tmp_path, "\n".join(parts) + "\n", "kubelet.log").accounting

    assert (accounting.lines, accounting.records) == (len(parts), len(KLOG))
    assert accounting.continued == len(parts) - len(KLOG)


SENTENCES = [
    'Readiness probe failed: timeout: failed to connect service ":50051" within 5s',
    'Liveness probe failed: timeout: failed to connect service ":50051" within 5s',
    "Container aws-node failed liveness probe, will be restarted after its grace",
]
RULES = [f"-A KUBE-SEP-ABCDEFGHIJ{n} -s 10.1.4.{n}/32 -m comment -j KUBE-MARK-MASQ" for n in "1234"]
INDENTED = [
    KLOG[0][:90],
    "\tcaused by: the runtime did not answer in the time that kubelet gives it",
] * 3
FRAMES = [
    "panic: runtime error: invalid memory address or nil pointer dereference",
    "[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x28e7b4e]",
    "goroutine 1 [running]:",
    "github.com/acme/collector/internal/client.(*SafeChannel).Close(0x0)",
    "main.main()",
]
OBJECTS = [
    '{"level":"info","ts":"2026-01-05T09:15:11.011Z","msg":"Received AddNetwork for web-11"}',
    "a sentence that no program of the CNI prints",
] * 3


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(OBJECTS, id="whole objects and sentences"),
        pytest.param(SENTENCES, id="sentences of about one length"),
        pytest.param(RULES, id="rules of one length"),
        pytest.param(INDENTED, id="lines that go on indented"),
        pytest.param(FRAMES, id="a stack of another program"),
        pytest.param([line.text for line in exports.LINES], id="a container's log with a panic"),
    ],
)
def test_lines_that_nobody_wrapped_stay_lines(lines: list[str]) -> None:
    frame = lines_of(("\n".join(lines) + "\n").encode(), 1)

    assert rejoin(frame).equals(frame)
