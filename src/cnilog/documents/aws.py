"""What the AWS CLI and CloudTrail tell: subnets, denied calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilog.documents.reader import Reader
from cnilog.documents.shapes import count, line_of, values, walk
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Document

DENIED: Final = ("UnauthorizedOperation", "AccessDenied")


def _subnets(document: Document) -> Iterable[Fact] | None:
    if "AvailableIpAddressCount" not in document.text:
        return None
    free = {
        str(one.get("SubnetId")): count(one["AvailableIpAddressCount"])
        for value in values(document.text)
        for one in walk(value)
        if isinstance(one.get("AvailableIpAddressCount"), int)
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
    ]


def _cloudtrail(document: Document) -> Iterable[Fact] | None:
    if "eventSource" not in document.text:
        return None
    denied, explicit = [], False
    for event in _events(document.text):
        code = str(event.get("errorCode", ""))
        if any(word in code for word in DENIED):
            service = str(event.get("eventSource", "")).partition(".")[0]
            denied.append(f"{service}:{event.get('eventName')}")
            explicit = explicit or "explicit deny" in str(event.get("errorMessage", ""))
    line = line_of(document.text, "errorCode")
    found = tuple(dict.fromkeys(denied))
    facts = [Fact("cloudtrail.denied_actions", found, document.file, line, text=", ".join(found))]
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


SUBNETS: Final = Reader("subnet description", _subnets)
CLOUDTRAIL: Final = Reader("CloudTrail events", _cloudtrail)
