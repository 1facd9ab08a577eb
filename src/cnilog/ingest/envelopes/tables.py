r"""Peel lines out of tables: CSV, tab separated values, Markdown.

    timestamp,message                              CloudWatch console, log stream
    @timestamp,@logStream,@message                 CloudWatch Logs Insights, Kibana
    "_raw","_time","host","source"                 Splunk
    "Date","Host","Service","Content"              Datadog
    #TYPE … / "Message","TimeCreated", …           PowerShell's Export-Csv of Windows events

What a table is follows from the names of its columns, in any order, with any others between.
A cell may hold line ends. Times that a spreadsheet rewrote are null where they cannot be told.
"""

from __future__ import annotations

import csv
import re
import sys
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes import datadog, elastic, insights, splunk
from cnilog.ingest.envelopes._carried import (
    Carried,
    batches,
    frame_of,
    level_of,
    named,
    oldest_chunks_first,
    oldest_first,
    pick,
)
from cnilog.ingest.peeled import PEELED
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

csv.field_size_limit(sys.maxsize)  # a cell is a log line, and those run to megabytes

Cells = dict[str, object]
NOTICES: Final = 8  # lines among which the header is looked for
LONGEST: Final = 4_000  # characters of a header
TYPE: Final = regex(r"#TYPE |sep=|\s*$")  # what PowerShell and Excel put before the header
DELIMITERS: Final = ",\t;|"


def _console(cells: Cells) -> Carried | None:
    message = cells.get("message")
    if not isinstance(message, str):
        return None
    stream = pick(cells, "logstreamname", "logstream", "stream", "log stream")
    return named(Carried(message.rstrip("\n"), time=pick(cells, "timestamp")), stream)


def _datadog(cells: Cells) -> Carried | None:
    renamed = {"content": "message", "date": "timestamp", "status": "status", "host": "host"}
    entry = {renamed.get(name, name): value for name, value in cells.items()}
    container = pick(cells, "container", "container name", "kube_container_name", "service")
    found = datadog.fields(entry)
    if found is None:
        return None
    pod = pick(cells, "pod name", "pod_name", "pod")
    return found._replace(container=found.container or container, pod=found.pod or pod)


def _grafana(cells: Cells) -> Carried | None:
    line = pick(cells, "line", "body")
    return Carried(line, time=pick(cells, "tsns", "ts", "time")) if line else None


def _windows(cells: Cells) -> Carried | None:
    message = pick(cells, "message")
    if message is None:
        return None
    return Carried(
        message.rstrip("\n"),
        time=pick(cells, "timecreated", "timegenerated"),
        node=pick(cells, "machinename"),
        writer=pick(cells, "providername", "logname"),
        level=level_of(pick(cells, "leveldisplayname")),
    )


KINDS: Final[tuple[tuple[str, frozenset[str], Callable[[Cells], Carried | None]], ...]] = (
    ("splunk", frozenset({"_raw"}), splunk.fields),
    ("insights", frozenset({"@timestamp", "@message"}), insights.fields),
    ("insights", frozenset({"@message"}), insights.fields),
    ("kibana", frozenset({"@timestamp", "message"}), elastic.fields),
    ("kibana", frozenset({"@timestamp", "log"}), elastic.fields),
    ("insights", frozenset({"@timestamp", "@logstream"}), insights.fields),
    ("insights", frozenset({"@timestamp", "msg"}), insights.fields),
    ("insights", frozenset({"@timestamp", "log_processed.msg"}), insights.fields),
    ("datadog", frozenset({"date", "content"}), _datadog),
    ("datadog", frozenset({"date", "host", "message"}), _datadog),
    ("datadog", frozenset({"date", "service", "message"}), _datadog),
    ("windows", frozenset({"message", "providername"}), _windows),
    ("windows", frozenset({"message", "timecreated"}), _windows),
    ("grafana", frozenset({"time", "line"}), _grafana),
    ("grafana", frozenset({"labels", "line"}), _grafana),
    ("console", frozenset({"timestamp", "message"}), _console),
)


def reader_of(columns: list[str]) -> Callable[[Cells], Carried | None] | None:
    """Return what reads the rows of a table with such *columns*; null where nothing does."""
    names = {column.strip().lower() for column in columns}
    return next((read for _, keys, read in KINDS if keys <= names), None)


