"""Peel Kubernetes events out of YAML: lists, single events, streams of documents.

Every scalar is read as text, so that times stay as they were written. YAML that was cut short is
read up to its last whole item. Source: ``kubectl get events -o yaml``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes import events
from cnilog.ingest.envelopes._carried import Carried, frame_of, oldest_first
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl
    import yaml

OBJECT: Final = regex(r"^(?:- |[ \t]*)(?:apiVersion|kind): ", re.MULTILINE)  # no \s: quadratic
EVENT: Final = regex(r"^[ \t]*(?:- )?(?:involvedObject|regarding):[ \t\r]*$", re.MULTILINE)
ITEM: Final = regex(r"^(?:- |---)", re.MULTILINE)
ATTEMPTS: Final = 4  # to read what is left after a line that is no YAML
NULLS: Final = frozenset({"null", "~", "", "Null", "NULL"})


def _fits(head: str, _: str) -> bool:
    if head.lstrip("\ufeff \n").startswith(("{", "[")):
        return False
    return bool(EVENT.search(head) and OBJECT.search(head))


def peel(data: bytes) -> pl.DataFrame | None:
    """Return the events in *data*, oldest first; null where it is no YAML."""
    found = list(rows(data.decode("utf-8", "replace")))
    if not found:
        return None
    return oldest_first(frame_of(found))


def rows(text: str) -> Iterator[Carried]:
    """Yield the events in *text*, none where it is no YAML."""
    for document in documents(text):
        if isinstance(document, dict):
            yield from events.rows(document)


def documents(text: str) -> list[object]:
    """Return the documents of *text* with scalars as text, up to where it is no YAML."""
    import yaml

    for _ in range(ATTEMPTS):
        try:
            loaded = list(yaml.load_all(text, Loader=yaml.CBaseLoader))
            return [_cleared(one, {}) for one in loaded]
        except yaml.MarkedYAMLError as error:
            text = _before(text, error)
        except (yaml.YAMLError, RecursionError):
            return []
    return []


def _before(text: str, error: yaml.MarkedYAMLError) -> str:
    """Return *text* up to the line where *error* was found, or without its last item."""
    lines = text.splitlines(keepends=True)
    at = error.problem_mark.line if error.problem_mark else len(lines)
    if 0 < at < len(lines):
        return "".join(lines[:at])
    last = list(ITEM.finditer(text))
    return text[: last[-1].start()] if len(last) > 1 else ""


def _cleared(value: object, seen: dict[int, object]) -> object:
    """Return *value* with the words for nothing made null.

    What aliases share stays shared (*seen*): a few lines of them could spell out gigabytes.
    """
    if id(value) in seen:
        return seen[id(value)]
    if isinstance(value, dict):
        found: dict[object, object] = {}
        seen[id(value)] = found
        found.update((name, _cleared(part, seen)) for name, part in value.items())
        return found
    if isinstance(value, list):
        parts: list[object] = []
        seen[id(value)] = parts
        parts.extend(_cleared(part, seen) for part in value)
        return parts
    return None if value in NULLS else value


EVENT_YAML: Final = DocumentEnvelope("kubernetes-events-yaml", _fits, peel, document=True)
