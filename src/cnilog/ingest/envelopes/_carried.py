"""Lines taken out of an export one at a time, and the frame that they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.ingest.escapes import whole
from cnilog.ingest.names import read_name
from cnilog.ingest.peeled import peeled
from cnilog.ingest.times import epoch_time, iso_time, plausible
from cnilog.schema import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

FRAME_ROWS: Final = 50_000  # carried lines held as Python objects at a time
LEVELS: Final = {
    "trace": "trace", "debug": "debug", "info": "info", "normal": "info", "notice": "info",
    "warn": "warn", "warning": "warn", "err": "error", "error": "error", "crit": "fatal",
    "critical": "fatal", "fatal": "fatal", "panic": "fatal", "alert": "fatal", "emerg": "fatal",
}  # fmt: skip
NUMBER: Final = r"^[0-9]+(?:\.[0-9]+)?$"
KIBANA: Final = r"^[A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4} @ [0-9]{2}:[0-9]{2}:[0-9]{2}"


class Carried(NamedTuple):
    """One event of an export; null where the export does not say."""

    text: str | None  # null: the line stays as it is (it is not one of the export's)
    time: str | None = None  # ISO 8601, or an epoch in s, ms, µs or ns
    node: str | None = None
    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    pipe: str | None = None
    writer: str | None = None
    component: str | None = None
    level: str | None = None
    partial: bool = False
    key: str | None = None


def text_of(value: object) -> str | None:
    """Return *value* as text where it is some; numbers too, for exporters differ in quoting."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def level_of(value: object) -> str | None:
    """Return the level that an exporter's word stands for."""
    return LEVELS.get(value.lower()) if isinstance(value, str) else None


def component_of(value: object) -> str | None:
    """Return the component that a journal unit or identifier names."""
    name = value.removesuffix(".service").lower() if isinstance(value, str) else ""
    name = {"dockerd": "containerd", "docker": "containerd"}.get(name, name)
    return name if name in COMPONENTS else None


def pick(source: Mapping[str, object], *names: str) -> str | None:
    """Return the first text among *names* of *source*; dots go into inner objects."""
    for name in names:
        value = source.get(name)
        if value is None:
            head, dot, rest = name.partition(".")
            value = dig(source[head], rest) if dot and head in source else None
        if value is not None and (found := text_of(value)) is not None:
            return found
    return None


def pipe_of(value: object) -> str | None:
    """Return the pipe that *value* names; null for anything else, which need not be a text."""
    return value if isinstance(value, str) and value in {"stdout", "stderr"} else None


def dig(source: object, name: str) -> object:
    """Return the value called *name*, flat (``a.b``) or nested (``{"a": {"b": …}}``)."""
    if not isinstance(source, dict):
        return None
    if name in source:
        return source[name]
    head, dot, rest = name.partition(".")
    return dig(source.get(head), rest) if dot else None


def named(carried: Carried, name: str | None) -> Carried:
    """Return *carried* with what the log's *name* says, where it did not know."""
    if not name:
        return carried
    found = read_name(name)
    return carried._replace(
        node=carried.node or found.node,
        namespace=carried.namespace or found.namespace,
        pod=carried.pod or found.pod,
        container=carried.container or found.container,
        component=carried.component or found.component,
        writer=carried.writer or name,
    )


def columns_of(rows: Sequence[Carried]) -> pl.DataFrame:
    """Return *rows* as columns; ``time`` has become ``env_ts``."""
    cells = zip(*rows, strict=True) if rows else ((),) * len(Carried._fields)
    frame = pl.DataFrame(
        [
            pl.Series(name, values, dtype=pl.Boolean) if name == "partial" else _texts(name, values)
            for name, values in zip(Carried._fields, cells, strict=True)
        ]
    )
    return frame.with_columns(env_ts=instant(pl.col("time"))).drop("time")


def _texts(name: str, values: Sequence[str | None]) -> pl.Series:
    try:
        return pl.Series(name, values, dtype=pl.String)
    except UnicodeEncodeError:
        return pl.Series(name, [one and whole(one) for one in values], dtype=pl.String)


def frame_of(rows: Sequence[Carried], *, start: int = 1) -> pl.DataFrame:
    """Return *rows* as `PEELED`, in their order; lines count from *start*."""
    frame = columns_of(rows).with_row_index("line", offset=start)
    return peeled(frame.with_columns(text=pl.col("text").fill_null("")))


def instant(text: pl.Expr) -> pl.Expr:
    """Return the instant of an ISO time or an epoch; UTC where no zone is stated, else null."""
    number = text.str.contains(NUMBER)
    shown = pl.when(text.str.contains(KIBANA)).then(text)
    kibana = shown.str.to_datetime("%b %d, %Y @ %H:%M:%S%.f", time_unit="us", strict=False)
    return pl.coalesce(
        pl.when(number).then(epoch_time(text)),
        pl.when(~number).then(iso_time(text)),
        plausible(kibana).dt.replace_time_zone("UTC"),
    )


def oldest_first(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* in order of time; exports that begin with the newest line are turned round.

    Lines of one instant keep the order in which they were written, which is the reverse of the
    file's where the newest line comes first. A line without a time stays behind its predecessor.
    """
    steps = _steps(frame)
    if bool((steps < 0).sum() > (steps > 0).sum()):
        frame = frame.reverse()
    elif not bool((steps < 0).any()):
        return frame
    time = pl.col("env_ts").forward_fill().backward_fill()
    ordered = frame.sort(time, maintain_order=True)
    begin = frame.get_column("line").min()
    return ordered.with_columns(line=pl.int_range(pl.len(), dtype=pl.UInt32) + begin)


def _steps(frame: pl.DataFrame) -> pl.Series:
    """Return the distances between the times of neighbours."""
    return frame.get_column("env_ts").drop_nulls().dt.epoch("us").diff().drop_nulls()


def oldest_chunks_first(frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Yield *frames* as they come where the oldest does first, else all of them in one."""
    first = next(frames, None)
    if first is None:
        return
    steps = _steps(first)
    if bool((steps < 0).sum() > (steps > 0).sum()):
        yield oldest_first(pl.concat([first, *frames]))
        return
    yield oldest_first(first)
    yield from (oldest_first(frame) for frame in frames)


def batches(rows: Iterable[Carried], size: int = FRAME_ROWS) -> Iterable[list[Carried]]:
    """Yield *rows* in lists of *size*."""
    held: list[Carried] = []
    for row in rows:
        held.append(row)
        if len(held) >= size:
            yield held
            held = []
    if held:
        yield held
