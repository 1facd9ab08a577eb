"""Peel lines out of JSON documents: lists, pages, answers of APIs, one or several in a file.

What a document is follows from its keys, never from the name of the file. Objects that some line
envelope knows (Fluent Bit's, stern's, the journal's, zap's own), but which were pretty-printed,
sequenced or put into one array, are handed on as one line each.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes import (
    cloudwatch,
    commands,
    datadog,
    elastic,
    events,
    fluent_bit,
    insights,
    journal_json,
    loki,
    otlp,
    splunk,
    stern,
    subscription,
)
from cnilog.ingest.envelopes._carried import (
    FRAME_ROWS,
    Carried,
    frame_of,
    oldest_chunks_first,
    oldest_first,
)
from cnilog.ingest.envelopes._documents import Value, values
from cnilog.ingest.envelopes._json_lines import compact
from cnilog.ingest.peeled import PEELED
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TypeGuard

    Object = dict[str, object]

QUOTE: Final = regex(r'(?<!\\)(?:\\\\)*"')
LOOKED_AT: Final = 40  # values of a file's head: the first pages of a search may be empty
BEGINS: Final = regex(r'\{\s*(?:"|\}|$)|\[\s*(?:["\[{\]]|$)')
NOTICES: Final = 8  # lines that may stand before a document
BEFORE: Final = "\ufeff\x1e \t\r\n"
OBJECTS: Final = "json-documents"


class Shape(NamedTuple):
    """A document that holds many lines."""

    name: str
    knows: Callable[[Object], bool]
    rows: Callable[[Object], Iterator[Carried]]
    document: bool = False


def _page(document: Object) -> bool:
    held = document.get("events")
    if not isinstance(held, list):
        return False
    known = document.keys() & {"searchedLogStreams", "nextForwardToken", "nextToken"}
    return not held or bool(known) or any(True for _ in _events(document))


def _events(document: Object) -> Iterator[Carried]:
    """Yield the events of a page that was not walked event by event."""
    held = document.get("events")
    for position, event in enumerate(held if isinstance(held, list) else ()):
        if isinstance(event, dict) and (carried := cloudwatch.of_page(event, position)):
            yield carried


def _no_rows(document: Object) -> Iterator[Carried]:
    return iter(())


SHAPES: Final = (
    Shape("kubernetes-events", events.knows, events.rows, document=True),
    Shape("cloudwatch-subscription", subscription.knows, subscription.rows),
    Shape("cloudwatch-live-tail", cloudwatch.knows_session, cloudwatch.session),
    Shape("cloudwatch-insights", insights.knows, insights.rows),
    Shape("ssm-command", commands.knows, commands.rows),
    Shape("elasticsearch", elastic.knows, elastic.rows),
    Shape("splunk", splunk.knows, splunk.rows),
    Shape("loki", loki.knows, loki.rows),
    Shape("otlp", otlp.knows, otlp.rows),
    Shape("datadog", datadog.knows, datadog.rows),
    Shape("cloudwatch-metrics", lambda document: "CloudWatchMetrics" in document, _no_rows),
    Shape("cloudwatch-events", _page, _events),
)
READERS: Final = (
    splunk.read, elastic.read, loki.read, journal_json.read, stern.read, insights.read,
    cloudwatch.read, fluent_bit.read, datadog.read,
)  # fmt: skip
DOCKER: Final = frozenset({"log", "time", "stream", "attrs"})
ZAP_TIMES: Final = frozenset({"ts", "timestamp", "time", "caller"})


def is_record(entry: Object) -> bool:
    """Return whether *entry* is a line of a structured log itself, or Docker's."""
    if "msg" in entry and "level" in entry:
        return bool(entry.keys() & ZAP_TIMES)
    return "log" in entry and entry.keys() <= DOCKER


def rows(found: Iterable[Value]) -> Iterator[Carried | pl.DataFrame]:
    """Yield the lines that the *found* values carry, in their order; many of a page at once."""
    page, position = -1, 0
    for value in found:
        page, position = value.document, position if value.document == page else 0
        if isinstance(value.value, pl.DataFrame):
            yield cloudwatch.columns(value.value, position)
            position += value.value.height
        elif value.place == "events[]" and isinstance(value.value, dict):
            carried = cloudwatch.of_page(value.value, position)
            position += 1
            yield from (carried,) if carried else _rows_of(value)
        else:
            yield from _rows_of(value)


def _rows_of(value: Value) -> Iterator[Carried]:
    content = value.value
    if isinstance(content, str):
        yield Carried(content.rstrip("\n"))
    elif isinstance(content, list):
        for part in content:
            yield from _rows_of(Value(value.place, part, value.document))
    elif _is_object(content):
        yield from _of_object(content, value.place)


