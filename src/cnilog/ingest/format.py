"""What a log format has to offer; the registry of them is in `cnilog.ingest.formats`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import polars as pl

from cnilog.schema import COMPONENT, LEVEL, TIME

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

Opens = Literal["nothing", "indented", "anything", "panic"]

DECODED: Final = pl.Schema(
    {
        "ts": TIME,  # in `times.NO_YEAR` where no year is stated; null for none or a bad one
        "ts_repaired": pl.Boolean(),
        "level": LEVEL,
        "caller": pl.String(),
        "message": pl.String(),  # null: the line only looked like this format
        "component": COMPONENT,  # where the line itself tells the program
    }
)


class Entry(NamedTuple):
    """One record to be written: what a format can carry."""

    ts: datetime
    level: str
    message: str
    caller: str = ""


class Format(NamedTuple):
    """A way to write log lines.

    Attributes:
        name: Shown among the formats of a source.
        test: On the column ``text``: does the line look like it? Cheap; millions are asked.
        decode: Takes rows with the columns of `PEELED` that pass the test, and returns the
            columns of `DECODED`, same rows in the same order.
        opens: Which lines that no format knows belong to a record of it when they follow.
            ``indented``: those that begin with blanks; ``anything``: all; ``panic``: a trace.
        write: Writes an entry as the programs do; null where the format is only read.
        sample: A line of it.
    """

    name: str
    test: pl.Expr
    decode: Callable[[pl.DataFrame], pl.DataFrame]
    sample: str
    opens: Opens = "nothing"
    write: Callable[[Entry], str] | None = None


def decoded(frame: pl.DataFrame, **given: pl.Expr | pl.Series | None) -> pl.DataFrame:
    """Return the columns of `DECODED` for the rows of *frame*; the absent ones are null."""
    columns = []
    for name, dtype in DECODED.items():
        value = given.get(name)
        column = pl.lit(None, dtype=dtype) if value is None else value
        columns.append((pl.lit(column) if isinstance(column, pl.Series) else column).alias(name))
    frame = frame.lazy().select(columns).cast(DECODED).collect()  # lazily: parts asked for twice
    if frame["ts_repaired"].has_nulls():
        return frame.with_columns(pl.col("ts_repaired").fill_null(value=False))
    return frame


def level_of(word: pl.Expr) -> pl.Expr:
    """Return the level that *word* stands for in any of the formats; null for an unknown one."""
    return word.str.to_lowercase().replace_strict(LEVEL_WORDS, default=None, return_dtype=LEVEL)


LEVEL_WORDS: Final = {
    "trace": "trace",
    "trac": "trace",
    "debug": "debug",
    "debu": "debug",
    "verbose": "debug",
    "info": "info",
    "i": "info",
    "information": "info",
    "notice": "info",
    "normal": "info",
    "warn": "warn",
    "warning": "warn",
    "w": "warn",
    "error": "error",
    "erro": "error",
    "err": "error",
    "e": "error",
    "critical": "fatal",
    "fatal": "fatal",
    "fata": "fatal",
    "f": "fatal",
    "panic": "fatal",
    "pani": "fatal",
    "dpanic": "fatal",
    "emergency": "fatal",
    "alert": "fatal",
}
