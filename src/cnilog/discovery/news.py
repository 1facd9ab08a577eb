"""Say what changed between two looks at logs that grow."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from cnilog.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from cnilog.finding import Cause, Report

RISING: Final = ("possible", "likely", "confirmed")
What = Literal["found", "surer", "recovered", "returned", "withdrawn"]


class News(Frozen):
    """One change of what is known."""

    event: What
    id: str
    title: str
    confidence: str
    nodes: tuple[str, ...] = ()
    count: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    evidence: str | None = None  # the first line that shows it
    file: str | None = None  # where that line stands
    line: int | None = None
    remediation: str | None = None  # the first step


def worth_telling(report: Report) -> dict[str, Cause]:
    """Return the causes of *report*, by id, that are likely, confirmed, or over."""
    return {one.id: one for one in report.causes if one.confidence != "possible" or one.recovered}


def news(
    before: Mapping[str, Cause], report: Report, told: Container[str] = frozenset()
) -> Iterator[News]:
    """Yield what *report* changes in what was known *before* (see `worth_telling`).

    A cause is told once when it is found and again when it becomes surer, is over, or comes back.
    Trouble that was over before anyone saw it fail is no news. A cause that is not found any more,
    though nothing speaks against it, is over: a success followed what had shown it. One that is
    less sure, or ruled out, is withdrawn.

    Args:
        before: What was worth telling at the last look.
        report: What this look found.
        told: Causes that were told as over: they return.
    """
    now = worth_telling(report)
    for name, cause in now.items():
        event = _event(before.get(name), cause, again=name in told)
        if event:
            yield _told(event, cause)
    doubted = {one.id for one in (*report.causes, *report.refuted)}
    for name, cause in before.items():
        if name not in now and not cause.recovered:
            yield _told("withdrawn" if name in doubted else "recovered", cause)


def _event(old: Cause | None, cause: Cause, *, again: bool) -> What | None:
    if cause.recovered:
        return "recovered" if old and not old.recovered else None
    if old is None or old.recovered:
        return "returned" if again else "found"
    surer = RISING.index(cause.confidence) > RISING.index(old.confidence)
    return "surer" if surer else None


def _told(event: What, cause: Cause) -> News:
    shown = cause.evidence[0] if cause.evidence else None
    return News(
        event=event,
        id=cause.id,
        title=cause.title,
        confidence=cause.confidence,
        nodes=cause.nodes,
        count=cause.count,
        first_seen=cause.first_seen,
        last_seen=cause.last_seen,
        evidence=shown.text if shown else None,
        file=shown.file if shown else None,
        line=shown.line if shown else None,
        remediation=cause.remediation[0] if cause.remediation else None,
    )
