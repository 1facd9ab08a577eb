"""What a reader of documents is: a name, and a function from text to facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cnilog.finding import Document, Fact


class Reader(NamedTuple):
    """A kind of document.

    ``read`` gives the facts of a document, or null where it is of another kind. An empty result
    means: of this kind, and it says nothing that matters.
    """

    kind: str
    read: Callable[[Document], Iterable[Fact] | None]
