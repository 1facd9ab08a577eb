"""Read JSON and YAML texts of any wrapping into plain values, and walk them.

A text may hold one value, several one after the other, or one a line. Depth and size are bounded:
a document comes from a stranger.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST: Final = 40
MOST_VALUES: Final = 20_000  # values of one text
MOST_YAML: Final = 2_000_000  # characters: YAML is slow, and its documents are small


def values(text: str) -> list[Any]:
    """Return the JSON values in *text*, else its YAML documents; empty where it is neither."""
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped[:1] in {"{", "["}:
        return _json(stripped)
    return loaded(text) if _looks_like_yaml(stripped) else []


def _json(text: str) -> list[Any]:
    decoder = json.JSONDecoder()
    found: list[Any] = []
    at = 0
    while at < len(text) and len(found) < MOST_VALUES:
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return found
        found.append(value)
        while at < len(text) and text[at] in " \t\r\n,\x1e":
            at += 1
    return found


def damage(text: str) -> str | None:
    """Return what is wrong with a text that begins as JSON; null where nothing is."""
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped[:1] not in {"{", "["}:
        return None
    try:
        json.JSONDecoder().raw_decode(stripped)
    except json.JSONDecodeError as error:
        return f"{error.msg} in line {error.lineno}, column {error.colno}"
    except RecursionError:
        return "nested too deep"
    except ValueError:  # Python reads no number of five thousand digits
        return "a number that is too long"
    return None


def _looks_like_yaml(text: str) -> bool:
    head = text[:4_000]
    return len(text) <= MOST_YAML and any(
        word in head for word in ("apiVersion:", "kind:", "Statement:", "items:")
    )


def loaded(text: str) -> list[Any]:
    """Return YAML documents; one with aliases is refused: a small text must stay a small value."""
    import yaml  # late: few sources hold any

    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.CSafeLoader)):
            return []
        return [one for one in yaml.load_all(text, yaml.CSafeLoader) if one is not None]
    except (yaml.YAMLError, RecursionError, ValueError):
        return []


def walk(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield every mapping in *value*, outer ones first."""
    if depth > DEEPEST:
        return
    if isinstance(value, dict):
        yield value
        inner: Any = value.values()
    elif isinstance(value, list):
        inner = value
    else:
        return
    for one in inner:
        yield from walk(one, depth + 1)


def objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the Kubernetes objects in *text*, those of lists too."""
    for value in values(text):
        tops = value if isinstance(value, list) else [value]
        for top in tops:
            if isinstance(top, dict) and isinstance(top.get("items"), list):
                kind = str(top.get("kind", "")).removesuffix("List")
                for item in top["items"]:
                    if isinstance(item, dict):
                        yield {"kind": kind, **item} if kind and "kind" not in item else item
            elif isinstance(top, dict) and "kind" in top:
                yield top


def dig(value: Any, *path: str) -> Any:
    """Return what lies at *path*; null where it does not lie there."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def entries(value: Any) -> list[Any]:
    """Return a list as it is, one value as a list of one, and nothing as an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def mappings(value: Any) -> list[dict[str, Any]]:
    """Return the mappings in a list, or a mapping as a list of one; whatever else is left out."""
    return [one for one in entries(value) if isinstance(one, dict)]


def count(value: Any) -> int:
    """Return a whole number as it is, and anything else as 0."""
    return value if is_count(value) else 0


def is_count(value: Any) -> bool:
    """Return whether *value* is a whole number of a size that counts have; true is none."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def line_of(text: str, words: str) -> int | None:
    """Return the 1-based line in which *words* first stand."""
    at = text.find(words)
    return text.count("\n", 0, at) + 1 if at >= 0 else None
