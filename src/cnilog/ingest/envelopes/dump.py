"""Peel the logs and events out of ``kubectl cluster-info dump``.

    ==== START logs for container aws-node of pod kube-system/aws-node-x7k2p ====
    LINE
    ==== END logs for container aws-node of pod kube-system/aws-node-x7k2p ====

On standard output, JSON or YAML documents (nodes, events, pods …) come before the logs; the pods
tell on which node each container ran. Where a log has no last line end, the END banner stands in
its last line. Source: kubectl `clusterinfo/clusterinfo_dump.go`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes import event_yaml, events
from cnilog.ingest.envelopes._carried import Carried, frame_of, pick
from cnilog.ingest.envelopes._documents import values
from cnilog.ingest.peeled import PEELED
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

START: Final = regex(r"==== START logs for container (\S+) of pod (?:(\S+?)/)?(\S+) ====\n?")
END: Final = regex(r"\n?==== END logs for container \S+ of pod \S+ ====\n?")
OBJECTS: Final = regex(r"\s*(?:\{|apiVersion: |kind: |items:|---)")
LISTS: Final = regex(r'\s*\{\s*"kind":\s*"NodeList"|\s*(?:apiVersion: \S+\n)?kind: NodeList')


def _fits(head: str, _: str) -> bool:
    return bool(LISTS.match(head) or (START.search(head) and OBJECTS.match(head)))


def _fits_logs(head: str, _: str) -> bool:
    return bool(START.search(head))


def peel(data: bytes) -> pl.DataFrame | None:
    """Return the events and log lines of a dump; null where it has neither."""
    text = data.decode("utf-8", "replace")
    first = START.search(text)
    objects = text[: first.start()] if first else text
    found = list(_documents(objects))
    rows = [row for document in found for row in events.rows(document)]
    nodes = dict(place for document in found for place in _places(document))
    if "involvedObject:" in objects:
        rows.extend(event_yaml.rows(objects))
    if first:
        rows.extend(_logs(text, first.start(), nodes))
    elif not rows:
        return None
    return frame_of(rows) if rows else pl.DataFrame(schema=PEELED)


def _documents(text: str) -> Iterator[dict[str, object]]:
    if not text.lstrip().startswith("{"):
        return
    for value in values([text.encode("utf-8", "replace")]):
        if isinstance(value.value, dict):
            yield value.value


def _places(document: dict[str, object]) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield pod and node of each pod in *document*."""
    items = document.get("items")
    for item in items if isinstance(items, list) else ():
        node = pick(item, "spec.nodeName") if isinstance(item, dict) else None
        if node:
            name = (pick(item, "metadata.namespace") or "", pick(item, "metadata.name") or "")
            yield name, node


def _logs(text: str, at: int, nodes: dict[tuple[str, str], str]) -> Iterator[Carried]:
    while start := START.search(text, at):
        yield from (Carried(line) for line in text[at : start.start()].split("\n") if line.strip())
        end = END.search(text, start.end()) or re.compile(r"$").search(text, len(text))
        following = START.search(text, start.end())
        stop = min(end.start() if end else len(text), following.start() if following else len(text))
        container, namespace, pod = start.groups()
        about = Carried(
            None, node=nodes.get((namespace or "", pod)), namespace=namespace, pod=pod,
            container=container,
        )  # fmt: skip
        body = text[start.end() : stop]
        yield from (about._replace(text=line) for line in body.removesuffix("\n").split("\n"))
        at = end.end() if end and end.start() == stop else stop
    yield from (Carried(line) for line in text[at:].split("\n") if line.strip())


DUMP: Final = (
    DocumentEnvelope("cluster-info-dump", _fits, peel, document=True),
    DocumentEnvelope("cluster-info-dump logs", _fits_logs, peel),
)
