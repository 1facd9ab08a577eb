"""Read the text of one pattern file, or say at which line and column it is wrong, and how."""

from __future__ import annotations

import difflib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cnilog.catalog.model import Pattern
from cnilog.errors import CatalogError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import yaml

DEEPEST: Final = 40  # levels of lists and mappings; a condition of ten operators has 25


def parse_pattern(text: str, name: str, *, family: str = "") -> Pattern:
    """Return the pattern written in *text*; *name* is what errors call it.

    Raises:
        CatalogError: It is no YAML, or has a wrong key or value.
    """
    from pydantic import ValidationError

    from cnilog.catalog.sense import SenseError, check_pattern  # late: imports regex

    loaded = _yaml(text, name)
    if not isinstance(loaded, dict):
        raise CatalogError(name, "no pattern: a mapping with id, kind, title … is expected")
    try:
        pattern = Pattern.model_validate({**loaded, "family": loaded.get("family", family)})
        check_pattern(pattern)
    except ValidationError as error:
        first = error.errors()[0]
        raise located(name, text, first["loc"], _advice(first)) from error
    except SenseError as error:
        raise located(name, text, error.where, str(error)) from error
    return pattern


def _yaml(text: str, name: str) -> Any:
    """Return what *text* says; a key that stands twice is no YAML."""
    import yaml

    try:
        _shallow(text, name)
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        for key in _repeated(node):
            mark = key.start_mark
            problem = "this key stands there twice. Keep one"
            raise CatalogError(
                name, problem, line=mark.line + 1, column=mark.column + 1, key=str(key.value)
            )
        return None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        problem = f"no YAML: {error.problem or error.context}"
        raise CatalogError(name, problem, line=line, column=column) from error
    except yaml.YAMLError as error:
        words = " ".join(str(error).split())
        raise CatalogError(name, f"no YAML: {words}. Save it as UTF-8 text") from error


def _shallow(text: str, name: str) -> None:
    """Raise `CatalogError` where *text* is nested so deeply that building it could end Python."""
    import yaml

    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise CatalogError(name, "nested too deeply. A pattern needs a few levels")


def _repeated(node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
    """Yield the keys that their mapping has before."""
    import yaml

    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen or isinstance(one.value, str):
            continue
        seen.add(id(one))
        if isinstance(one, yaml.MappingNode):
            keys = [key for key, _ in one.value if isinstance(key, yaml.ScalarNode)]
            said = [key.value for key in keys]
            yield from (key for at, key in enumerate(keys) if key.value in said[:at])
            waiting += [value for _, value in one.value]
        else:
            waiting += one.value


def located(name: str, text: str, where: Iterable[str | int], problem: str) -> CatalogError:
    """Return the error with the line and column where *where* is written in *text*."""
    path = list(where)
    line, column = _mark(text, path)
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return CatalogError(name, problem, line=line, column=column, key=key.lstrip(".") or None)


def _mark(text: str, path: list[str | int]) -> tuple[int, int]:
    import yaml

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
    if error["type"] == "unexpected_keyword_argument":
        key = str(error["loc"][-1])
        return "no such key" + _meant(key, _known_keys())
    if error["type"] == "missing":
        return "is missing"
    if error["type"] == "literal_error":
        allowed = error["ctx"]["expected"]
        words = allowed.replace("'", "").replace(" or ", ", ").split(", ")
        return f"'{error['input']}' is none of {allowed}" + _meant(str(error["input"]), words)
    if error["type"] == "string_pattern_mismatch":
        return f"'{error['input']}' is not written as {error['ctx']['pattern']}"
    message = str(error["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:]


def _meant(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, sorted(known), 1)
    return f". Did you mean '{close[0]}'?" if close else ""


@cache
def _known_keys() -> frozenset[str]:
    schema = Pattern.model_json_schema()
    shapes = [schema, *schema.get("$defs", {}).values()]
    return frozenset(key for shape in shapes for key in shape.get("properties", {}))
