"""Peel the results of CloudWatch Logs Insights: the API's, and the console's JSON.

    {"results":[[{"field":"@timestamp","value":"…"},{"field":"@message","value":"…"}], …]}
    [{"@timestamp":"2026-01-05 09:15:09.000","@message":{…} or "…"}, …]

Times are UTC without a zone; the newest line comes first. Columns follow the query: without
``@message`` the line is put together from the fields that are there.
The CSV and the spreadsheet are `cnilog.ingest.envelopes.tables`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelopes._carried import Carried, named, pick, pipe_of
from cnilog.ingest.envelopes._json_lines import compact, json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ZAP: Final = ("level", "ts", "logger", "caller", "msg", "error")


def fields(row: Mapping[str, object]) -> Carried | None:
    """Return the line in one result; null where *row* has none."""
    text = _text(row)
    if text is None:
        return None
    carried = Carried(
        text.rstrip("\n"),
        time=pick(row, "@timestamp", "timestamp", "time"),
        node=pick(row, "kubernetes.host", "hostname", "ec2_instance_id"),
        namespace=pick(row, "kubernetes.namespace_name"),
        pod=pick(row, "kubernetes.pod_name"),
        container=pick(row, "kubernetes.container_name"),
        pipe=pipe_of(row.get("stream")),
        key=pick(row, "@ptr"),
    )
    return named(carried, pick(row, "@logStream", "logStream", "@logstream"))


def read(row: dict[str, object]) -> Carried | None:
    """Return the line in one *row* of the console's JSON; null where it is something else."""
    return fields(row) if any(name.startswith("@") for name in row) else None


def knows(document: dict[str, object]) -> bool:
    """Return whether *document* is the answer of ``get-query-results``."""
    results = document.get("results")
    if not isinstance(results, list):
        return False
    cells = [row[0] for row in results if isinstance(row, list) and row]
    if not cells:
        return "statistics" in document and "status" in document
    return all(isinstance(cell, dict) and "field" in cell for cell in cells)


def rows(document: dict[str, object]) -> Iterator[Carried]:
    """Yield the lines of an answer."""
    results = document.get("results")
    for row in results if isinstance(results, list) else ():
        cells = [cell for cell in row if isinstance(cell, dict)] if isinstance(row, list) else []
        found = fields({str(cell.get("field")): cell.get("value") for cell in cells})
        if found is not None:
            yield found


def _text(row: Mapping[str, object]) -> str | None:
    for name in ("@message", "message", "log", "@log_message"):
        value = row.get(name)
        if isinstance(value, str):
            return value
        if isinstance(value, dict):
            return compact(value)
    for prefix in ("", "log_processed."):
        found = {name: row[prefix + name] for name in ZAP if prefix + name in row}
        if "msg" in found:
            return compact(found)
    plain = [str(value) for name, value in row.items() if not name.startswith("@") and value]
    return " ".join(plain) or None


INSIGHTS: Final = json_lines("cloudwatch-insights", read, "@timestamp", "@message", "@ptr")
