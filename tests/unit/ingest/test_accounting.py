"""Whatever a file holds, each of its lines is a record, continued, blank, copied or undecoded."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

import pytest
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from cnilog import ingest
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

ZAP = '{"level":"info","ts":"2026-01-05T09:15:02.104Z","caller":"a/b.go:1","msg":"IP stats"}'
INNER = (
    ZAP,
    ZAP.replace("09:15:02", "09:15:61"),
    ZAP[:60],
    'time="2026-01-05T09:15:02Z" level=info msg="Starting IPAM daemon... "',
    "2019-05-19T11:40:57.501Z [ERROR]\tFailed to get ENI",
    "\tstatus code: 400, request id: 1",
    "E0331 07:12:45.123456       1 reflector.go:138] Failed to watch",
    "panic: boom",
    "goroutine 1 [running]:",
    "main.main()",
    "Checking for IPAM connectivity ... " + ZAP,
    "no program prints this",
    "",
    "   ",
    "[]",
    "{}",
    '{"level":"info"}',
    '"quoted"',
    "\x1b[32mgreen\x1b[0m",
)
OUTER = (
    "{line}",
    "2026-01-05T09:15:02.104233871Z stdout F {line}",
    "2026-01-05T09:15:02.104233871Z stderr P {line}",
    "2026-01-05T09:15:02.104233871Z {line}",
    "[pod/aws-node-x7k2p/aws-node] {line}",
    "Jan 05 09:15:10 ip-10-0-0-1 kubelet[2101]: {line}",
    "aws-node-x7k2p aws-node {line}",
)
DAMAGE = (
    lambda data: data,
    lambda data: data[: len(data) * 2 // 3],
    lambda data: data.replace(b"a", b"\xff", 2),
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data.replace(b" ", b"\0", 1),
    lambda data: data.decode("utf-8", "replace").encode("utf-16"),
    lambda data: data * 2,
    gzip.compress,
    lambda data: gzip.compress(data)[:-9],
)


@settings(max_examples=examples(50))
@given(seed=st.integers(0, 2**32), count=st.integers(1, 60))
def test_every_line_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int
) -> None:
    dice = random.Random(seed)
    outer = dice.sample(OUTER, dice.randrange(1, 3))
    lines = [dice.choice(outer).replace("{line}", dice.choice(INNER)) for _ in range(count)]
    path: Path = tmp_path_factory.mktemp("mixture") / dice.choice(
        ["ipamd.log", "aws-node.log", "x"]
    )
    path.write_bytes(dice.choice(DAMAGE)("\n".join(lines).encode() + b"\n"))

    try:
        reading = ingest.read(path)
    except SourceError:
        return

    records = reading.records
    accounting = reading.accounting
    assert accounting.holds()
    assert records.height == accounting.records + accounting.undecoded
    assert records["record"].to_list() == list(range(records.height))
    assert int(reading.histogram["count"].sum()) == records.height
    assert int(reading.runs["records"].sum()) == records.height
