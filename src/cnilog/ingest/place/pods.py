"""Read on which node each pod runs, from the objects and tables that lie beside the logs.

Lists of pods as JSON or YAML, ``kubectl get pods -o wide``, ``kubectl describe pod``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelopes._carried import pick
from cnilog.ingest.envelopes._documents import values
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Document

Pod = tuple[str | None, str | None]  # namespace, name
KIND: Final = regex(r'"?kind"?:\s*"?Pod(?:List)?"?|"nodeName"')
YAML_POD: Final = regex(r"^ *(?:- )?kind: (?:Pod|List|PodList)$", re.MULTILINE)
LARGEST_YAML: Final = 4 << 20  # characters: the parser is slow, and these lists are small
WIDE: Final = regex(r"^(?:NAMESPACE\s+)?NAME\s+READY\s+STATUS\s+RESTARTS\s+AGE\s+IP\s+NODE\b")
DESCRIBED: Final = regex(r"^(Name|Namespace|Node):\s+(\S+)$", re.MULTILINE)


def nodes_of_pods(documents: Iterable[Document]) -> dict[Pod, str]:
    """Return the node of each pod that *documents* tell of; a pod's name alone is a key too."""
    found: dict[Pod, str] = {}
    for document in documents:
        for (namespace, name), node in _pods(document.text):
            found[namespace, name] = found[None, name] = node
    return found


def _pods(text: str) -> Iterator[tuple[Pod, str]]:
    if text.lstrip().startswith("{") and KIND.search(text):
        yield from _objects(text)
    elif WIDE.search(text):
        yield from _table(text)
    elif len(text) < LARGEST_YAML and "nodeName: " in text and YAML_POD.search(text):
        yield from _yaml(text)
    elif text.startswith("Name:"):
        yield from _described(text)


def _objects(text: str) -> Iterator[tuple[Pod, str]]:
    for value in values([text.encode("utf-8", "replace")]):
        document = value.value
        yield from _of_items(
            document.get("items", [document]) if isinstance(document, dict) else []
        )


def _of_items(items: object) -> Iterator[tuple[Pod, str]]:
    for item in items if isinstance(items, list) else ():
        node = pick(item, "spec.nodeName") if isinstance(item, dict) else None
        if node:
            yield (pick(item, "metadata.namespace"), pick(item, "metadata.name")), node


def _yaml(text: str) -> Iterator[tuple[Pod, str]]:
    import yaml  # late: few sources hold any

    try:
        documents = list(yaml.load_all(text, Loader=yaml.CBaseLoader))
    except (yaml.YAMLError, RecursionError):
        return
    for document in documents:
        items = document.get("items", [document]) if isinstance(document, dict) else []
        yield from _of_items(items)


def _table(text: str) -> Iterator[tuple[Pod, str]]:
    lines = text.splitlines()
    header = next((line for line in lines if WIDE.match(line)), "")
    spaced = header.startswith("NAMESPACE")
    at = header.find("NODE ") if "NODE " in header else header.rfind("NODE")
    for line in lines:
        cells, rest = line.split(), line[at:].split()
        if line != header and len(cells) > 6 and rest:  # name, ready, status, restarts, age, IP
            yield (cells[0] if spaced else None, cells[1 if spaced else 0]), rest[0]


def _described(text: str) -> Iterator[tuple[Pod, str]]:
    known: dict[str, str] = {}
    for field, value in DESCRIBED.findall(text):
        if field == "Name":
            known = {}
        known[field] = value
        if field == "Node" and "Namespace" in known:
            yield (known["Namespace"], known.get("Name")), value.partition("/")[0]
