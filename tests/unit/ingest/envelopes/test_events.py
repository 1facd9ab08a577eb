"""Kubernetes events are records of their own, whatever printed them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import exports
import polars as pl
import pytest
import yaml
from exports import NODE, POD

from cnilog.ingest.envelopes.event_rows import event_of

if TYPE_CHECKING:
    from pathlib import Path

PROBE = 'Liveness probe failed: {"level":"info","ts":"2026-03-02T07:20:00.001Z","msg":"timeout"}'
DENIED = "Unauthorized operation: failed to call ec2:CreateTags due to missing permissions."
SAID_DENIED, SAID_PROBE = f"MissingIAMPermissions: {DENIED}", f"Unhealthy: {PROBE}"
SEEN = "2026-03-02T07:20:00Z"


def _event(reason: str, message: str) -> dict[str, object]:
    return {
        "kind": "Event", "metadata": {"name": f"{POD}.{reason}", "namespace": "kube-system"},
        "involvedObject": {"kind": "Pod", "namespace": "kube-system", "name": POD},
        "reason": reason, "message": message, "type": "Warning", "count": 3,
        "source": {"component": "kubelet", "host": NODE},
        "firstTimestamp": "2026-03-02T07:10:00Z", "lastTimestamp": SEEN, "eventTime": None,
    }  # fmt: skip


def _new(event: dict[str, object]) -> dict[str, object]:
    return {
        "metadata": event["metadata"], "regarding": event["involvedObject"],
        "note": event["message"], "reason": event["reason"], "type": "Warning",
        "eventTime": "2026-03-02T07:10:00.000001Z",
        "series": {"count": 3, "lastObservedTime": SEEN},
        "reportingController": "kubelet", "reportingInstance": NODE,
    }  # fmt: skip


EVENTS = [_event("MissingIAMPermissions", DENIED), _event("Unhealthy", PROBE)]
TABLE = f"""\
NAMESPACE     LAST SEEN            TYPE      REASON                  OBJECT               MESSAGE
kube-system   3m45s                Warning   MissingIAMPermissions   pod/{POD}   {DENIED}
kube-system   93s (x13 over 4m)    Warning   Unhealthy               Pod/{POD}   {PROBE}
"""
DESCRIBED = f"""\
Name:                 {POD}
Namespace:            kube-system
Node:                 {NODE}/10.7.0.21
Containers:
  aws-node:
    Image:          amazon-k8s-cni:v1.18.0
Events:
  Type     Reason                 Age                From      Message
  ----     ------                 ----               ----      -------
  Warning  MissingIAMPermissions  3m45s              aws-node  {DENIED}
  Warning  Unhealthy              93s (x13 over 4m)  kubelet   spec.containers{{aws-node}}: {PROBE}
"""
OBJECTS = [
    pytest.param(json.dumps({"kind": "List", "items": EVENTS}, indent=4), id="list"),
    pytest.param(
        json.dumps({"kind": "EventList", "items": [_new(e) for e in EVENTS]}), id="new API"
    ),
    pytest.param("\n".join(map(json.dumps, EVENTS)), id="one a line"),
    pytest.param("".join(json.dumps({"type": "ADDED", "object": e}) for e in EVENTS), id="watched"),
    pytest.param(yaml.safe_dump({"kind": "List", "items": EVENTS}), id="YAML"),
]
TEXTS = [
    pytest.param(TABLE, id="table"),
    pytest.param(TABLE.split("\n", 1)[1], id="rows without their header"),
    pytest.param(DESCRIBED, id="described"),
    pytest.param(DESCRIBED.rpartition("-------\n")[2], id="described, rows only"),
]


@pytest.mark.parametrize("text", OBJECTS)
def test_objects_give_records_with_the_time_last_seen(text: str, tmp_path: Path) -> None:
    reading = exports.read(tmp_path, text)

    assert reading.records.select("component", "level", "node", "pod", "message").rows() == [
        ("events", "warn", NODE, POD, SAID_DENIED),
        ("events", "warn", NODE, POD, SAID_PROBE),
    ]
    assert reading.records["ts"].unique().to_list() == [datetime(2026, 3, 2, 7, 20, tzinfo=UTC)]


@pytest.mark.parametrize("text", TEXTS)
def test_tables_give_records_without_a_time(text: str, tmp_path: Path) -> None:
    records = exports.read(tmp_path, text).records

    assert records.select("component", "level", "message").rows() == [
        ("events", "warn", SAID_DENIED),
        ("events", "warn", SAID_PROBE),
    ]
    assert records["ts"].null_count() == 2


def test_a_list_of_events_is_also_a_document(tmp_path: Path) -> None:
    reading = exports.read(tmp_path, json.dumps({"kind": "List", "items": EVENTS}))

    assert len(reading.documents) == 1


def test_the_pod_of_a_description_is_that_of_its_events(tmp_path: Path) -> None:
    records = exports.read(tmp_path, DESCRIBED).records

    assert records.select("node", "pod").unique().rows() == [(NODE, POD)]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Warning FailedScheduling is what we saw", id="prose"),
        pytest.param('{"level":"warn","msg":"Normal  Reason  1m  x  y"}', id="zap"),
        pytest.param("  Normal text  with gaps", id="gaps"),
        pytest.param("W0302 07:00:20.000050    2101 prober.go:107] Warning  Bad", id="klog"),
    ],
)
def test_other_lines_are_no_events(line: str) -> None:
    assert event_of(line) is None


def test_events_cut_short_are_read_up_to_the_cut(tmp_path: Path) -> None:
    text = json.dumps({"kind": "List", "items": EVENTS}, indent=4)

    reading = exports.read(tmp_path, text[: text.index("Liveness") + 20])

    assert reading.records["message"][0] == SAID_DENIED
    assert reading.accounting.holds()


def test_a_dump_gives_events_and_logs_with_their_node(tmp_path: Path) -> None:
    pod = {"metadata": {"name": POD, "namespace": "kube-system"}, "spec": {"nodeName": NODE}}
    lists = [
        {"kind": "NodeList", "items": None},
        {"kind": "EventList", "items": EVENTS},
        {"kind": "PodList", "items": [pod]},
    ]
    log = "\n".join(line.text for line in exports.LINES)
    where = f"container aws-node of pod kube-system/{POD} ===="
    text = "\n".join(json.dumps(one, indent=4) for one in lists)
    text += f"\n==== START logs for {where}\n{log}==== END logs for {where}\n"

    records = exports.read(tmp_path, text).records

    events = pl.col("component") == "events"
    assert records.filter(events)["message"].to_list() == [SAID_DENIED, SAID_PROBE]
    assert exports.messages(records.filter(~events)) == exports.MESSAGES
    assert records.filter(~events).select("node", "pod", "container").unique().rows() == [
        (NODE, POD, "aws-node")
    ]
