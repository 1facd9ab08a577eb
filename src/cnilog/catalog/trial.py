"""Try a signal on one text, without frames: what lint, coverage and authors need.

The meaning of the keys is that of `cnilog.matching.predicate`; a property test holds both together.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog.model import Catalog, Pattern, Signal

SECONDS: Final = 0.2  # for one regex on one text


def takes(
    signal: Signal, message: str, *, component: str | None = None, level: str | None = None
) -> dict[str, str] | None:
    """Return the values captured where *signal* takes *message*; null where it does not.

    A component or level that is not given is not asked for.
    """
    if component is not None and signal.component and component not in signal.component:
        return None
    if level is not None and signal.level and level not in signal.level:
        return None
    if not any(text in message for text in signal.contains):
        return None
    if not all(text in message for text in signal.also):
        return None
    if any(text in message for text in signal.without):
        return None
    return _captured(signal, message)


def _captured(signal: Signal, message: str) -> dict[str, str] | None:
    if signal.regex is None:
        return {}
    try:
        found = compiled(signal.regex).search(message, timeout=SECONDS)
    except TimeoutError:
        return None
    if not found or not signal.agrees(found.groupdict()):
        return None
    return {name: value for name, value in found.groupdict().items() if value is not None}


def takers(
    catalog: Catalog, message: str, *, component: str | None = None, level: str | None = None
) -> Iterator[tuple[Pattern, str]]:
    """Yield each pattern and signal of *catalog* that takes *message*."""
    for pattern in catalog.patterns:
        for name, signal in pattern.signals.items():
            if name == pattern.recovers:
                continue
            if takes(signal, message, component=component, level=level) is not None:
                yield pattern, name


@cache
def compiled(pattern: str) -> Any:  # the package has no public type for it
    """Return the compiled regex."""
    import regex

    return regex.compile(pattern)
