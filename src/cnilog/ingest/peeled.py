"""The frame that envelopes hand to each other and, at last, to the formats.

Every source becomes lines; every line is one row. An envelope takes a frame of `PEELED`, moves
what it knows out of ``text`` into the other columns, and leaves the inner line in ``text``.
Lines that do not carry the envelope (a notice, a banner) stay as they are. Envelopes nest: the
reader peels until none fits. What was known from an outer envelope is kept (`learn`).

In a plain file ``line`` is the line of the file. In a document envelope (a JSON array of events,
a table, …) the lines are those of the carried text, numbered in the order they are handed on;
the punctuation between them is not a line.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.schema import COMPONENT, LEVEL, TIME, check

PEELED: Final = pl.Schema(
    {
        "line": pl.UInt32(),  # 1-based line in the file, or in the carried text
        "lines": pl.UInt32(),  # physical lines this row stands for; above 1 after parts were joined
        "raw": pl.String(),  # the outermost line, unchanged; of a document: the carried text
        "text": pl.String(),  # what is still to be read
        "env_ts": TIME,  # time the outermost envelope states, perhaps in `times.NO_YEAR`; or null
        "node": pl.String(),  # identity, null where the envelope does not know
        "namespace": pl.String(),
        "pod": pl.String(),
        "container": pl.String(),
        "pipe": pl.String(),  # stdout or stderr
        "writer": pl.String(),  # what else tells writers apart: a log stream, a unit, a file
        "component": COMPONENT,  # where the envelope names the program (a journal unit, an event)
        "level": LEVEL,  # where the envelope states one that the text does not repeat
        "partial": pl.Boolean(),  # the text goes on in the next row of the same writer
        "key": pl.String(),  # exporter's id: a second row with it is a duplicate; so is any `AGAIN`
        "event": pl.UInt32(),  # rows with one number were delivered as one event of several lines
    }
)

AGAIN: Final = ""  # key of a row that is known to repeat another: a preview, a copy
WRITER: Final = ("node", "namespace", "pod", "container", "writer")  # tell writers apart
DEFAULTS: Final = {"lines": 1, "partial": False}


def peeled(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with every column of `PEELED`, in its order; the absent ones null.

    ``line`` counts from 1 and ``raw`` repeats ``text`` where they are left out.
    """
    if "line" not in frame.columns:
        frame = frame.with_row_index("line", offset=1)
    if "raw" not in frame.columns:
        frame = frame.with_columns(raw="text")
    columns = [
        pl.col(name).cast(dtype)
        if name in frame.columns
        else pl.lit(DEFAULTS.get(name), dtype=dtype).alias(name)
        for name, dtype in PEELED.items()
    ]
    frame = frame.select(columns)
    check(frame, PEELED)
    return frame


def learn(frame: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """Return *frame* with *columns* filled in where nothing was known; ``text`` is replaced.

    The expression of a line that does not carry the envelope must be null: a null ``text``
    leaves the text as it was, a null ``partial`` is false.
    """
    known = {
        name: pl.coalesce(pl.col(name), value.cast(PEELED[name]))
        for name, value in columns.items()
        if name not in {"text", "partial"}
    }
    if "text" in columns:
        known["text"] = pl.coalesce(columns["text"], pl.col("text"))
    if "partial" in columns:
        known["partial"] = pl.col("partial") | columns["partial"].fill_null(value=False)
    return frame.with_columns(**known)
