r"""Peel the text that the AWS CLI prints with ``--output text``, and of ``aws logs tail``'s JSON.

    EVENTS	<eventId>	<ingestionTime>	<stream>	LINE	<timestamp>     filter-log-events
    EVENTS	<ingestionTime>	LINE	<timestamp>                             get-log-events
    RESULTS	@timestamp	2026-01-05 09:15:02.104                         get-query-results
    LINE	LINE	LINE                                                --query 'events[].message'
    2026-01-05T09:15:02+00:00 STREAM ⏎ {pretty JSON}                    aws logs tail --format json

Columns come in the order of their names; a message may hold tabs and line ends. Results are not
parted: a new one begins where a field comes again. Source: awscli `text.py`, `tail.py`.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes import insights
from cnilog.ingest.envelopes._carried import Carried, frame_of, named, oldest_first
from cnilog.ingest.envelopes._json_lines import compact
from cnilog.ingest.envelopes.tails import DETAILED_HEADER
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import polars as pl

EVENT: Final = regex(r"(?:([0-9]{20,})\t)?([0-9]{13})\t(.*)\t([0-9]{13})\Z", re.DOTALL)
STARTS: Final = regex(r"^EVENTS\t", re.MULTILINE)
TOKENS: Final = regex(r"^(?:[bf]/\S+\t?)+$|^SEARCHEDLOGSTREAMS\t")
RESULT: Final = regex(r"^RESULTS\t(@?[\w.@]+)\t", re.MULTILINE)
AROUND: Final = regex(r"^(?:STATISTICS\t|\w+\t(?:Complete|Running|Timeout)$|CWLI\b)")
JOINT: Final = regex(r'\t(?=\{"|time="|panic: |goroutine [0-9]|\[signal |main\.|\t)')
SPREAD: Final = regex(DETAILED_HEADER.removesuffix("(?: |$)") + r" ?\n\{", re.MULTILINE)
JOINED_LINES: Final = 8  # a file of joined messages is one line; a trace may add some


def _events(text: str) -> Iterator[Carried]:
    first, *parts = STARTS.split(text)
    yield from (Carried(line) for line in first.split("\n") if line and not TOKENS.match(line))
    for part in parts:
        body, after = _without_tail(part.removesuffix("\n"))
        yield _event(body)
        yield from (Carried(line) for line in after)


def _without_tail(part: str) -> tuple[str, list[str]]:
    """Return *part* up to its time stamp, and the lines behind it that are no event's."""
    lines = part.split("\n")
    end = next(
        (i for i, line in enumerate(lines) if re.search(r"\t[0-9]{13}$", line)), len(lines) - 1
    )
    after = [line for line in lines[end + 1 :] if line.strip() and not TOKENS.match(line)]
    return "\n".join(lines[: end + 1]), after


def _event(body: str) -> Carried:
    found = EVENT.match(body)
    if not found:
        return Carried(body)
    key, _, message, time = found.groups()
    stream, tab, text = message.partition("\t")
    if key is None or not tab:
        stream, text = "", message
    return named(Carried(text.rstrip("\n"), time=time, key=key), stream or None)


def _results(text: str) -> Iterator[Carried]:
    first, *parts = RESULT.split(text)
    yield from (Carried(line) for line in first.split("\n") if line and not AROUND.match(line))
    row: dict[str, object] = {}
    for name, value in zip(parts[::2], parts[1::2], strict=True):
        if name in row:
            yield from _result(row)
            row = {}
        kept = [line for line in value.removesuffix("\n").split("\n") if not AROUND.match(line)]
        row[name] = "\n".join(kept)
    yield from _result(row)


def _result(row: dict[str, object]) -> Iterator[Carried]:
    if (found := insights.fields(row)) is not None:
        yield found


def _joined(text: str) -> Iterator[Carried]:
    for line in text.split("\n"):
        for part in JOINT.split(line):
            yield Carried(part)


def _tail(text: str) -> Iterator[Carried]:
    header = re.compile(DETAILED_HEADER)
    about, body = Carried(None), list[str]()
    for line in text.split("\n"):
        if found := header.match(line):
            yield from _told(about, body)
            time, stream = found[0].split()[:2]
            about, body = named(Carried(None, time=time), stream), [line[found.end() :]]
        else:
            body.append(line)
    yield from _told(about, body)


def _told(about: Carried, body: list[str]) -> Iterator[Carried]:
    text = "\n".join(body).strip("\n")
    with contextlib.suppress(
        ValueError, RecursionError
    ):  # a message that is no JSON is printed as it is
        text = compact(json.loads(text, strict=False))
    if text or about.time:
        yield about._replace(text=text)


def _fits_joined(head: str, _: str) -> bool:
    first, _, rest = head.lstrip("\ufeff\n").partition("\n")
    if rest.count("\n") > JOINED_LINES or not first.startswith(("{", "time=")):
        return False
    return len(re.findall(r'[}"]\t(?=\{"|time=")', first)) > 0


def _fits_tail(head: str, _: str) -> bool:
    text = head.lstrip("\ufeff\n")
    return bool(re.match(DETAILED_HEADER, text) and SPREAD.search(text))


def _peel(read: Callable[[str], Iterator[Carried]]) -> Callable[[bytes], pl.DataFrame]:
    return lambda data: oldest_first(frame_of(list(read(data.decode("utf-8", "replace")))))


AWS_TEXT: Final = (
    DocumentEnvelope(
        "cloudwatch-events-text",
        lambda head, _: bool(STARTS.search(head)),
        _peel(_events),
    ),
    DocumentEnvelope(
        "cloudwatch-insights-text", lambda head, _: bool(RESULT.search(head)), _peel(_results)
    ),
    DocumentEnvelope("cloudwatch-messages-text", _fits_joined, _peel(_joined)),
    DocumentEnvelope("aws-logs-tail-json", _fits_tail, _peel(_tail)),
)
