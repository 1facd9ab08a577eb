"""A few lines of one container and of one journal, and what reading any export of them gives.

The texts follow the message templates of the CNI's source; names, times and ids are made up.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from cnilog import ingest

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from cnilog.reading import Reading

NODE = "ip-10-7-0-21.eu-west-1.compute.internal"
INSTANCE = "i-0aa11bb22cc33dd44"
POD = "aws-node-q8w2z"
CONTAINER = "aws-node"
NAMESPACE = "kube-system"
ID = "ab" * 32
STREAM_NAME = f"{NODE}-dataplane.tail.var.log.containers.{POD}_{NAMESPACE}_{CONTAINER}-{ID}.log"
PATH = f"/var/log/containers/{POD}_{NAMESPACE}_{CONTAINER}-{ID}.log"


class Line(NamedTuple):
    """A line as a container wrote it."""

    time: str  # of the runtime, nanoseconds
    pipe: str
    text: str

    @property
    def epoch(self) -> int:
        """Return the time in milliseconds, as CloudWatch has it."""
        return round(datetime.fromisoformat(self.time[:26] + "+00:00").timestamp() * 1000)


def _zap(level: str, time: str, caller: str, message: str) -> str:
    entry = {"level": level, "ts": time, "caller": caller, "msg": message}
    return json.dumps(entry, separators=(",", ":"))


LINES = (
    Line("2026-03-02T07:00:01.500000001Z", "stderr",
         'time="2026-03-02T07:00:01Z" level=info msg="Starting IPAM daemon... "'),
    Line("2026-03-02T07:00:02.010000002Z", "stdout",
         _zap("info", "2026-03-02T07:00:02.009Z", "aws-k8s-agent/main.go:42",
              "Starting L-IPAMD v1.18.0  ...")),
    Line("2026-03-02T07:00:03.020000003Z", "stdout",
         _zap("error", "2026-03-02T07:00:03.019Z", "ipamd/ipamd.go:866",
              'Failed to allocate ENI: "quota"\n\tstatus code: 400, request id: 1')),
    Line("2026-03-02T07:00:04.030000004Z", "stderr",
         "panic: runtime error: invalid memory address or nil pointer dereference"),
    Line("2026-03-02T07:00:04.030000005Z", "stderr", "goroutine 1 [running]:"),
    Line("2026-03-02T07:00:04.030000006Z", "stderr", "main.main()"),
    Line("2026-03-02T07:00:04.030000007Z", "stderr", "\t/go/src/cmd/aws-k8s-agent/main.go:42 +0xf"),
    Line("2026-03-02T07:00:05.040000008Z", "stderr",
         'time="2026-03-02T07:00:05Z" level=error msg="Failed to wait for IPAM daemon to end"'),
)  # fmt: skip
MESSAGES = (
    "Starting IPAM daemon... ",
    "Starting L-IPAMD v1.18.0  ...",
    'Failed to allocate ENI: "quota"',
    "panic: runtime error: invalid memory address or nil pointer dereference",
    "Failed to wait for IPAM daemon to end",
)

JOURNAL = (
    (1772434810120311, 'I0302 07:00:10.120311    2101 kubelet.go:2431] "SyncLoop ADD"'),
    (1772434812400812, 'E0302 07:00:12.400812    2101 log.go:32] "RunPodSandbox failed" err="x"'),
    (1772434820000050,
     'W0302 07:00:20.000050    2101 prober.go:107] "Probe failed" output=<\n\ttimeout: no\n >'),
)  # fmt: skip
JOURNAL_MESSAGES = (
    '"SyncLoop ADD"',
    '"RunPodSandbox failed" err="x"',
    '"Probe failed" output=<',
)


def journal_time(micros: int) -> datetime:
    """Return the time of an entry."""
    return datetime.fromtimestamp(micros / 1e6, UTC)


def fluent_bit(line: Line) -> str:
    """Return *line* in the envelope of Container Insights' dataplane group."""
    entry = {"log": line.text, "stream": line.pipe, "_p": "F", "time": line.time,
             "az": "eu-west-1a", "ec2_instance_id": INSTANCE}  # fmt: skip
    return json.dumps(entry, separators=(",", ":"))


def cloudwatch_events() -> list[dict[str, object]]:
    """Return the events that ``filter-log-events`` gives."""
    return [
        {"logStreamName": STREAM_NAME, "timestamp": line.epoch, "message": fluent_bit(line),
         "ingestionTime": line.epoch + 2000, "eventId": f"{37:020d}{number}"}
        for number, line in enumerate(LINES)
    ]  # fmt: skip


def read(folder: Path, text: str | bytes, name: str = "export") -> Reading:
    """Return what reading a file with *text* gives."""
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return ingest.read(file)


def messages(records: pl.DataFrame) -> tuple[str, ...]:
    """Return the first line of each message, without what is no record of a program."""
    decoded = records.filter("decoded")["message"]
    return tuple(message.split("\n")[0] for message in decoded)


def identity(records: pl.DataFrame) -> tuple[object, ...]:
    """Return node, pod and container, which must be the same in all records."""
    (only,) = records.select("node", "pod", "container").unique().rows()
    return only
