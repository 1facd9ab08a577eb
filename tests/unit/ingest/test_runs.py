"""A stream is parted where its process starts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilog import ingest

if TYPE_CHECKING:
    from pathlib import Path


def zap(second: int, message: str, caller: str = "ipamd/ipamd.go:1") -> str:
    ts = f"2026-01-05T09:{second // 60:02d}:{second % 60:02d}.000Z"
    return f'{{"level":"info","ts":"{ts}","caller":"{caller}","msg":"{message}"}}\n'


def logrus(second: int, message: str) -> str:
    return (
        f'time="2026-01-05T09:{second // 60:02d}:{second % 60:02d}Z" level=info msg="{message}"\n'
    )


CONSTRUCTED = "Constructed new logger instance"
INITIALIZED = "Initialized new logger as an existing instance was not found"
STARTING = "Starting L-IPAMD v1.18.3  ..."


def runs(path: Path, text: str) -> list[int]:
    path.write_text(text, "utf-8")
    return ingest.read(path).records["run"].to_list()


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        pytest.param(
            "ipamd.log",
            zap(1, CONSTRUCTED) + zap(2, INITIALIZED) + zap(3, STARTING) + zap(4, "work"),
            [0, 0, 0, 0],
            id="one start",
        ),
        pytest.param(
            "ipamd.log",
            (zap(1, CONSTRUCTED) + zap(2, INITIALIZED) + zap(3, STARTING))
            + (zap(95, CONSTRUCTED) + zap(96, INITIALIZED) + zap(97, STARTING)),
            [0, 0, 0, 1, 1, 1],
            id="two starts",
        ),
        pytest.param(
            "ipamd.log", zap(1, STARTING) + zap(95, STARTING), [0, 1], id="before v1.11.3"
        ),
        pytest.param(
            "ipamd.log",
            zap(1, "work") + zap(2, CONSTRUCTED) + zap(3, STARTING),
            [0, 1, 1],
            id="tail",
        ),
        pytest.param(
            "plugin.log", zap(1, CONSTRUCTED) + zap(2, CONSTRUCTED), [0, 0], id="each plugin call"
        ),
        pytest.param(
            "aws-node.log",
            (
                logrus(1, "Starting IPAM daemon... ")
                + logrus(1, "Checking for IPAM connectivity... ")
            )
            + (zap(2, CONSTRUCTED) + zap(3, STARTING) + zap(4, "work"))
            + (logrus(95, "Starting IPAM daemon... ") + zap(96, CONSTRUCTED) + zap(97, STARTING)),
            [0, 0, 0, 0, 0, 1, 1, 1],
            id="a container holds both programs",
        ),
        pytest.param(
            "aws-node.log",
            "Installed /host/opt/cni/bin/aws-cni\nInstalled /host/opt/cni/bin/egress-cni\n"
            + logrus(1, "Starting IPAM daemon... ")
            + logrus(2, "Checking for IPAM connectivity... ")
            + logrus(4, "Retrying waiting for IPAM-D")
            + "Installed /host/opt/cni/bin/aws-cni\n",
            [0, 0, 0, 0, 0, 1],
            id="entrypoint alone",
        ),
    ],
)
def test_a_run_begins_at_a_start(tmp_path: Path, name: str, text: str, expected: list[int]) -> None:
    assert runs(tmp_path / name, text) == expected


def test_a_run_tells_its_last_record(tmp_path: Path) -> None:
    path = tmp_path / "ipamd.log"
    path.write_text(zap(1, STARTING) + zap(2, "the last") + zap(95, STARTING), "utf-8")

    found = ingest.read(path).runs

    assert found["last_message"].to_list() == ["the last", STARTING]
    assert found["restarted"].to_list() == [True, False]
    assert found["records"].to_list() == [2, 1]


def test_rotations_are_one_stream_in_the_order_of_time(tmp_path: Path) -> None:
    (tmp_path / "ipamd.log").write_text(zap(30, "third"), "utf-8")
    (tmp_path / "ipamd-2026-01-05T09-00-20.000.log").write_text(zap(20, "second"), "utf-8")
    (tmp_path / "ipamd-2026-01-05T09-00-10.000.log").write_text(zap(10, "first"), "utf-8")

    records = ingest.read(tmp_path).records

    assert records["message"].to_list() == ["first", "second", "third"]
    assert records["stream"].n_unique() == 1
