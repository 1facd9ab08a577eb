"""What OpenTelemetry's collector wrote reads to the lines it carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cnilog import ingest

if TYPE_CHECKING:
    from pathlib import Path


def test_records_of_a_collector_read_to_their_lines(tmp_path: Path) -> None:
    about = {"k8s.pod.name": "aws-node-a", "k8s.node.name": "n1", "k8s.container.name": "aws-node"}
    attributes = [{"key": k, "value": {"stringValue": v}} for k, v in about.items()]
    line = '{"level":"error","ts":"2026-03-04T05:06:01.001Z","msg":"it failed"}'
    record = {"timeUnixNano": "1772600761005000000", "body": {"stringValue": line + "\n"}}
    held = {"resource": {"attributes": attributes}, "scopeLogs": [{"logRecords": [record]}]}
    path = tmp_path / "otel.json"
    path.write_text(json.dumps({"resourceLogs": [held]}) + "\n")
    found = ingest.read(path).records.row(0, named=True)
    assert [found[name] for name in ("node", "pod", "container", "level", "message")] == [
        "n1", "aws-node-a", "aws-node", "error", "it failed",
    ]  # fmt: skip
