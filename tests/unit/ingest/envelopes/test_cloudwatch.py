"""Every way out of CloudWatch gives the same records, each once, with the stream's identity."""

from __future__ import annotations

import base64
import gzip
import json
from typing import TYPE_CHECKING

import exports
import polars as pl
import pytest
from exports import CONTAINER, LINES, MESSAGES, NODE, POD, STREAM_NAME

from cnilog.ingest.envelopes import json_documents

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = exports.cloudwatch_events()
ALL = (NODE, POD, CONTAINER)
BARE = [{key: event[key] for key in ("timestamp", "message", "ingestionTime")} for event in EVENTS]
SUBSCRIPTION = {
    "messageType": "DATA_MESSAGE", "owner": "111122223333", "logGroup": "/g",
    "logStream": STREAM_NAME, "subscriptionFilters": ["f"],
    "logEvents": [{"id": e["eventId"], "timestamp": e["timestamp"], "message": e["message"]}
                  for e in EVENTS],
}  # fmt: skip
CONTROL = {"messageType": "CONTROL_MESSAGE", "logGroup": "", "logStream": "", "logEvents": [
    {"id": "", "timestamp": 1, "message": "CWL CONTROL MESSAGE: Checking health"}]}  # fmt: skip
ENCODED = base64.b64encode(gzip.compress(json.dumps(SUBSCRIPTION).encode())).decode()
PAGE = json.dumps({"events": EVENTS[:5], "searchedLogStreams": [], "nextToken": "t"}, indent=4)
REST = json.dumps({"events": EVENTS[4:], "searchedLogStreams": []}, indent=4)
INSIGHTS = [
    {"@timestamp": line.time[:23].replace("T", " "), "@logStream": STREAM_NAME,
     "@message": event["message"]}
    for line, event in zip(LINES, EVENTS, strict=True)
][::-1]  # fmt: skip
RESULTS = [[{"field": name, "value": value} for name, value in row.items()] for row in INSIGHTS]
TAIL = [
    (line.time[:26] + "+00:00", str(e["message"])) for line, e in zip(LINES, EVENTS, strict=True)
]
QUOTED = [
    ",".join('"' + str(cell).replace('"', '""') + '"' for cell in reversed(row.values()))
    for row in INSIGHTS
]

EXPORTS = [
    pytest.param(json.dumps({"events": EVENTS}, indent=4), ALL, id="filter-log-events"),
    pytest.param(json.dumps({"events": EVENTS}), ALL, id="compact"),
    pytest.param('{"events": []}\n' + PAGE + REST, ALL, id="pages that overlap, one empty"),
    pytest.param(json.dumps(EVENTS), ALL, id="--query events"),
    pytest.param("\n".join(map(json.dumps, EVENTS)), ALL, id="jq -c .events[]"),
    pytest.param(json.dumps([e["message"] for e in EVENTS]), None, id="--query events[].message"),
    pytest.param(2 * json.dumps({"events": BARE, "nextForwardToken": "f/1"}), None,
                 id="get-log-events, its last page twice"),
    pytest.param("".join("EVENTS\t" + "\t".join(str(e[k]) for k in (
        "eventId", "ingestionTime", "logStreamName", "message", "timestamp")) + "\n"
        for e in EVENTS), ALL, id="filter-log-events as text"),
    pytest.param("b/1\tf/1\n" + "".join(
        f"EVENTS\t{e['ingestionTime']}\t{e['message']}\t{e['timestamp']}\n" for e in BARE),
        None, id="get-log-events as text"),
    pytest.param("\t".join(str(e["message"]) for e in EVENTS), None, id="messages joined by tabs"),
    pytest.param("\n".join(f"{t} {STREAM_NAME} {m}" for t, m in TAIL), ALL, id="tail"),
    pytest.param("\n".join(f"\x1b[32m{t}\x1b[0m \x1b[36m{STREAM_NAME}\x1b[0m {m}"
                           for t, m in TAIL), ALL, id="tail in colour"),
    pytest.param("\n".join(f"{t[:19]} {m}" for t, m in TAIL), None, id="tail, short"),
    pytest.param("\n".join(f"{t} {STREAM_NAME} \n{json.dumps(json.loads(m), indent=4)}"
                           for t, m in TAIL), ALL, id="tail as JSON"),
    pytest.param("\n".join(f"/aws/g/dataplane {STREAM_NAME} {m}" for _, m in TAIL), ALL,
                 id="awslogs"),
    pytest.param("\n".join(json.dumps({"sessionUpdate": {"sessionResults": [e]}})
                           for e in EVENTS), ALL, id="live tail"),
    pytest.param(json.dumps({"results": RESULTS, "status": "Complete"}), ALL, id="query results"),
    pytest.param("".join(f"RESULTS\t{c['field']}\t{c['value']}\n" for row in RESULTS
                         for c in row), ALL, id="query results as text"),
    pytest.param(json.dumps(INSIGHTS, indent=2), ALL, id="Insights JSON"),
    pytest.param(json.dumps([{**row, "@message": json.loads(str(row["@message"]))}
                             for row in INSIGHTS]), ALL, id="Insights JSON with objects"),
    pytest.param("\n".join(["@message,@logStream,@timestamp", *QUOTED]), ALL,
                 id="Insights CSV, columns in another order"),
    pytest.param("| @timestamp | @logStream | @message |\n| --- | --- | --- |\n" + "\n".join(
        f"| {' | '.join(map(str, row.values()))} |" for row in INSIGHTS), ALL, id="Markdown"),
    pytest.param(json.dumps(CONTROL) + json.dumps(SUBSCRIPTION), ALL, id="Firehose, no line end"),
    pytest.param(json.dumps({"awslogs": {"data": ENCODED}}), ALL, id="Lambda"),
    pytest.param(json.dumps({"Records": [{"Data": ENCODED}]}), ALL, id="Kinesis"),
    pytest.param(gzip.compress(json.dumps(CONTROL).encode()) +
                 gzip.compress(json.dumps(SUBSCRIPTION).encode()), ALL, id="gzip members"),
    pytest.param(gzip.compress(gzip.compress(json.dumps(SUBSCRIPTION).encode())), ALL,
                 id="gzip twice"),
    pytest.param("$ aws logs filter-log-events --log-group-name g\n" + PAGE + REST, ALL,
                 id="behind a prompt"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "who"), EXPORTS)