def _of_object(content: Object, place: str) -> Iterator[Carried]:
    if shape := _shape(content):
        yield from shape.rows(content)
    elif is_record(content):
        yield Carried(compact(content))
    elif carried := _read(content):
        yield carried
    elif place:
        yield Carried(compact(content))


def _read(content: Object) -> Carried | None:
    return next((found for read in READERS if (found := read(content))), None)


def _is_object(content: object) -> TypeGuard[Object]:
    return isinstance(content, dict)


def _shape(content: Object) -> Shape | None:
    return next((shape for shape in SHAPES if shape.knows(content)), None)


@lru_cache(maxsize=8)
def kind(head: str) -> str | None:
    """Return the name of what *head* begins, null where it is no document with lines."""
    head = _without_notices(head)
    if not head or _is_wrapped(head):
        return None
    first: Value | None = None
    for value in islice(values([head.encode("utf-8", "replace")]), LOOKED_AT):
        first = first or value
        if (found := _kind_of(value, spread=_is_spread(head, first))) is not None:
            return found
    return None


def _without_notices(head: str) -> str:
    """Return *head* from the line where JSON begins; a prompt or a notice may stand before it."""
    lines = head.lstrip(BEFORE).split("\n")
    for number, line in enumerate(lines[: NOTICES + 1]):
        if BEGINS.match(line.lstrip(BEFORE)):
            return "\n".join(lines[number:])
    return ""


def _is_wrapped(head: str) -> bool:
    """Return whether a line ends inside a string: a terminal has wrapped it, it is no document."""
    lines = head.lstrip(BEFORE).split("\n")[:-1]
    return any(len(QUOTE.findall(line)) % 2 for line in lines[:20])


def _is_spread(head: str, first: Value) -> bool:
    """Return whether the objects do not stand in one line each, as line envelopes want them."""
    if first.place == "[]" or "\n\x1e" in head:
        return True
    line, _, rest = head.lstrip(BEFORE).partition("\n")
    if not rest:
        return "}{" in line
    return not line.rstrip().endswith("}")


def _kind_of(value: Value, *, spread: bool) -> str | None:
    content = value.value
    if not _is_object(content):
        return OBJECTS if value.place == "[]" and _is_line(content) else None
    if value.place == "events[]" and cloudwatch.of_page(content, 0):
        return "cloudwatch-events"
    if value.place == "[]" and cloudwatch.read(content):
        return "cloudwatch-events"
    if shape := _shape(content):
        return shape.name
    known = is_record(content) or _read(content)
    return OBJECTS if spread and known else None


def _is_line(content: object) -> bool:
    """Return whether an element of an array is text of some log."""
    return isinstance(content, str) and ('"level"' in content or "level=" in content)


def chunks(blocks: Iterable[bytes]) -> Iterator[pl.DataFrame]:
    """Yield the lines that a text of documents carries, a bounded number at a time."""
    yield from oldest_chunks_first(_frames(blocks))


def _frames(blocks: Iterable[bytes]) -> Iterator[pl.DataFrame]:
    start = 1
    for batch in _batches(rows(values(blocks, cloudwatch.many))):
        frame = batch if isinstance(batch, pl.DataFrame) else frame_of(batch)
        yield frame.with_columns(line=pl.col("line") + (start - 1))
        start += frame.height


def _batches(
    found: Iterable[Carried | pl.DataFrame],
) -> Iterator[list[Carried] | pl.DataFrame]:
    """Yield the lines in lists of a bounded size, and frames as they come."""
    held: list[Carried] = []
    for row in found:
        if isinstance(row, pl.DataFrame) or len(held) >= FRAME_ROWS:
            if held:
                yield held
            held = []
        if isinstance(row, pl.DataFrame):
            yield row
        else:
            held.append(row)
    if held:
        yield held


def peel(data: bytes) -> pl.DataFrame:
    """Return the lines that *data* carries, oldest first."""
    frames = list(_frames([data]))
    return oldest_first(pl.concat(frames)) if frames else pl.DataFrame(schema=PEELED)


def _envelope(name: str, *, document: bool = False) -> DocumentEnvelope:
    return DocumentEnvelope(
        name,
        lambda head, _: kind(head) == name,
        peel,
        chunks=chunks
        if name in {"cloudwatch-events", "cloudwatch-subscription", OBJECTS}
        else None,
        document=document,
    )


JSON_DOCUMENTS: Final = (
    *(_envelope(shape.name, document=shape.document) for shape in SHAPES),
    _envelope(OBJECTS),
)
