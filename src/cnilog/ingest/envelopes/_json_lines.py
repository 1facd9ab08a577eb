"""Make a line envelope of JSON objects, one a line, out of a function that reads one of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope, share
from cnilog.ingest.envelopes._carried import Carried, columns_of
from cnilog.ingest.peeled import learn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Read = "Callable[[dict[str, object]], Carried | None]"
NOTHING: Final = Carried(None)
LEARNED: Final = (
    "env_ts", "node", "namespace", "pod", "container", "pipe", "writer", "component", "level",
    "partial", "key", "text",
)  # fmt: skip


def json_lines(
    name: str, read: Callable[[dict[str, object]], Carried | None], *keys: str
) -> LineEnvelope:
    """Return the envelope of lines that *read* knows.

    Args:
        name: Of the envelope.
        read: What an object carries; null where it is another kind of object.
        keys: One of them is in every line, in quotes: spares the others the parsing.
    """
    marks = tuple(f'"{key}"' for key in keys)

    def carried(line: str) -> Carried:
        if not line.lstrip("\x1e ").startswith("{") or not any(mark in line for mark in marks):
            return NOTHING
        value = object_of(line)
        return (read(value) if value else None) or NOTHING

    def fits(sample: Sequence[str]) -> bool:
        return share(sample, lambda line: carried(line) is not NOTHING) >= SHARE

    def peel(frame: pl.DataFrame) -> pl.DataFrame:
        found = columns_of([carried(line) for line in frame.get_column("text")])
        found = found.select(pl.all().name.prefix("_new_"))
        known = learn(
            pl.concat([frame, found], how="horizontal"),
            **{name: pl.col(f"_new_{name}") for name in LEARNED},
        )
        return known.select(frame.columns)

    return LineEnvelope(name, fits, peel)


def object_of(line: str) -> dict[str, object] | None:
    """Return the JSON object that *line* is; null where it is none."""
    try:
        value = json.loads(line.lstrip("\x1e"), strict=False)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def compact(value: object) -> str:
    """Return *value* as one line of JSON, the way zap writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
