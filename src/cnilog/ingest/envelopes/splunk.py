"""Peel Splunk's exports: one result a line, or all in one document.

    {"preview":false,"offset":0,"result":{"_time":"…","_raw":"…","host":"…","source":"…"}}
    {"results":[{"_raw":"…", …}]}

Rows of a preview are delivered again later: they count as duplicates. A last row may have no
result. A value may be a list. The CSV has the same columns (`cnilog.ingest.envelopes.tables`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelopes._carried import Carried, named, pick, text_of
from cnilog.ingest.envelopes._json_lines import json_lines
from cnilog.ingest.peeled import AGAIN

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(entry: dict[str, object]) -> Carried | None:
    """Return the line in a search *entry*; null where it is something else."""
    result = entry.get("result")
    if isinstance(result, dict) and "_raw" in result:
        found = fields(result)
        return found._replace(key=AGAIN) if found and entry.get("preview") is True else found
    if "_raw" in entry and "_time" in entry:
        return fields(entry)
    if "result" not in entry and {"lastrow", "preview"} <= entry.keys():
        return Carried("")
    return None


def fields(result: dict[str, object]) -> Carried | None:
    """Return the line in the fields of one result; null where there is none."""
    flat = {name: _first(value) for name, value in result.items()}
    text = flat.get("_raw")
    if not isinstance(text, str):
        return None
    return named(
        Carried(
            text,
            time=pick(flat, "_time", "_indextime"),
            node=pick(flat, "node_name", "k8s.node.name", "host"),
            namespace=pick(flat, "namespace", "k8s.namespace.name", "namespace_name"),
            pod=pick(flat, "pod", "k8s.pod.name", "pod_name"),
            container=pick(flat, "container_name", "k8s.container.name", "container"),
            key=pick(flat, "_cd"),
        ),
        pick(flat, "source"),
    )


def knows(document: dict[str, object]) -> bool:
    """Return whether *document* is a whole search."""
    results = document.get("results")
    return isinstance(results, list) and any(isinstance(r, dict) and "_raw" in r for r in results)


def rows(document: dict[str, object]) -> Iterator[Carried]:
    """Yield the lines of a whole search."""
    results = document.get("results")
    for result in results if isinstance(results, list) else ():
        found = fields(result) if isinstance(result, dict) else None
        if found is not None:
            yield found._replace(key=AGAIN) if document.get("preview") is True else found


def _first(value: object) -> object:
    if isinstance(value, list):
        return next((part for part in value if text_of(part)), None)
    return value


SPLUNK: Final = json_lines("splunk", read, "_raw", "lastrow")
