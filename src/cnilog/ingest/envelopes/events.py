"""Peel Kubernetes events out of the objects that hold them.

Two shapes: core/v1 (``firstTimestamp``, ``lastTimestamp``, ``source``) and events.k8s.io
(``eventTime``, ``series``, ``reportingController``, ``note``). The time is when the event was
last seen, the node the host that reported it, the text the message as it stands: JSON inside a
message is the words of another program and is not read as a record of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.ingest.envelopes._carried import Carried, level_of, pick
from cnilog.ingest.envelopes.event_rows import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

REGARDING = ("involvedObject", "regarding")


def event(item: dict[str, object]) -> Carried | None:
    """Return the line that an Event object stands for; null where *item* is no event."""
    about = next((item[name] for name in REGARDING if isinstance(item.get(name), dict)), None)
    message = pick(item, "message", "note")
    if not isinstance(about, dict) or (message is None and "reason" not in item):
        return None
    kind, name = pick(about, "kind"), pick(about, "name")
    host = pick(item, "source.host", "deprecatedSource.host", "reportingInstance")
    return Carried(
        spoken(pick(item, "reason"), _one_line(message or pick(item, "reason") or "")),
        time=pick(
            item, "series.lastObservedTime", "lastTimestamp", "deprecatedLastTimestamp",
            "eventTime", "firstTimestamp", "metadata.creationTimestamp",
        ),
        node=name if kind == "Node" else _host(host, name),
        namespace=pick(about, "namespace") or pick(item, "metadata.namespace"),
        pod=name if kind == "Pod" else None,
        writer=f"event/{kind}/{name}".lower(),
        component="events",
        level=level_of(item.get("type")) or "info",
        key=_key(item),
    )  # fmt: skip


def _one_line(text: str) -> str:
    return " ".join(text.split("\n")).strip()


def knows(document: dict[str, object]) -> bool:
    """Return whether *document* is an event or a list with events in it."""
    return any(event(item) is not None for item in _items(document))


def rows(document: dict[str, object]) -> Iterator[Carried]:
    """Yield the events of a list, of any depth of lists."""
    for item in _items(document):
        if (carried := event(item)) is not None:
            yield carried


def _items(document: dict[str, object], depth: int = 3) -> Iterator[dict[str, object]]:
    watched = document.get("object")
    if isinstance(watched, dict) and "type" in document:
        document = watched  # kubectl get events --watch, --output-watch-events
    items = document.get("items")
    if not isinstance(items, list):
        yield document
        return
    for item in items:
        if isinstance(item, dict) and depth:
            yield from _items(item, depth - 1)


def _host(host: str | None, pod: str | None) -> str | None:
    """Return *host* where it is a node: controllers report under the name of their own pod."""
    looks = host is not None and ("." in host or host.startswith(("ip-", "i-", "fargate")))
    return host if looks and host != pod else None


def _key(item: dict[str, object]) -> str | None:
    """Return what tells one state of one event from another."""
    name = pick(item, "metadata.uid", "metadata.name")
    seen = pick(item, "series.lastObservedTime", "lastTimestamp", "eventTime")
    space = pick(item, "metadata.namespace")
    return f"{space}/{name}/{seen}/{pick(item, 'count', 'series.count')}" if name else None
