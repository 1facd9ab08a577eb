"""Peel Elasticsearch's exports: search hits, elasticdump, and the fields of a Kibana CSV.

    {"_index":"…","_id":"…","_source":{"@timestamp":"…","message":"…","kubernetes":{"pod":{…}}}}
    {"hits":{"hits":[{"_source":{…}}, …]}}

Filebeat writes ``message`` and ``kubernetes.pod.name``, Fluent Bit ``log`` and
``kubernetes.pod_name``; JSON lines may have been taken apart into fields (``json.msg``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelopes._carried import Carried, dig, level_of, named, pick, pipe_of
from cnilog.ingest.envelopes._json_lines import compact, json_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

ZAP: Final = ("level", "ts", "logger", "caller", "msg", "error")


def read(entry: dict[str, object]) -> Carried | None:
    """Return the line in a hit; null where *entry* is something else."""
    if "@timestamp" in entry and ("message" in entry or "log" in entry):
        return fields(entry) if "@message" not in entry else None
    source = entry.get("_source", entry.get("fields") if "_index" in entry else None)
    if not isinstance(source, dict):
        return None
    found = fields({k: v[0] if isinstance(v, list) and v else v for k, v in source.items()})
    identity = pick(entry, "_id")
    return found._replace(key=identity and f"{entry.get('_index')}/{identity}") if found else None


def fields(source: dict[str, object]) -> Carried | None:
    """Return the line in the fields of one stored entry; null where there is none."""
    text = _text(source)
    if text is None:
        return None
    return named(
        Carried(
            text.removesuffix("\n"),
            time=pick(source, "@timestamp", "time", "timestamp"),
            node=pick(
                source, "kubernetes.node.name", "kubernetes.host", "kubernetes.node_name",
                "host.name", "host.hostname", "hostname", "host", "cloud.instance.id",
            ),
            namespace=pick(
                source, "kubernetes.namespace_name", "kubernetes.namespace",
                "kubernetes.namespace.name",
            ),
            pod=pick(source, "kubernetes.pod_name", "kubernetes.pod.name"),
            container=pick(source, "kubernetes.container_name", "kubernetes.container.name"),
            pipe=pipe_of(source.get("stream")),
            level=level_of(dig(source, "log.level")),
        ),
        pick(source, "log.file.path"),
    )  # fmt: skip


def knows(document: dict[str, object]) -> bool:
    """Return whether *document* is a search's answer."""
    return any(True for _ in _hits(document))


def rows(document: dict[str, object]) -> Iterator[Carried]:
    """Yield the lines of a search's answer."""
    for hit in _hits(document):
        if (carried := read(hit)) is not None:
            yield carried


def _hits(document: dict[str, object]) -> Iterator[dict[str, object]]:
    for answer in (document, document.get("rawResponse"), *_list(document.get("responses"))):
        for hit in _list(dig(answer, "hits.hits")):
            if isinstance(hit, dict):
                yield hit


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(source: dict[str, object]) -> str | None:
    for name in ("log", "message", "event.original", "body", "_raw"):
        if isinstance(text := dig(source, name), str):
            return text
    for inner in (source.get("json"), source.get("log_processed"), source):
        if isinstance(inner, dict) and isinstance(inner.get("msg"), str):
            return compact({name: inner[name] for name in ZAP if name in inner})
    return None


ELASTIC: Final = json_lines("elasticsearch", read, "_source", "_index", "@timestamp")
