"""What `aws logs … --output table` and `--output yaml` print reads to the lines it carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from cnilog import ingest

if TYPE_CHECKING:
    from pathlib import Path

LINES = (
    '{"level":"info","ts":"2026-03-04T05:06:01.001Z","msg":"Starting L-IPAMD"}',
    '{"level":"error","ts":"2026-03-04T05:06:03.300Z","msg":"failed | badly"}',
)
TIMES = (1772600761005, 1772600763305)
STREAM = "ip-192-168-7-9.eu-west-1.compute.internal-dataplane.tail.var.log.containers." + (
    f"aws-node-zz9qq_kube-system_aws-node-{'ab' * 32}.log"
)


def _framed(depth: int, columns: list[str], rows: list[tuple[str, ...]]) -> str:
    bars = "|" * depth
    widths = [max(len(cell) for cell in cells) + 4 for cells in zip(columns, *rows, strict=True)]
    inner = "+".join("-" * width for width in widths)
    edge = f"{bars[1:]}+{inner}+{bars[1:]}"
    titles = "|".join(n.center(w) for n, w in zip(columns, widths, strict=True))
    body = [
        bars + "|".join(f"  {c}".ljust(w) for c, w in zip(row, widths, strict=True)) + bars
        for row in rows
    ]
    return "\n".join([edge, f"{bars}{titles}{bars}", edge, *body, edge, ""])


def _table(columns: list[str], rows: list[tuple[str, ...]]) -> str:
    return (
        "-----------------------\n|    FilterLogEvents    |\n+---------------------+\n"
        "||       events       ||\n" + _framed(2, columns, rows)
    )


def _read(tmp_path: Path, text: str) -> ingest.Reading:
    path = tmp_path / "saved.txt"
    path.write_text(text)
    return ingest.read(path)


def test_a_table_of_events_reads_to_its_lines(tmp_path: Path) -> None:
    rows = [
        (str(i), str(t), STREAM, line, str(t))
        for i, (t, line) in enumerate(zip(TIMES, LINES, strict=True))
    ]
    columns = ["eventId", "ingestionTime", "logStreamName", "message", "timestamp"]
    records = _read(tmp_path, _table(columns, rows)).records
    assert records["message"].to_list() == ["Starting L-IPAMD", "failed | badly"]
    assert records["pod"].unique().to_list() == ["aws-node-zz9qq"]


def test_a_row_that_is_cut_short_stays_a_line(tmp_path: Path) -> None:
    rows = [(str(t), line, str(t)) for t, line in zip(TIMES, LINES, strict=True)]
    text = _table(["ingestionTime", "message", "timestamp"], rows)
    reading = _read(tmp_path, text[: text.index("failed") + 6])
    assert reading.records["message"][0] == "Starting L-IPAMD"
    assert "failed" in reading.records["raw"][-1]
    assert reading.accounting.lines == 2


def test_a_table_of_results_reads_to_a_line_for_each(tmp_path: Path) -> None:
    parts = [
        "|||    results    |||\n"
        + _framed(
            3,
            ["field", "value"],
            [("@timestamp", f"2026-03-04 05:06:0{i}.000"), ("@message", line)],
        )
        for i, line in enumerate(LINES)
    ]
    text = "-----------------------\n|    GetQueryResults    |\n" + "".join(parts)
    records = _read(tmp_path, text).records
    assert records["level"].to_list() == ["info", "error"]


def test_yaml_of_events_reads_to_its_lines(tmp_path: Path) -> None:
    events = [
        {"eventId": str(i), "logStreamName": STREAM, "message": line, "timestamp": t}
        for i, (t, line) in enumerate(zip(TIMES, LINES, strict=True))
    ]
    document = {"events": events, "searchedLogStreams": []}
    for text in (yaml.safe_dump(document), yaml.safe_dump([document])):
        records = _read(tmp_path, text).records
        assert records["message"].to_list() == ["Starting L-IPAMD", "failed | badly"]
        assert records["pod"].unique().to_list() == ["aws-node-zz9qq"]


def test_yaml_of_results_reads_to_a_line_for_each(tmp_path: Path) -> None:
    results = [
        [
            {"field": "@timestamp", "value": f"2026-03-04 05:06:0{i}.000"},
            {"field": "@message", "value": line},
        ]
        for i, line in enumerate(LINES)
    ]
    records = _read(tmp_path, yaml.safe_dump({"results": results, "status": "Complete"})).records
    assert records["level"].to_list() == ["info", "error"]
