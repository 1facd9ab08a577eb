"""Make a line envelope of JSON objects, one a line, out of a function that reads one of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import BEFORE_OBJECT, SHARE, LineEnvelope, share
from cnilog.ingest.envelopes._alike import alike
from cnilog.ingest.envelopes._carried import Carried, columns_of
from cnilog.ingest.peeled import learn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cnilog.ingest.envelope import Alike

Read = "Callable[[dict[str, object]], Carried | None]"
NOTHING: Final = Carried(None)
LEARNED: Final = (
    "env_ts", "node", "namespace", "pod", "container", "pipe", "writer", "component", "level",
    "partial", "key", "text",
)  # fmt: skip


def json_lines(
    name: str,
    read: Callable[[dict[str, object]], Carried | None],
    *keys: str,
    fast: Callable[[pl.Series], pl.DataFrame | None] | None = None,
    texts: Sequence[str] = (),
    times: Sequence[str] = (),
) -> LineEnvelope:
    """Return the envelope of lines that *read* knows.

    Args:
        name: Of the envelope.
        read: What an object carries; null where it is another kind of object.
        keys: One of them is in every line, in quotes: spares the others the parsing.
        fast: Reads a column of lines as *read* does, in the columns of `LEARNED`, where all are
            of the usual kind; null where it cannot. Rows with a null text are left to *read*.
        texts: Fields that may be the text: lines that differ in nothing else are alike.
        times: Fields of times, which may differ as well.
    """
    marks = tuple(f'"{key}"' for key in keys)

    def carried(line: str) -> Carried:
        if not line.lstrip(BEFORE_OBJECT).startswith("{") or not any(
            mark in line for mark in marks
        ):
            return NOTHING
        value = object_of(line)
        return (read(value) if value else None) or NOTHING

    def fits(sample: Sequence[str]) -> bool:
        return share(sample, lambda line: carried(line) is not NOTHING) >= SHARE

    def peel(frame: pl.DataFrame) -> pl.DataFrame:
        texts = frame.get_column("text")
        found = fast(texts) if fast else None
        if found is None:
            found = columns_of([carried(line) for line in texts]).select(LEARNED)
        elif found["text"].null_count():
            rest = found["text"].is_null()
            slow = columns_of([carried(line) for line in texts.filter(rest)]).select(LEARNED)
            order = pl.concat([rest.not_().arg_true(), rest.arg_true()]).arg_sort()
            found = pl.concat([found.filter(~rest), slow])[order]
        found = found.select(pl.all().name.prefix("_new_"))
        known = learn(
            pl.concat([frame, found], how="horizontal"),
            **{name: pl.col(f"_new_{name}") for name in LEARNED},
        )
        return known.select(frame.columns)

    def like(line: str) -> Alike | None:
        value = object_of(line)
        known = read(value) if value else None
        return alike(line, value, known, texts, times) if value and known else None

    return LineEnvelope(name, fits, peel, objects=True, alike=like if texts else None)


def decoded(texts: pl.Series, shape: pl.Struct) -> pl.DataFrame | None:
    """Return the fields of *shape* of each line; null where any line is not of that shape.

    An order of magnitude faster than one line at a time, but strict: a string where *shape* has
    an object, a lone surrogate, a second object in a line are for the slow way.
    """
    whole = texts.str.starts_with("{") & texts.str.ends_with("}")
    if not whole.all() or texts.str.contains(r"\\u[dD][89a-fA-F]|\}\s*,?\s*\{\s*\"").any():
        return None
    try:
        found = texts.str.json_decode(shape)
    except pl.exceptions.PolarsError:
        return None
    return found.struct.unnest() if len(found) == len(texts) else None


def object_of(line: str) -> dict[str, object] | None:
    """Return the JSON object that *line* is; null where it is none."""
    try:
        value = json.loads(line.lstrip("\x1e"), strict=False)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def compact(value: object) -> str:
    """Return *value* as one line of JSON, the way zap writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
