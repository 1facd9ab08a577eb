"""The events of one signal in one place, as rows of a table until somebody asks for them.

A loop matches a hundred thousand times, and most conditions only ask how often: an object for
each match cost more than all else about signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl

FEW: Final = 100  # a query costs as much as so many objects


class Event(NamedTuple):
    """One match in time; sorted by time, then by reading order.

    A tuple, because there may be a million of them.
    """

    ms: float  # since 1970; a record without a time takes that of the one before it
    record: int
    run: int = 0
    stream: int = 0
    timed: bool = False  # the record states a time of its own
    file: str = ""
    line: int = 0


_event: Callable[[Iterable[Any]], Event] = partial(tuple.__new__, Event)  # unchecked, so fast


class Events(Sequence[Event]):
    """Events in order of time."""

    __slots__ = ("_begin", "_size", "_table", "_told")

    def __init__(self, table: pl.DataFrame, begin: int, size: int) -> None:
        """Keep where they are.

        Args:
            table: Has the columns of `Event`.
            begin: Its row of the first event.
            size: How many follow each other in it.
        """
        self._table, self._begin, self._size = table, begin, size
        self._told: list[Event] | None = None

    def __len__(self) -> int:
        """How many there are."""
        return self._size

    def __iter__(self) -> Iterator[Event]:
        """Yield all."""
        return iter(self._every())

    @overload
    def __getitem__(self, at: int) -> Event: ...

    @overload
    def __getitem__(self, at: slice) -> list[Event]: ...

    def __getitem__(self, at: int | slice) -> Event | list[Event]:
        """Return one, without making the others, or several."""
        if isinstance(at, slice) or self._told is not None:
            return self._every()[at]
        if not -self._size <= at < self._size:
            raise IndexError(at)
        return _event(self._table.row(self._begin + at % self._size))

    def few(self) -> Iterable[Event]:
        """Return all, or where they are many at least the last one of each run."""
        if self._told is not None or self._size <= FEW:
            return self._every()
        some = self._table.slice(self._begin, self._size)
        return map(_event, some.unique(["stream", "run"], keep="last").iter_rows())

    def _every(self) -> list[Event]:
        if self._told is None:
            rows = self._table.slice(self._begin, self._size).rows()
            self._told = list(map(_event, rows))
        return self._told
