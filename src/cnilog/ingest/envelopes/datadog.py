"""Peel Datadog's exports: the search API, archives, and the columns of its CSV.

    {"data":[{"id":"…","type":"log","attributes":{"timestamp":"…","message":"…","tags":[…]}}]}
    {"_id":"…","date":"…","service":"aws-node","host":"i-…","message":"…","attributes":{…}}

JSON lines may have been taken apart: ``message`` is then their msg and ``attributes`` the rest;
they are put together again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelopes._carried import Carried, level_of, named, pick
from cnilog.ingest.envelopes._json_lines import compact, json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

ZAP: Final = ("level", "ts", "logger", "caller")


def read(entry: dict[str, object]) -> Carried | None:
    """Return the line in a log *entry* of a search or an archive; null for something else."""
    outer = entry.get("attributes", entry.get("content"))
    if entry.get("type") == "log" or isinstance(entry.get("content"), dict):
        found = fields(outer) if isinstance(outer, dict) else None
    elif {"date", "message"} <= entry.keys() and {"service", "host", "_id"} & entry.keys():
        found = fields(entry)
    else:
        return None
    identity = pick(entry, "id", "_id")
    return found._replace(key=identity) if found else None


def fields(entry: dict[str, object]) -> Carried | None:
    """Return the line in the fields of one entry; null where there is none."""
    inner = entry.get("attributes")
    inside: dict[str, object] = inner if isinstance(inner, dict) else {}
    message = entry.get("message", inside.get("msg", inside.get("message")))
    if not isinstance(message, str):
        return None
    tags = _tags(entry.get("tags"))
    text = message
    if "level" in inside and ("ts" in inside or "caller" in inside):
        parts: dict[str, object] = {name: inside[name] for name in ZAP if name in inside}
        text = compact({**parts, "msg": inside.get("msg", message)})
    return named(
        Carried(
            text,
            time=pick(entry, "timestamp", "date"),
            node=tags.get("kube_node") or tags.get("node") or pick(entry, "host"),
            namespace=tags.get("kube_namespace") or tags.get("namespace"),
            pod=tags.get("pod_name") or tags.get("pod"),
            container=tags.get("kube_container_name") or tags.get("container_name"),
            level=level_of(entry.get("status")) if entry.get("status") != "info" else None,
        ),
        tags.get("filename"),
    )


def knows(document: dict[str, object]) -> bool:
    """Return whether *document* is a search's answer."""
    return any(read(entry) is not None for entry in _entries(document))


def rows(document: dict[str, object]) -> Iterator[Carried]:
    """Yield the lines of a search's answer."""
    for entry in _entries(document):
        if (carried := read(entry)) is not None:
            yield carried


def _entries(document: dict[str, object]) -> Iterator[dict[str, object]]:
    for name in ("data", "logs"):
        held = document.get(name)
        for entry in held if isinstance(held, list) else ():
            if isinstance(entry, dict):
                yield entry


def _tags(value: object) -> dict[str, str]:
    if isinstance(value, dict):
        return {str(name): str(content) for name, content in value.items()}
    pairs = value.split(",") if isinstance(value, str) else value
    found = {}
    for pair in pairs if isinstance(pairs, list) else ():
        name, _, content = str(pair).partition(":")
        found[name.strip()] = content.strip()
    return found


DATADOG: Final = json_lines("datadog", read, "attributes", "content", "date")
