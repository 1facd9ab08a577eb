"""Rows of a frame that many files share: a frame of its own for each takes more than they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence


class Rows(NamedTuple):
    """Some rows of a frame, one after another."""

    frame: pl.DataFrame
    begin: int
    size: int

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Rows:
        """Return all rows of *frame*."""
        return cls(frame, 0, frame.height)

    def own(self) -> pl.DataFrame:
        """Return a frame of these rows."""
        if self.size == self.frame.height:
            return self.frame
        return self.frame.slice(self.begin, self.size)

    def column(self, name: str) -> pl.Series:
        """Return the column *name* of these rows."""
        return self.frame.get_column(name).slice(self.begin, self.size)


def each(sizes: Sequence[int]) -> pl.Series:
    """Return the number of each size so many times, in order: which file each row is of."""
    numbers = pl.int_range(len(sizes), dtype=pl.UInt32, eager=True)
    times = numbers.repeat_by(pl.Series(sizes, dtype=pl.UInt32))
    return times.explode(empty_as_null=False, keep_nulls=False)


def shared(frame: pl.DataFrame, of: str) -> dict[int, Rows]:
    """Return the rows of each number in the column *of*, without that column."""
    frame = frame if frame[of].is_sorted() else frame.sort(of, maintain_order=True)
    rest, found, begin = frame.drop(of), {}, 0
    for size, number in frame[of].rle().struct.unnest().iter_rows():
        found[number] = Rows(rest, begin, size)
        begin += size
    return found


def in_order(rows: Sequence[Rows]) -> tuple[list[pl.DataFrame], pl.Series | None]:
    """Return the frames that *rows* are of, each once, and which rows of all of them those are.

    Null where they are all of them, in order.
    """
    frames: dict[int, tuple[pl.DataFrame, int]] = {}
    height, begins = 0, []
    for one in rows:
        if one.size and id(one.frame) not in frames:
            frames[id(one.frame)] = one.frame, height
            height += one.frame.height
        begins.append(frames[id(one.frame)][1] + one.begin if one.size else height)
    some = [frame for frame, _ in frames.values()] or [one.frame.clear() for one in rows[:1]]
    spans = pl.DataFrame({"begin": begins, "size": [one.size for one in rows]})
    spans = spans.filter(pl.col("size") > 0)
    begin, end = pl.col("begin"), pl.col("begin") + pl.col("size")
    follows = spans.select((begin == end.shift(fill_value=0)).all()).item()
    if follows and int(spans["size"].sum()) == height:
        return some, None
    return some, spans.select(pl.int_ranges(begin, end).explode()).to_series()
