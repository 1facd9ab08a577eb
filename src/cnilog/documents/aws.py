"""What the AWS CLI and CloudTrail tell: subnets, denied calls."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilog.documents.reader import Reader
from cnilog.documents.shapes import count, is_count, line_of, values, walk
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnilog.finding import Document

DENIED: Final = ("UnauthorizedOperation", "AccessDenied")


def _subnets(document: Document) -> Iterable[Fact] | None:
    if "AvailableIpAddressCount" not in document.text:
        return None
    free = {
        str(one.get("SubnetId")): count(one["AvailableIpAddressCount"])
        for value in values(document.text)
        for one in walk(value)
        if is_count(one.get("AvailableIpAddressCount"))
    }
    if not free:
        return None
    least = min(free, key=lambda subnet: free[subnet])
    empty = tuple(subnet for subnet, count in free.items() if count == 0)
    text = ", ".join(f"{subnet}: {count} free" for subnet, count in free.items())[:200]
    line = line_of(document.text, "AvailableIpAddressCount")
    return [
        Fact("subnets.free_addresses", free[least], document.file, line, text=text),
        Fact("subnets.exhausted", empty, document.file, line, text=text),
        _each(document, line, free),
    ]


def _each(document: Document, line: int | None, free: Mapping[str, int]) -> Fact:
    rows = tuple(f"{name}={count}" for name, count in free.items())
    return Fact("subnets.each", rows, document.file, line, text=", ".join(rows)[:200])


def _subnet_table(document: Document) -> Iterable[Fact] | None:
    """Read ``--output table``: a row with a subnet and a number, whatever the columns' names."""
    if "DescribeSubnets" not in document.text or "|" not in document.text:
        return None
    facts = []
    for number, line in enumerate(document.text.splitlines(), 1):
        cells = [one.strip() for one in line.strip().strip("|").split("|")]
        names = [one for one in cells if re.fullmatch(r"subnet-[0-9a-f]{8,17}", one)]
        counts = [int(one) for one in cells if re.fullmatch(r"\d{1,6}", one)]
        if len(names) == len(counts) == 1:
            facts.append((counts[0], names[0], number))
    if not facts:
        return None
    least = min(facts)
    empty = tuple(name for free, name, _ in facts if free == 0)
    text = f"{least[1]}: {least[0]} free"
    return [
        Fact("subnets.free_addresses", least[0], document.file, least[2], text=text),
        Fact("subnets.exhausted", empty, document.file, least[2], text=text),
        _each(document, least[2], {name: free for free, name, _ in facts}),
    ]


def _cloudtrail(document: Document) -> Iterable[Fact] | None:
    if "eventSource" not in document.text:
        return None
    denied, errors, explicit = [], [], False
    for event in _events(document.text):
        code = str(event.get("errorCode", ""))
        if any(word in code for word in DENIED):
            service = str(event.get("eventSource", "")).partition(".")[0]
            denied.append(f"{service}:{event.get('eventName')}")
            explicit = explicit or "explicit deny" in str(event.get("errorMessage", ""))
        if code and str(event.get("eventSource", "")).startswith("ec2."):
            errors.append(
                f"{event.get('eventName')}:{code.removeprefix('Client.').removeprefix('Server.')}"
            )
    line = line_of(document.text, "errorCode")
    found = tuple(dict.fromkeys(denied))
    facts = [Fact("cloudtrail.denied_actions", found, document.file, line, text=", ".join(found))]
    codes = tuple(dict.fromkeys(errors))
    facts.append(Fact("cloudtrail.errors", codes, document.file, line, text=", ".join(codes)))
    if explicit:
        facts.append(
            Fact("cloudtrail.explicit_deny", True, document.file, line, text="explicit deny")
        )
    return facts


def _events(text: str) -> Iterator[dict[str, Any]]:
    for value in values(text):
        for one in walk(value):
            if "eventSource" in one:
                yield one
            inner = one.get("CloudTrailEvent")
            if isinstance(inner, str):
                yield from (event for event in values(inner) if isinstance(event, dict))


SUBNET_TABLE: Final = Reader("subnet table", _subnet_table)
SUBNETS: Final = Reader("subnet description", _subnets)
CLOUDTRAIL: Final = Reader("CloudTrail events", _cloudtrail)
