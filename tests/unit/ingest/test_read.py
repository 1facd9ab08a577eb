"""A source becomes records, and every line of it is accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilog import ingest
from cnilog.errors import SourceError
from cnilog.schema import HISTOGRAM, RECORDS, RUNS, check

if TYPE_CHECKING:
    from pathlib import Path

STREAM = """\
time="2026-01-05T09:15:02Z" level=info msg="Starting IPAM daemon... "
{"level":"info","ts":"2026-01-05T09:15:03.010Z","caller":"aws-k8s-agent/main.go:42","msg":"Starting L-IPAMD v1.18.3  ..."}
panic: runtime error: invalid memory address or nil pointer dereference
{"level":"debug","ts":"2026-01-05T09:15:05.339Z","caller":"rpc/rpc.pb.go:863","msg":"Received AddNetwork {\\"pod\\":\\"web\\"}"}
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x1a2b3c4]

goroutine 1 [running]:
what no program prints
"""  # noqa: E501


def test_the_frames_have_their_schemas(tmp_path: Path) -> None:
    (tmp_path / "aws-node.log").write_text(STREAM)

    reading = ingest.read(tmp_path)

    check(reading.records, RECORDS)
    check(reading.runs, RUNS)
    check(reading.histogram, HISTOGRAM)


def test_every_line_is_accounted_for(tmp_path: Path) -> None:
    (tmp_path / "aws-node.log").write_text(STREAM)

    accounting = ingest.read(tmp_path).accounting

    assert accounting.holds()
    assert (accounting.lines, accounting.records, accounting.continued) == (8, 4, 2)
    assert (accounting.blank, accounting.undecoded) == (1, 1)


def test_a_trace_stays_whole_when_other_records_fall_between(tmp_path: Path) -> None:
    (tmp_path / "aws-node.log").write_text(STREAM)

    records = ingest.read(tmp_path).records

    trace = records.filter(records["level"] == "fatal")["message"].item()
    assert trace.splitlines()[-1] == "goroutine 1 [running]:"
    assert records["message"][3] == 'Received AddNetwork {"pod":"web"}'


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_nothing_to_read_is_said_in_one_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(SourceError, match=name):
        ingest.read(tmp_path / name)
