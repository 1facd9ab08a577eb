"""Read facts from files that are not logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.finding import Document, Fact

DOCUMENTS: Final = ()


def read(documents: Sequence[Document]) -> tuple[Fact, ...]:
    """Return the facts in *documents*."""
    del documents
    return ()
