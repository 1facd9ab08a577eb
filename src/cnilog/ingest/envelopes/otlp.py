r"""Peel what OpenTelemetry's collector writes as OTLP in JSON.

    {"resourceLogs":[{"resource":{"attributes":[{"key":"k8s.pod.name","value":{"stringValue":"…"}}]},
     "scopeLogs":[{"logRecords":[{"timeUnixNano":"…","body":{"stringValue":"LINE"}}]}]}]}

Source: opentelemetry-proto `logs.proto`, semantic conventions of Kubernetes resources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.ingest.envelopes._carried import Carried, named, pick, pipe_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    Object = dict[str, object]


def knows(document: Object) -> bool:
    """Return whether *document* holds log records of OpenTelemetry."""
    return any("scopeLogs" in resource for resource in _objects(document, "resourceLogs"))


def rows(document: Object) -> Iterator[Carried]:
    """Yield the lines of *document*, in its order."""
    for resource in _objects(document, "resourceLogs"):
        held = resource.get("resource")
        about = _attributes(held) if isinstance(held, dict) else {}
        for scope in _objects(resource, "scopeLogs"):
            for record in _objects(scope, "logRecords"):
                yield from _line(record, {**about, **_attributes(record)})


def _line(record: Object, about: Object) -> Iterator[Carried]:
    text = _text(record.get("body"))
    if text is None:
        return
    carried = Carried(
        text.rstrip("\n"),
        time=pick(record, "timeUnixNano", "observedTimeUnixNano"),
        node=pick(about, "k8s.node.name", "host.name"),
        namespace=pick(about, "k8s.namespace.name"),
        pod=pick(about, "k8s.pod.name"),
        container=pick(about, "k8s.container.name"),
        pipe=pipe_of(about.get("log.iostream")),
    )
    yield named(carried, pick(about, "log.file.path"))


def _attributes(held: Object) -> Object:
    return {str(a.get("key")): _text(a.get("value")) for a in _objects(held, "attributes")}


def _text(value: object) -> str | None:
    text = value.get("stringValue") if isinstance(value, dict) else None
    return text if isinstance(text, str) else None


def _objects(held: Object, name: str) -> list[Object]:
    found = held.get(name)
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
