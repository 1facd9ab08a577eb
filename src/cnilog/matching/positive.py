"""Which signals of a condition speak for it: those of the parts that hold, not below a ``not``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.matching.timing import holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog.when import When
    from cnilog.matching.scope import Scope


def positive_signals(when: When, scope: Scope) -> tuple[str, ...]:
    """Return the names of the signals whose records show that *when* holds, without repeats.

    Of ``any`` only the parts that hold speak; of ``absent``, *after*: the record that stays
    without an answer.
    """
    return tuple(dict.fromkeys(_walk(when, scope)))


def _walk(when: When, scope: Scope) -> Iterator[str]:
    name, given = when.key
    if name in {"all", "any"}:
        for inner in given:
            if name == "all" or holds(inner, scope):
                yield from _walk(inner, scope)
    elif name == "sequence":
        yield from given.signals
    elif name == "absent":
        yield given.after
    elif name != "not_":
        yield given.signal
