"""Read pattern files into a catalog, or say where and how they are wrong."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import yaml
from pydantic import ValidationError

from cnilog.catalog.model import Catalog, Pattern
from cnilog.catalog.sense import SenseError, check_catalog, check_pattern
from cnilog.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HERE: Final = Path(__file__).resolve()
DEFAULT: Final = next(
    (
        folder
        for folder in (_HERE.parents[1] / "_patterns", _HERE.parents[3] / "patterns")
        if folder.is_dir()
    ),
    _HERE.parents[1] / "_patterns",
)
NO_PATTERNS: Final = {"families.yaml", "facts.yaml"}


def load_catalog(*folders: str | Path) -> Catalog:
    """Return the shipped catalog, with the patterns of *folders* added.

    A pattern in *folders* replaces the shipped one of the same id; `Catalog.notes` says so.

    Raises:
        CatalogError: A file is wrong: with path, line, column, key, and what is allowed.
    """
    patterns: dict[str, Pattern] = {one.id: one for one in _shipped()}
    notes = []
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise CatalogError(folder, "no such folder. Name a folder of pattern files")
        for pattern in read_folder(folder):
            if pattern.id in patterns:
                notes.append(f"pattern {pattern.id} is taken from {folder}")
            patterns[pattern.id] = pattern
    if folders:
        check_catalog(patterns, facts())
    return Catalog(patterns=tuple(patterns.values()), notes=tuple(notes))


@cache
def _shipped() -> tuple[Pattern, ...]:
    patterns = tuple(read_folder(DEFAULT))
    check_catalog({one.id: one for one in patterns}, facts())
    return patterns


@cache
def facts() -> dict[str, dict[str, str]]:
    """Return the closed list of facts: name to type and meaning."""
    return _read_yaml(DEFAULT / "facts.yaml") or {}


@cache
def families() -> dict[str, str]:
    """Return the closed list of families: name to one sentence."""
    return _read_yaml(DEFAULT / "families.yaml") or {}


def _read_yaml(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return loaded


def read_folder(folder: Path) -> Iterator[Pattern]:
    """Yield the patterns of *folder* in the order of their paths.

    Raises:
        CatalogError: A file is wrong, or two have one id.
    """
    seen: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.yaml")):
        if path.name in NO_PATTERNS:
            continue
        pattern = read_pattern(path)
        if pattern.id in seen:
            raise CatalogError(path, f"'{pattern.id}' is the id of {seen[pattern.id]}, too")
        seen[pattern.id] = path
        yield pattern


def read_pattern(path: Path) -> Pattern:
    """Return the pattern in the file at *path*.

    Raises:
        CatalogError: It cannot be read, is no YAML, or has a wrong key or value.
    """
    try:
        return parse_pattern(path.read_text("utf-8"), str(path), family=path.parent.name)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(path, f"cannot be read ({error})") from error


def parse_pattern(text: str, name: str, *, family: str = "") -> Pattern:
    """Return the pattern written in *text*; *name* is what errors call it.

    Raises:
        CatalogError: It is no YAML, or has a wrong key or value.
    """
    try:
        loaded = yaml.load(text, yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        problem = f"no YAML: {error.problem or error.context}"
        raise CatalogError(name, problem, line=line, column=column) from error
    except yaml.YAMLError as error:
        raise CatalogError(name, f"no YAML: {error}") from error
    if not isinstance(loaded, dict):
        raise CatalogError(name, "no pattern: a mapping with id, kind, title … is expected")
    try:
        pattern = Pattern.model_validate({**loaded, "family": loaded.get("family", family)})
        check_pattern(pattern)
    except ValidationError as error:
        first = error.errors()[0]
        raise _located(name, text, first["loc"], _advice(first)) from error
    except SenseError as error:
        raise _located(name, text, error.where, str(error)) from error
    return pattern


def _located(name: str, text: str, where: Iterable[str | int], problem: str) -> CatalogError:
    """Return the error with the line and column where *where* is written."""
    path = list(where)
    line, column = _mark(text, path)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return CatalogError(name, problem, line=line, column=column, key=key.lstrip(".") or None)


def _mark(text: str, path: list[str | int]) -> tuple[int, int]:
    node: yaml.Node | None = yaml.compose(text, yaml.CSafeLoader)
    if node is None:
        return 1, 1
    mark = node.start_mark
    for part in path:
        if isinstance(node, yaml.MappingNode):
            found = [(key, value) for key, value in node.value if key.value == part]
            if not found:
                break
            mark, node = found[0][0].start_mark, found[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            mark = node.start_mark
    return mark.line + 1, mark.column + 1


def _advice(error: Any) -> str:
    """Return what is wrong in words, and what is allowed."""
    if error["type"] == "extra_forbidden":
        key = str(error["loc"][-1])
        known = sorted(_known_keys())
        close = difflib.get_close_matches(key, known, 1)
        return "no such key" + (f". Did you mean '{close[0]}'?" if close else "")
    if error["type"] == "missing":
        return "is missing"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


@cache
def _known_keys() -> frozenset[str]:
    schema = Pattern.model_json_schema(by_alias=True)
    shapes = [schema, *schema.get("$defs", {}).values()]
    return frozenset(key for shape in shapes for key in shape.get("properties", {}))
