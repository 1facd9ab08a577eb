"""Where a node is, as a bundle's one-line files say: ``system/region.txt`` and its neighbours.

The EKS log collector writes the answers of the instance metadata service into files of their own
(facts: inputs, bundles); what such a line means only the file's name tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.documents.reader import Reader
from cnilog.finding import Fact
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilog.finding import Document

REGION: Final = regex(r"[a-z]{2,4}(?:-[a-z]+)+-\d")
ZONE: Final = regex(REGION.pattern + r"(?:-[a-z]+-\d)?[a-z]")  # also local zones
TYPE: Final = regex(r"[a-z][a-z0-9-]*\.(?:nano|micro|small|medium|metal|\d*x?large)[a-z0-9-]*")
NAMED: Final = (  # the name of the file, what its one line looks like, the fact
    (regex(r"(?:^|[/!])region(?:\.txt)?$"), REGION, "node.region"),
    (regex(r"(?:^|[/!])availability-zone(?:\.txt)?$"), ZONE, "node.zone"),
    (regex(r"(?:^|[/!])instance-type(?:\.txt)?$"), TYPE, "node.instance_type"),
)


def _read(document: Document) -> Iterable[Fact] | None:
    text = document.text.strip()
    for name, shape, fact in NAMED:
        if name.search(document.file) and shape.fullmatch(text):
            return [Fact(fact, text, document.file, 1, document.node, text)]
    return None


def regions(facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield the region of every node whose zone is known and whose region is not."""
    known = {fact.node for fact in facts if fact.name == "node.region"}
    for fact in facts:
        region = REGION.match(str(fact.value)) if fact.name == "node.zone" else None
        if region and fact.node not in known:
            known.add(fact.node)
            yield Fact("node.region", region[0], fact.file, fact.line, fact.node, fact.text)


WHEREABOUTS: Final = Reader("instance metadata", _read)
