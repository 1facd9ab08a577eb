"""Objects that shippers and stores put round a line give the same records as the bare lines."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import exports
import pytest
from exports import CONTAINER, INSTANCE, LINES, MESSAGES, NAMESPACE, NODE, PATH, POD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from exports import Line

    Wrap = Callable[[int, Line], dict[str, object]]

KUBERNETES = {"pod_name": POD, "namespace_name": NAMESPACE, "container_name": CONTAINER,
              "host": NODE}  # fmt: skip
ALL = (NODE, POD, CONTAINER)


def _application(_: int, line: Line) -> dict[str, object]:
    entry = {"time": line.time, "stream": line.pipe, "_p": "F", "log": line.text}
    processed = json.loads(line.text) if line.text.startswith("{") else {}
    return {**entry, "log_processed": processed, "kubernetes": KUBERNETES}


def _fluentd(_: int, line: Line) -> dict[str, object]:
    return {"log": line.text + "\n", "stream": line.pipe, "docker": {"container_id": "1"},
            "kubernetes": {**KUBERNETES, "labels": {"k8s-app": "aws-node"}}}  # fmt: skip


def _cri_parser(_: int, line: Line) -> dict[str, object]:
    return {"stream": line.pipe, "logtag": "F", "message": line.text, "time": line.time}


def _telemetry(_: int, line: Line) -> dict[str, object]:
    about = {"log.file.path": PATH, "k8s.node.name": NODE}
    return {"body": line.text, "attributes": {"time": line.time}, "resource": about}


def _stern(_: int, line: Line) -> dict[str, object]:
    return {"message": line.text, "nodeName": NODE, "namespace": NAMESPACE, "podName": POD,
            "containerName": CONTAINER, "labels": {}, "annotations": None}  # fmt: skip


def _stern_extended(_: int, line: Line) -> dict[str, object]:
    message = json.loads(line.text) if line.text.startswith("{") else line.text
    return {"pod": POD, "container": CONTAINER, "message": message}


def _loki(_: int, line: Line) -> dict[str, object]:
    labels = {"pod": POD, "container": CONTAINER, "node_name": NODE, "stream": line.pipe}
    return {"labels": labels, "line": line.text, "timestamp": line.time}


def _filebeat(number: int, line: Line) -> dict[str, object]:
    place = {"pod": {"name": POD}, "node": {"name": NODE}, "container": {"name": CONTAINER}}
    source = {"@timestamp": line.time, "message": line.text, "kubernetes": place}
    return {"_index": "logs", "_id": f"a{number}", "_source": source}


def _splunk(number: int, line: Line) -> dict[str, object]:
    result = {"_time": str(line.epoch / 1000), "_raw": [line.text], "host": [NODE], "source": PATH}
    return {"preview": False, "offset": number, "result": result}


def _datadog(number: int, line: Line) -> dict[str, object]:
    tags = [f"pod_name:{POD}", f"kube_container_name:{CONTAINER}", f"kube_node:{NODE}"]
    return {"_id": f"A{number}", "date": line.time, "service": "aws-node", "host": INSTANCE,
            "message": line.text, "tags": tags, "status": "info", "attributes": {}}  # fmt: skip


SHAPES = [
    pytest.param(_application, ALL, id="fluent bit, application"),
    pytest.param(_fluentd, ALL, id="fluentd"),
    pytest.param(_cri_parser, (None, None, None), id="fluent bit's cri parser"),
    pytest.param(_telemetry, ALL, id="OpenTelemetry"),
    pytest.param(_stern, ALL, id="stern json"),
    pytest.param(_stern_extended, (None, POD, CONTAINER), id="stern extjson"),
    pytest.param(_loki, ALL, id="logcli"),
    pytest.param(_filebeat, ALL, id="elasticdump"),
    pytest.param(_splunk, ALL, id="splunk"),
    pytest.param(_datadog, ALL, id="datadog archive"),
]


@pytest.mark.parametrize(("wrap", "who"), SHAPES)
def test_one_object_a_line(wrap: Wrap, who: tuple[object, ...], tmp_path: Path) -> None:
    text = "\n".join(json.dumps(wrap(n, line)) for n, line in enumerate(LINES))

    records = exports.read(tmp_path, text).records

    assert exports.messages(records) == MESSAGES
    assert exports.identity(records) == who


@pytest.mark.parametrize(("wrap", "who"), SHAPES)
def test_pretty_printed_with_keys_in_another_order(
    wrap: Wrap, who: tuple[object, ...], tmp_path: Path
) -> None:
    turned = [dict(reversed(wrap(n, line).items())) for n, line in enumerate(LINES)]
    text = "\n".join(json.dumps({"also": [1], **entry}, indent=2) for entry in turned)

    records = exports.read(tmp_path, text).records

    assert exports.messages(records) == MESSAGES
    assert exports.identity(records) == who


@pytest.mark.parametrize(("wrap", "who"), SHAPES)
def test_in_one_array_cut_in_its_last_string(
    wrap: Wrap, who: tuple[object, ...], tmp_path: Path
) -> None:
    text = json.dumps([wrap(n, line) for n, line in enumerate(LINES)])

    reading = exports.read(tmp_path, text[: text.rindex("Failed to wait")])

    assert exports.messages(reading.records)[:4] == MESSAGES[:4]
    assert reading.accounting.holds()


@pytest.mark.parametrize("wrap", [_loki, _filebeat, _splunk])
def test_newest_first_is_turned_round(wrap: Wrap, tmp_path: Path) -> None:
    text = "\n".join(json.dumps(wrap(n, line)) for n, line in reversed(list(enumerate(LINES))))

    records = exports.read(tmp_path, text).records

    assert exports.messages(records) == MESSAGES


def test_a_preview_row_is_counted_as_a_duplicate(tmp_path: Path) -> None:
    rows = [{**_splunk(n, line), "preview": n == 0} for n, line in enumerate(LINES)]

    reading = exports.read(tmp_path, "\n".join(json.dumps(row) for row in rows))

    assert exports.messages(reading.records) == MESSAGES[1:]
    assert reading.accounting.duplicate == 1


def test_lines_that_a_store_took_apart_are_put_together(tmp_path: Path) -> None:
    inner = json.loads(LINES[1].text)
    entry = {"timestamp": LINES[1].time, "message": inner.pop("msg"), "attributes": inner}
    text = json.dumps({"data": [{"id": "A", "type": "log", "attributes": entry}]})

    records = exports.read(tmp_path, text).records

    assert records.select("level", "caller", "message").rows() == [
        ("info", "aws-k8s-agent/main.go:42", MESSAGES[1])
    ]


def _docker(_: int, line: Line) -> dict[str, object]:
    return {"log": line.text + "\n", "stream": line.pipe, "time": line.time}


STRANGE = (None, True, -1, 1e308, 12345678901234567890123, "", "x", [], {}, [[]], {"": None})


def _with_strange_values(entry: dict[str, object]) -> Iterator[dict[str, object]]:
    for name, value in entry.items():
        for strange in STRANGE:
            yield {**entry, name: strange}
        if isinstance(value, dict):
            yield from ({**entry, name: inner} for inner in _with_strange_values(value))


@pytest.mark.parametrize("wrap", [*(shape.values[0] for shape in SHAPES), _docker])
def test_a_value_of_another_kind_loses_no_line(wrap: Wrap, tmp_path: Path) -> None:
    good = [wrap(n, line) for n, line in enumerate(LINES)]
    strange = [one for entry in good[:2] for one in _with_strange_values(entry)]
    text = "".join(f"{json.dumps(entry)}\n" for entry in (*good * 40, *strange))

    reading = exports.read(tmp_path, text)

    assert reading.accounting.holds()
    assert reading.accounting.lines >= len(strange)
    assert set(MESSAGES) <= set(exports.messages(reading.records))
