r"""Peel what the AWS CLI and SDKs print of CloudWatch's log events.

    {"events":[{"logStreamName":"…","timestamp":1767604502104,"message":"…","eventId":"…"}]}
    {"sessionUpdate":{"sessionResults":[{"logStreamName":"…","message":"…","timestamp":…}]}}

Pages may be concatenated and overlap: ``eventId`` tells; pages of ``get-log-events`` have none,
so there a page that comes twice is told by the place, times and text of its events.
Source: botocore shapes FilteredLogEvent, OutputLogEvent, LiveTailSessionLogEvent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelopes._carried import Carried, named, pick
from cnilog.ingest.envelopes._json_lines import compact, json_lines
from cnilog.ingest.envelopes.tails import named as named_writers
from cnilog.ingest.names import read_name
from cnilog.ingest.peeled import peeled
from cnilog.ingest.times import epoch_time

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(event: dict[str, object]) -> Carried | None:
    """Return the line in a log *event*; null where it is something else."""
    message = event.get("message")
    if not isinstance(event.get("timestamp"), int | float) or message is None:
        return None
    if not {"logStreamName", "ingestionTime", "eventId", "logGroupIdentifier", "id"} & event.keys():
        return None
    text = message if isinstance(message, str) else compact(message)
    stream = pick(event, "logStreamName")
    carried = Carried(
        text.rstrip("\n"), time=pick(event, "timestamp"), key=pick(event, "eventId", "id")
    )
    return named(carried, stream)


def of_page(event: dict[str, object], position: int) -> Carried | None:
    """Return the line in an *event* of a page, keyed by its place on it where it has no id."""
    message, time, key = event.get("message"), event.get("timestamp"), event.get("eventId")
    if isinstance(message, str) and isinstance(time, int) and isinstance(key, str):
        stream = event.get("logStreamName")
        if isinstance(stream, str):  # the usual case, and there are millions
            at = read_name(stream)
            return Carried(
                message.rstrip("\n"), str(time), at.node, at.namespace, at.pod, at.container,
                None, stream, at.component, None, False, key,
            )  # fmt: skip
    carried = read(event)
    if carried is None and "timestamp" in event:
        carried = read({**event, "id": None})
    if carried is None or carried.key is not None:
        return carried
    size = len(carried.text or "")
    return carried._replace(
        key=f"{position}:{carried.time}:{event.get('ingestionTime') or ''}:{size}"
    )


def many(text: str) -> pl.DataFrame | None:
    """Return the events of a JSON array as columns; null where one of them is unusual."""
    if "\\ud" in text.lower():  # a lone surrogate would be lost
        return None
    try:
        found = (
            pl.Series([text]).str.json_decode(EVENTS).explode(empty_as_null=True, keep_nulls=True)
        )
    except pl.exceptions.PolarsError:
        return None
    frame = found.struct.unnest()
    needed = frame.select(pl.col("message", "timestamp").is_null().any()).row(0)
    return None if any(needed) or not frame.height else frame


def columns(events: pl.DataFrame, position: int) -> pl.DataFrame:
    """Return `many` *events* as `PEELED`, the first of them at *position* of its page."""
    text = pl.col("message").str.strip_chars_end("\n")
    place = pl.concat_str(
        pl.int_range(pl.len()) + position, "timestamp", pl.col("ingestionTime").fill_null(""),
        text.str.len_chars(), separator=":",
    )  # fmt: skip
    frame = events.select(
        text=text,
        env_ts=epoch_time(pl.col("timestamp")),
        writer="logStreamName",
        key=pl.coalesce("eventId", place),
    )
    return named_writers(peeled(frame))


EVENTS: Final = pl.List(
    pl.Struct(
        {
            "logStreamName": pl.String,
            "timestamp": pl.Int64,
            "message": pl.String,
            "ingestionTime": pl.String,
            "eventId": pl.String,
        }
    )
)


def knows_session(document: dict[str, object]) -> bool:
    """Return whether *document* is a message of a live tail."""
    return "sessionUpdate" in document or "sessionStart" in document


def session(document: dict[str, object]) -> Iterator[Carried]:
    """Yield the lines in one message of a live tail."""
    update = document.get("sessionUpdate")
    results = update.get("sessionResults") if isinstance(update, dict) else None
    for event in results if isinstance(results, list) else ():
        carried = read({"id": None, **event}) if isinstance(event, dict) else None
        if carried is not None:
            yield carried


CLOUDWATCH_EVENTS: Final = json_lines("cloudwatch-events", read, "message")
