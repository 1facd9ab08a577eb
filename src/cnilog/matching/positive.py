"""Which signals of a condition speak for it: those that do not stand below a ``not``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog.model import When


def positive_signals(when: When) -> tuple[str, ...]:
    """Return the names of the signals whose records show that *when* holds, without repeats.

    Of ``absent`` that is *after*: the record that stays without an answer.
    """
    return tuple(dict.fromkeys(_walk(when)))


def _walk(when: When) -> Iterator[str]:
    for one in (when.seen, when.repeats, when.stalls, when.spread, when.surge):
        if one is not None:
            yield one.signal
    if when.sequence is not None:
        yield from when.sequence.signals
    if when.absent is not None:
        yield when.absent.after
    for inner in (*(when.all or ()), *(when.any or ())):
        yield from _walk(inner)
