"""The words that the CNI, its logs' formats and the catalog use: never somebody's name.

A name that is one of them stays, since with it the meaning of lines would change.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from cnilog.catalog import load_catalog
from cnilog.catalog.messages import VERB, dictionary
from cnilog.ingest.place.bundles import ABOVE, FOLDERS, LOGDOG
from cnilog.schema import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD: Final = re.compile(r"[A-Za-z0-9]+(?:[-._][A-Za-z0-9]+)*")
_PART: Final = re.compile(r"[A-Za-z0-9]+")


@cache
def words() -> frozenset[str]:
    """Return the words, and their parts, in the writing they have and in small letters."""
    found = {*FOLDERS, *ABOVE, *LOGDOG, *COMPONENTS}
    for text in _texts():
        found.update(_WORD.findall(text))
        found.update(_PART.findall(text))
    return frozenset(found | {word.lower() for word in found})


def _texts() -> Iterator[str]:
    for template in dictionary().templates:
        yield VERB.sub(" ", template.text)
    for pattern in load_catalog().patterns:
        yield pattern.id
        for signal in pattern.signals.values():
            yield from (*signal.contains, *signal.also, *signal.without, *signal.container)
            yield re.sub(r"\\[a-zA-Z]|\(\?P?<\w+>", " ", signal.regex or "")
