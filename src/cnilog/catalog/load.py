"""Read pattern files into a catalog, or say where and how they are wrong."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cnilog.catalog import cache as kept
from cnilog.catalog.model import Catalog
from cnilog.catalog.parse import located, parse_pattern
from cnilog.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnilog.catalog.model import Pattern

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
    if not folders:
        return _alone()
    patterns: dict[str, Pattern] = {one.id: one for one in _shipped()}
    notes = []
    places: dict[str, Path] = {}
    for folder in map(Path, folders):
        if not folder.is_dir():
            raise CatalogError(folder, "no such folder. Name a folder of pattern files")
        for path, pattern in _read_files(folder):
            if pattern.id in patterns:
                notes.append(f"pattern {pattern.id} is taken from {folder}")
            patterns[pattern.id] = pattern
            places[pattern.id] = path
    _check(patterns, places)
    return Catalog(patterns=tuple(patterns.values()), notes=tuple(notes))


@cache
def _alone() -> Catalog:
    """Return the shipped catalog: one, so that what is derived from it is derived once."""
    return Catalog(patterns=_shipped())


@cache
def _shipped() -> tuple[Pattern, ...]:
    try:
        key = kept.key(DEFAULT, sorted(DEFAULT.rglob("*.yaml")))
    except OSError as error:
        raise CatalogError(DEFAULT, f"cannot be read ({error})") from error
    found = kept.fetch(key)
    if found is not None:
        return found
    read = {pattern.id: (path, pattern) for path, pattern in _read_files(DEFAULT)}
    patterns = {name: pattern for name, (_, pattern) in read.items()}
    _check(patterns, {name: path for name, (path, _) in read.items()})
    kept.keep(key, tuple(patterns.values()))
    return tuple(patterns.values())


def _check(patterns: Mapping[str, Pattern], places: Mapping[str, Path]) -> None:
    """Raise `CatalogError`, with the place in the file, where *patterns* do not fit together."""
    from cnilog.catalog.sense import MisfitError, check_catalog  # late: imports regex

    try:
        check_catalog(patterns, facts())
    except MisfitError as error:
        path = places.get(error.pattern)
        if path is None:
            raise CatalogError(error.pattern, str(error), key=str(error.where[0])) from error
        raise located(str(path), path.read_text("utf-8"), error.where, str(error)) from error


@cache
def facts() -> dict[str, dict[str, str]]:
    """Return the closed list of facts: name to type and meaning."""
    return _read_yaml(DEFAULT / "facts.yaml") or {}


@cache
def families() -> dict[str, str]:
    """Return the closed list of families: name to one sentence."""
    return _read_yaml(DEFAULT / "families.yaml") or {}


def _read_yaml(path: Path) -> dict[str, Any]:
    import yaml

    loaded: dict[str, Any] = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
    return loaded


def read_folder(folder: Path) -> Iterator[Pattern]:
    """Yield the patterns of *folder* in the order of their paths.

    Raises:
        CatalogError: A file is wrong, or two have one id.
    """
    yield from (pattern for _, pattern in _read_files(folder))


def _read_files(folder: Path) -> Iterator[tuple[Path, Pattern]]:
    seen: dict[str, Path] = {}
    for path in sorted(folder.rglob("*.yaml")):
        if path.name in NO_PATTERNS:
            continue
        pattern = read_pattern(path)
        if pattern.id in seen:
            problem = f"'{pattern.id}' is the id of {seen[pattern.id]}, too"
            raise located(str(path), path.read_text("utf-8"), ["id"], problem)
        seen[pattern.id] = path
        yield path, pattern


def read_pattern(path: Path) -> Pattern:
    """Return the pattern in the file at *path*.

    Raises:
        CatalogError: It cannot be read, is no YAML, or has a wrong key or value.
    """
    try:
        return parse_pattern(path.read_text("utf-8"), str(path), family=path.parent.name)
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogError(path, f"cannot be read ({error})") from error
