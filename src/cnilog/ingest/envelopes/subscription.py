"""Peel what CloudWatch's subscription filters deliver.

    {"messageType":"DATA_MESSAGE","logGroup":"…","logStream":"…",
     "logEvents":[{"id":"…","timestamp":1767604502104,"message":"…"}]}
    {"awslogs":{"data":"<base64 of gzip of the above>"}}                    a Lambda event
    {"Records":[{"kinesis":{"data":"…"}}]}, {"records":[{"data":"…"}]}      Kinesis, Firehose

Firehose puts them into S3 back to back, without a line end, often compressed once more.
Control messages carry no line. Source: CloudWatch Logs user guide, *SubscriptionFilters*.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelopes._carried import Carried, dig, named, pick
from cnilog.ingest.envelopes._documents import values

if TYPE_CHECKING:
    from collections.abc import Iterator

HELD: Final = 256 << 20  # bytes that one delivered record may inflate to


def knows(document: dict[str, object]) -> bool:
    """Return whether *document* is a message of a subscription, or wraps one."""
    if "messageType" in document and ("logEvents" in document or "logGroup" in document):
        return True
    return any(_is_message(data) for data in _wrapped(document))


def rows(document: dict[str, object]) -> Iterator[Carried]:
    """Yield the lines of a message, unwrapped where it is wrapped."""
    if "messageType" in document:
        yield from _message(document)
        return
    for data in _wrapped(document):
        for value in values([_inflated(data)]):
            if isinstance(value.value, dict) and "messageType" in value.value:
                yield from _message(value.value)


def _message(document: dict[str, object]) -> Iterator[Carried]:
    if document.get("messageType") != "DATA_MESSAGE":
        return
    stream = pick(document, "logStream")
    events = document.get("logEvents")
    for event in events if isinstance(events, list) else ():
        if isinstance(event, dict) and isinstance(text := event.get("message"), str):
            carried = Carried(
                text.rstrip("\n"), time=pick(event, "timestamp"), key=pick(event, "id")
            )
            yield named(carried, stream)


def _wrapped(document: dict[str, object]) -> Iterator[str]:
    """Yield the encoded messages in an event of Lambda, Kinesis or Firehose."""
    data = dig(document, "awslogs.data")
    if isinstance(data, str):
        yield data
    for name in ("Records", "records"):
        held = document.get(name)
        for record in held if isinstance(held, list) else ():
            found = pick(record, "Data", "data", "kinesis.data") if isinstance(record, dict) else 0
            if isinstance(found, str):
                yield found


def _is_message(data: str) -> bool:
    return b'"messageType"' in _inflated(data, limit=65_536)


def _inflated(data: str, limit: int = HELD) -> bytes:
    """Return what *data* encodes, up to where it is cut short; nothing where it is no base64."""
    text = "".join(data.split())
    whole = len(text) - len(text) % 4  # a payload that was cut ends within a group of four
    try:
        decoded = base64.b64decode(text[:whole], validate=False)
    except (binascii.Error, ValueError):
        return b""
    for _ in range(3):
        if not decoded.startswith(b"\x1f\x8b"):
            break
        try:
            decoded = zlib.decompressobj(wbits=31).decompress(decoded, limit)
        except zlib.error:
            return b""
    return decoded
