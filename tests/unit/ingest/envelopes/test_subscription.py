"""What subscription filters deliver is read up to where it was cut."""

from __future__ import annotations

import base64
import gzip
import json
import random
from typing import TYPE_CHECKING

import pytest

from cnilog import ingest

if TYPE_CHECKING:
    from pathlib import Path


def _payload(events: int) -> str:
    chance = random.Random(5)  # so that it does not compress to nothing
    message = {
        "messageType": "DATA_MESSAGE",
        "logStream": "node-a",
        "logEvents": [
            {
                "id": str(i),
                "timestamp": 1772600760000 + i,
                "message": '{"level":"info","ts":"2026-03-04T05:06:01.001Z","msg":"said '
                + f'{chance.getrandbits(256):x}"}}',
            }
            for i in range(events)
        ],
    }
    packed = gzip.compress(json.dumps(message).encode())
    return json.dumps({"awslogs": {"data": base64.b64encode(packed).decode()}})


@pytest.mark.parametrize("lost", [40, 41, 42, 43])
def test_a_payload_cut_within_its_base64_is_read_up_to_the_cut(tmp_path: Path, lost: int) -> None:
    path = tmp_path / "event.json"
    path.write_text(_payload(400)[:-lost])
    reading = ingest.read(path)
    assert 380 < reading.records.height <= 400
    assert reading.records["level"].to_list()[:3] == ["info"] * 3


@pytest.mark.parametrize("blanks", [0, 1, 2, 3])
def test_a_payload_longer_than_what_is_looked_at_is_known(tmp_path: Path, blanks: int) -> None:
    path = tmp_path / "event.json"
    path.write_text(" " * blanks + _payload(2000))
    assert path.stat().st_size > 70_000
    assert ingest.read(path).records.height == 2000