def rows(table: Iterable[list[str]]) -> Iterator[Carried]:
    """Yield the lines in a *table* whose first row names the columns."""
    read: Callable[[Cells], Carried | None] | None = None
    names: list[str] = []
    for cells in table:
        if read is None:
            names = [_name(cell) for cell in cells]
            read = reader_of(names)
        elif any(cells):
            row: Cells = {n: c for n, c in zip(names, cells, strict=False) if c != ""}
            if (found := read(row)) is not None:
                yield found
            elif text := " ".join(cell for cell in cells if cell):
                yield _unread(row, names, text)


def _name(cell: str) -> str:
    return cell.strip().lstrip("\ufeff").lower()


def _unread(row: Cells, names: list[str], text: str) -> Carried:
    """Return a row that carries no line: an empty one where its cell is empty, else its text."""
    message = next(
        (n for n in names if n in {"message", "@message", "_raw", "content", "line"}), ""
    )
    return Carried("" if message not in row else text, time=pick(row, "@timestamp", "timestamp"))


def _header(head: str) -> tuple[str, int] | None:
    """Return the delimiter of the table that *head* begins, and how many lines come before."""
    for skipped, line in enumerate(head.lstrip("\ufeff").split("\n", NOTICES)[:NOTICES]):
        if "{" in line or len(line) > LONGEST:
            return None
        for delimiter in DELIMITERS:
            cells = next(csv.reader([line], delimiter=delimiter), [])
            if len(cells) > 1 and reader_of(cells):
                return delimiter, skipped
    return None


def _fits(head: str, _: str) -> bool:
    found = _header(head)
    return found is not None and found[0] != "|"


def peel(data: bytes) -> pl.DataFrame:
    """Return the lines in a table, oldest first."""
    frames = list(_frames([data]))
    return oldest_first(pl.concat(frames)) if frames else pl.DataFrame(schema=PEELED)


def chunks(blocks: Iterable[bytes]) -> Iterator[pl.DataFrame]:
    """Yield the lines in a table, a bounded number at a time where the oldest comes first."""
    yield from oldest_chunks_first(_frames(blocks))


def _frames(blocks: Iterable[bytes]) -> Iterator[pl.DataFrame]:
    text = _lines(blocks)
    head = list(islice(text, NOTICES))
    delimiter, skipped = _header("".join(head)) or (",", 0)
    table = csv.reader(chain(head[skipped:], text), delimiter=delimiter)
    before = (Carried(line.strip()) for line in head[:skipped] if not TYPE.match(line))
    start = 1
    for batch in batches(chain(before, rows(table))):
        frame = frame_of(batch, start=start)
        start += frame.height
        yield frame


def _lines(blocks: Iterable[bytes]) -> Iterator[str]:
    tail = b""
    for block in blocks:
        *lines, tail = (tail + block).split(b"\n")
        for line in lines:
            yield line.decode("utf-8", "replace").removeprefix("\ufeff") + "\n"
    if tail:
        yield tail.decode("utf-8", "replace").removeprefix("\ufeff")


def _fits_markdown(head: str, _: str) -> bool:
    return any(_columns(line) for line in head.split("\n", 60)[:60])


def _columns(line: str) -> list[str] | None:
    """Return the columns that *line* names, where it is the header of a Markdown table of logs."""
    if not line.startswith("|") or "@" not in line:
        return None
    names = [_name(cell.replace("\\", "")) for cell in line.strip().strip("|").split("|")]
    return names if reader_of(names) is insights.fields else None


def peel_markdown(data: bytes) -> pl.DataFrame:
    """Return the lines in a Markdown table of Insights results, and those around it."""
    return oldest_first(frame_of(list(_of_markdown(data.decode("utf-8", "replace").split("\n")))))


def _of_markdown(lines: list[str]) -> Iterator[Carried]:
    names: list[str] = []
    for line in lines:
        if found := _columns(line):
            names = found
        elif names and line.startswith("|"):
            cells = line.strip().removeprefix("|").removesuffix("|").split("|", len(names) - 1)
            row: Cells = {n: c.strip() for n, c in zip(names, cells, strict=False)}
            if not re.fullmatch(r"[\s|:-]+", line) and (carried := insights.fields(row)):
                yield carried
        elif line.strip():
            yield Carried(line)


CSV: Final = DocumentEnvelope("csv", _fits, peel, chunks=chunks)
MARKDOWN_TABLE: Final = DocumentEnvelope("markdown-table", _fits_markdown, peel_markdown)
