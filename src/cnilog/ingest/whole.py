"""Take the envelopes off all lines of a small file at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from cnilog.ingest.duplicates import Keys
from cnilog.ingest.lines import lines_of, numbered_carried
from cnilog.ingest.peel import Peeler, newest_last
from cnilog.ingest.peeled import PEELED
from cnilog.ingest.place.notices import Notice, notice_of
from cnilog.ingest.wrapped import rejoin

if TYPE_CHECKING:
    from collections.abc import Iterable


class Whole(NamedTuple):
    """What is inside the envelopes of a file.

    Attributes:
        lines: `peeled.PEELED`, oldest first.
        names: Of the envelopes, the outermost first.
        duplicate: How many lines more there were, which were delivered twice.
        notice: What kubectl says in it.
    """

    lines: pl.DataFrame
    names: list[str]
    duplicate: int
    notice: Notice | None


def whole_lines(text: bytes, *, wrapped: bool) -> Whole:
    """Return what the lines of *text* are inside their envelopes.

    Args:
        text: A file, as UTF-8 with one kind of line end.
        wrapped: Lines of it are to be joined first (see `cnilog.ingest.wrapped`).
    """
    frame = lines_of(text, 1)
    return _whole(rejoin(frame) if wrapped else frame, [], 0)


def whole_document(name: str, frames: Iterable[pl.DataFrame]) -> Whole:
    """Return what the lines are that a document envelope of that *name* carried in *frames*."""
    again: list[pl.DataFrame] = []
    lines = [*numbered_carried(frames, again.append)]
    duplicate = sum(int(frame["lines"].sum()) for frame in again)
    return _whole(pl.concat(lines or [pl.DataFrame(schema=PEELED)]), [name], duplicate)


def _whole(frame: pl.DataFrame, names: list[str], duplicate: int) -> Whole:
    notice = notice_of(frame["text"].head(20))
    peeler = Peeler()
    lines, again = Keys().parted(newest_last(peeler.peel(frame)))
    duplicate += int(again["lines"].sum())
    return Whole(lines, [*names, *peeler.names], duplicate, notice)
