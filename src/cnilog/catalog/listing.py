"""List patterns by kind, family and component, and find one by its id."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING

from cnilog.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.catalog.model import Catalog, Pattern


def chosen(
    catalog: Catalog,
    *,
    kind: str | None = None,
    family: str | None = None,
    component: str | None = None,
) -> tuple[Pattern, ...]:
    """Return the patterns of that kind, family and component, by family and id.

    A pattern that asks for no component looks at every one's lines.

    Raises:
        UnknownNameError: No pattern has that family, or looks at that component.
    """
    families = {one.family for one in catalog.patterns}
    components = {name for one in catalog.patterns for name in _components(one)}
    if family is not None and family not in families:
        raise UnknownNameError("family", family, families)
    if component is not None and component not in components:
        raise UnknownNameError("component", component, components)
    found = [
        one
        for one in catalog.patterns
        if kind in (None, one.kind)
        and family in (None, one.family)
        and (component is None or component in (_components(one) or {component}))
    ]
    return tuple(sorted(found, key=lambda one: (one.family, one.id)))


def named(catalog: Catalog, name: str) -> tuple[Pattern, ...]:
    """Return the pattern called *name*, or all that show the cause of that name.

    Raises:
        UnknownNameError: There is none; those with a similar name are said.
    """
    found = tuple(one for one in catalog.patterns if name in (one.id, one.cause))
    if not found:
        near = difflib.get_close_matches(name, catalog.by_id, 5, 0.4) or catalog.by_id
        raise UnknownNameError("pattern", name, near)
    return tuple(sorted(found, key=lambda one: one.id != name))  # the one of that id first


def as_text(patterns: Sequence[Pattern]) -> str:
    """Return a table with one line for each of *patterns*."""
    width = max((len(one.id) for one in patterns), default=0)
    lines = [f"{one.id:<{width}}  {one.kind:<7}  {one.family:<13}  {one.title}" for one in patterns]
    return "\n".join([*lines, f"{len(patterns)} patterns"]) + "\n"


def as_json(patterns: Sequence[Pattern]) -> str:
    """Return *patterns* as a JSON list."""
    rows = [
        {
            "id": one.id,
            "kind": one.kind,
            "cause": one.finding_id if one.kind == "cause" else None,
            "family": one.family,
            "title": one.title,
            "severity": one.severity,
            "components": sorted(_components(one)),
        }
        for one in patterns
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _components(pattern: Pattern) -> set[str]:
    return {name for signal in pattern.signals.values() for name in signal.component}
