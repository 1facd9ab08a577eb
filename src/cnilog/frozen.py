"""The base of every model: frozen, closed, and cheap to import.

A model is made of class annotations, as a dataclass is. What comes from outside (a pattern file, a
saved report) is checked by pydantic, which takes a tenth of a second to import and to learn the
models; it is asked only then. What the code makes itself is checked by mypy, not once more.

A field that is called as a word of Python is has an underscore behind it, which is never written.
"""

from __future__ import annotations

import json
import math
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, Self, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Set

    from pydantic import GetCoreSchemaHandler, TypeAdapter
    from pydantic_core import CoreSchema

_ADAPTERS: Final[dict[type[Frozen], TypeAdapter[Any]]] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Frozen:
    """The base of every model. Its methods are called as pydantic's are."""

    model_fields: ClassVar[tuple[str, ...]] = ()
    _names: ClassVar[frozenset[str]] = frozenset()
    model_defaults: ClassVar[dict[str, Any]] = {}

    __pydantic_config__: ClassVar[dict[str, Any]] = {
        "extra": "forbid",
        "alias_generator": lambda name: written(name),
        "json_schema_extra": lambda schema, model: _explain(schema, model),
    }

    def __init_subclass__(cls) -> None:
        """Note the fields and their defaults."""
        own = vars(cls)
        cls.model_fields = tuple(own.get("__annotations__", ()))
        cls._names = frozenset(cls.model_fields)
        cls.model_defaults = {name: own[name] for name in cls.model_fields if name in own}

    def __init__(self, **values: Any) -> None:
        given = self.model_defaults | values
        if given.keys() != self._names:
            wrong = ", ".join(sorted(given.keys() ^ self._names))
            raise TypeError(f"{type(self).__name__}: unknown or left out: {wrong}")
        vars(self).update(given)
        self.__post_init__()

    @classmethod
    def model_construct(cls, values: Mapping[str, object]) -> Self:
        """Return one of *values* that were those of one before: nothing is asked of them."""
        made = cls.__new__(cls)
        made.__dict__.update(cls.model_defaults, **values)
        return made

    def __post_init__(self) -> None:
        """Raise ValueError where fields contradict each other."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be removed")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._values() == self._values()

    def __hash__(self) -> int:
        return hash((type(self), *self._values()))

    def __repr__(self) -> str:
        pairs = zip(self.model_fields, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in pairs)})"

    def _values(self) -> list[object]:
        own = vars(self)
        return [own[name] for name in self.model_fields]

    def model_copy(self, *, update: Mapping[str, object]) -> Self:
        """Return this with the fields of *update* instead of its own."""
        own = dict(zip(self.model_fields, self._values(), strict=True))
        return type(self)(**{**own, **update})

    def model_dump(
        self,
        *,
        mode: Literal["python", "json"] = "python",
        include: Set[str] | None = None,
        exclude: Set[str] = frozenset(),
        exclude_none: bool = False,
        exclude_defaults: bool = False,
    ) -> dict[str, Any]:
        """Return the fields as they are written, and so those of the models inside.

        Args:
            mode: With ``json`` tuples become lists, and times and odd numbers what JSON can hold.
            include: Only these fields of this model.
            exclude: Not these fields of this model.
            exclude_none: Nowhere what is null.
            exclude_defaults: Nowhere what is as it is when left out.
        """

        def kept(model: Frozen) -> Iterator[tuple[str, object]]:
            for name, value in zip(model.model_fields, model._values(), strict=True):
                usual = exclude_defaults and name in model.model_defaults
                if usual and value == model.model_defaults[name]:
                    continue
                if not (exclude_none and value is None):
                    yield name, value

        plain = partial(_plain, kept=kept, as_json=mode == "json")
        return {
            written(name): plain(value)
            for name, value in kept(self)
            if name not in exclude and (include is None or name in include)
        }

    def model_dump_json(self, *, indent: int | None = None) -> str:
        """Return it as JSON; without *indent*, as few characters as can be."""
        marks = None if indent else (",", ":")
        plain = self.model_dump(mode="json")
        return json.dumps(plain, ensure_ascii=False, indent=indent, separators=marks)

    @classmethod
    def model_validate(cls, data: object) -> Self:
        """Return what *data* describes.

        Raises:
            ValueError: It does not describe one (pydantic's `ValidationError`).
        """
        found: Self = _adapter(cls).validate_python(data)
        return found

    @classmethod
    def model_validate_json(cls, text: str | bytes) -> Self:
        """Return what the JSON *text* describes.

        Raises:
            ValueError: It does not describe one (pydantic's `ValidationError`).
        """
        found: Self = _adapter(cls).validate_json(text)
        return found

    @classmethod
    def model_json_schema(
        cls, *, mode: Literal["validation", "serialization"] = "validation"
    ) -> dict[str, Any]:
        """Return the JSON Schema of what is written."""
        return _adapter(cls).json_schema(mode=mode)

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Frozen], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Let pydantic take it for a dataclass of the library."""
        _describe(cls)
        return handler(source)


class Asked:
    """What pydantic asks of a value, said without it: for ``Annotated``.

    Args:
        before: What is applied to the value first.
        limits: As pydantic's `Field` calls them: ``min_length``, ``gt``.
    """

    __is_annotated_types_grouped_metadata__: Final = True  # the protocol that pydantic looks for

    def __init__(
        self, before: Callable[[object], object] | None = None, **limits: float | str
    ) -> None:
        self.before = before
        self.limits: Mapping[str, Any] = limits

    def __iter__(self) -> Iterator[object]:
        """Yield the same in pydantic's words."""
        from pydantic import BeforeValidator, Field

        yield from Field(**self.limits).metadata
        if self.before:
            yield BeforeValidator(self.before)


def written(name: str) -> str:
    """Return how the field *name* is written in a file."""
    return name.removesuffix("_")


def _plain(
    value: Any, kept: Callable[[Frozen], Iterator[tuple[str, object]]], *, as_json: bool
) -> Any:
    """Return *value* with a dict for each model in it, of the fields that are *kept*."""
    plain = partial(_plain, kept=kept, as_json=as_json)
    if isinstance(value, Frozen):
        return {written(name): plain(one) for name, one in kept(value)}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple):
        return [*map(plain, value)] if as_json else tuple(map(plain, value))
    return _in_json(value) if as_json else value


def _in_json(value: object) -> object:
    if isinstance(value, datetime):
        return _moment(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _moment(time: datetime) -> str:
    """Return *time* as in RFC 3339."""
    text = time.isoformat()
    return text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text


def _explain(schema: dict[str, Any], model: type[Frozen]) -> None:
    """Let *schema* say what the model is, which an older pydantic does of no dataclass."""
    from inspect import cleandoc

    schema.setdefault("description", cleandoc(model.__doc__ or ""))


def _adapter(model: type[Frozen]) -> TypeAdapter[Any]:
    """Return pydantic's reading of *model*, learned once."""
    if model not in _ADAPTERS:
        from pydantic import TypeAdapter

        _ADAPTERS[model] = TypeAdapter(model)
    return _ADAPTERS[model]


def _describe(model: type[Frozen]) -> None:
    """Make *model* known as a dataclass, but for what it has of its own."""
    import dataclasses

    from pydantic import Field

    if dataclasses.is_dataclass(model):
        return
    for name, default in model.model_defaults.items():
        if isinstance(default, dict):  # which a dataclass refuses, lest it be changed
            setattr(model, name, Field(default=default, kw_only=True))
    dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=True)(model)