def test_an_export_gives_each_record_once(
    text: str | bytes, who: tuple[object, ...] | None, tmp_path: Path
) -> None:
    reading = exports.read(tmp_path, text)

    records = reading.records.filter("decoded")
    assert exports.messages(records) == MESSAGES
    assert exports.identity(records)[1:] == (who[1:] if who else (None, None))
    assert reading.accounting.holds()


def test_a_page_that_comes_twice_is_counted_as_duplicates(tmp_path: Path) -> None:
    reading = exports.read(tmp_path, PAGE + REST)

    assert reading.accounting.duplicate == 1


def test_the_parts_of_an_export_task_are_one_stream(tmp_path: Path) -> None:
    folder = tmp_path / "exportedlogs" / "task" / STREAM_NAME
    folder.mkdir(parents=True)
    stamped = [f"{line.time[:23]}Z {event['message']}\n"
               for line, event in zip(LINES, EVENTS, strict=True)]  # fmt: skip
    (folder / "000001.gz").write_bytes(gzip.compress("".join(stamped[:4]).encode()))
    (folder / "000000.gz").write_bytes(gzip.compress("".join(stamped[4:]).encode()))

    records = exports.ingest.read(tmp_path).records

    assert exports.messages(records)[:4] == MESSAGES[:4]
    assert records["pod"].unique().to_list() == [POD]
    assert records["stream"].n_unique() == 1


def test_an_event_of_many_lines_has_one_stamp(tmp_path: Path) -> None:
    texts = [line.text for line in LINES]
    events = [*texts[:3], "\n".join(texts[3:7]), texts[7]]
    text = "".join(f"2026-03-02T07:00:0{n}.000Z {event}\n" for n, event in enumerate(events))

    records = exports.read(tmp_path, text).records

    assert exports.messages(records) == MESSAGES


def test_metrics_carry_no_lines(tmp_path: Path) -> None:
    metric = {"CloudWatchMetrics": [{"Namespace": "ContainerInsights"}], "node_cpu": 1}

    reading = exports.read(tmp_path, json.dumps(metric) + "\n")

    assert reading.records.is_empty()


@pytest.mark.parametrize("size", [7, 1000, 65_536])
def test_a_document_may_be_cut_anywhere_into_blocks(size: int) -> None:
    text = (PAGE + REST).encode()
    blocks = [text[at : at + size] for at in range(0, len(text), size)]

    frames = list(json_documents.chunks(blocks))

    assert pl.concat(frames)["text"].to_list() == json_documents.peel(text)["text"].to_list()


MANY = [
    {**event, "timestamp": 1772434800000 + number, "eventId": f"{number:056d}",
     "message": f'a "quoted" }}, {{"timestamp": {number}}} line ü'}
    for number, event in enumerate(EVENTS * 700)
]  # fmt: skip


@pytest.mark.parametrize("indent", [None, 4])
def test_events_read_many_at_once_are_those_read_one_by_one(indent: int | None) -> None:
    odd = {**MANY[7], "message": {"log": "an object"}, "eventId": "odd"}
    pages = [{"events": MANY[:3000], "nextToken": "t"}, {"events": [*MANY[3000:], odd]}]
    text = "".join(json.dumps(page, indent=indent) for page in pages)

    frame = json_documents.peel(text.encode())

    assert frame["key"].sort().to_list() == sorted([*(e["eventId"] for e in MANY), "odd"])
    assert set(frame.filter(frame["key"] != "odd")["text"]) == {e["message"] for e in MANY}
    assert frame["pod"].unique().to_list() == [POD]


def test_a_long_page_without_ids_that_comes_twice_counts_once(tmp_path: Path) -> None:
    bare = [{k: e[k] for k in ("timestamp", "message", "ingestionTime")} for e in MANY]
    page = json.dumps({"events": bare, "nextForwardToken": "f/1"}, indent=4)

    reading = exports.read(tmp_path, page + "\n" + page)

    assert reading.accounting.duplicate == len(MANY)
