r"""Peel what the AWS CLI and SDKs print of CloudWatch's log events.

    {"events":[{"logStreamName":"…","timestamp":1767604502104,"message":"…","eventId":"…"}]}
    {"sessionUpdate":{"sessionResults":[{"logStreamName":"…","message":"…","timestamp":…}]}}

Pages may be concatenated and overlap: ``eventId`` tells; pages of ``get-log-events`` have none,
so there a page that comes twice is told by the place, times and text of its events.
Source: botocore shapes FilteredLogEvent, OutputLogEvent, LiveTailSessionLogEvent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zlib import crc32

from cnilog.ingest.envelopes._carried import Carried, named, pick
from cnilog.ingest.envelopes._json_lines import compact, json_lines
from cnilog.ingest.names import read_name

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
    digest = crc32((carried.text or "").encode("utf-8", "replace"))
    key = f"{position}:{carried.time}:{event.get('ingestionTime')}:{digest:x}"
    return carried._replace(key=key)


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
