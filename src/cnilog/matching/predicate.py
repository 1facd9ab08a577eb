"""What the keys of a signal mean for a record.

Regexes run on Polars' linear engine, which no input can make run away. One that this engine does
not know (look-around, back-references) runs on the `regex` package with a time limit a record; a
record whose limit runs out does not match. All other keys are asked record by record: a catalog has
hundreds of signals, and a query for each costs more than most of them have records.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog import Signal

NAMED: Final = regex(r"\(\?P?<[A-Za-z_]")  # a group with a name
WHOLE: Final = "whole_match"  # a group around the regex: null where it does not match
SECONDS: Final = 0.05  # for one regex on one record; a sound one takes microseconds
CONTROLLER: Final = (" reconciler group=", " controllerGroup=")  # fields of controller-runtime
CILIUM: Final = " subsys="  # names the part of Cilium that wrote a line
# What AWS answers, or does not: another program that says so tells of a call of its own.
AWS_CALL: Final = (
    "operation error ", "status code: ", "RequestError", "NoCredentialProviders", "WebIdentityErr",
    "sts:AssumeRole", "AccessDenied", "UnauthorizedOperation", "InvalidIdentityToken",
    "instance metadata", "169.254.169.254", "169.254.170.23", "[fd00:ec2::",
)  # fmt: skip
KLOG: Final = regex(r"\w+\.go:\d+")  # a caller without a folder: a file of that program
OTHERS: Final = ("other",)  # a signal on what other programs say
Values = list[tuple[str, str]]  # names of groups, and what they captured
Groups = dict[str, str | None]
NOTHING: Final[Groups] = {}  # captured by a regex without groups


class Asked(NamedTuple):
    """What a signal asks of a record."""

    message: str
    component: str | None
    level: str | None
    container: str | None
    pod: str | None
    caller: str | None = None

    @property
    def foreign(self) -> bool:
        """Whether a program that is none of the CNI's wrote it: it is not about aws-node."""
        if self.component == "kubelet":  # a controller's file may have the name of one of kubelet's
            return any(text in self.message for text in CONTROLLER)
        if self.component != "other":
            return self.component is None and CILIUM in self.message
        if KLOG.fullmatch(self.caller or ""):
            return True
        name = (self.container if self.container is not None else self.pod) or ""
        return "a" <= name[:1] <= "z" or any(
            text in self.message for text in (*CONTROLLER, CILIUM, *AWS_CALL)
        )


def asked(records: pl.DataFrame) -> list[Asked]:
    """Return what signals ask of each of *records*, which have the columns of `Asked`.

    The last records of runs have no ``caller``: a stall is asked of a run of the CNI's own.
    """
    told = [name for name in Asked._fields if name in records.columns]
    columns = [records[name].to_list() for name in told]
    return [Asked(**dict(zip(told, row, strict=True))) for row in zip(*columns, strict=True)]


def agrees(signal: Signal, record: Asked) -> bool:
    """Return whether *record* is one that *signal* describes, but for its regex."""
    return (
        any(text in record.message for text in signal.contains)
        and may_write(signal, record, foreign=record.foreign)
        and says(signal, record.message)
    )


def may_write(signal: Signal, record: Asked, *, foreign: bool) -> bool:
    """Return whether the writer of *record*, and its level, are what *signal* describes.

    Nothing is asked of the message: whether it shows a *foreign* writer is said.
    """
    known = record.component is not None  # else nothing tells who wrote it
    if signal.component and known and record.component not in signal.component:
        return False
    if signal.level and record.level is not None and record.level not in signal.level:
        return False  # a pasted sentence has no level: nothing tells how loud it was
    if signal.container:
        return record.container in signal.container
    return signal.component == OTHERS or not foreign  # as a rule it is about one of the CNI's


def says(signal: Signal, message: str) -> bool:
    """Return whether *message* holds all that it must beside one of the texts, and nothing else."""
    return all(text in message for text in signal.also) and not any(
        text in message for text in signal.without
    )


def captured(messages: pl.Series, signal: Signal) -> Iterator[Values | None]:
    """Yield for each of *messages* what the named groups captured; null where the regex fails."""
    if signal.regex is None:
        yield from ([] for _ in messages)
        return
    asks_for_more = signal.same or signal.differ
    for found in _search(messages, signal.regex):
        if found is None or (asks_for_more and not signal.agrees(found)):
            yield None
        else:
            yield [(name, value) for name, value in found.items() if value is not None]


def _search(messages: pl.Series, pattern: str) -> Iterator[Groups | None]:
    if not NAMED.search(pattern):
        try:
            fits = messages.str.contains(pattern).to_list()
        except pl.exceptions.ComputeError:
            return _limited(messages, pattern)
        return (NOTHING if one else None for one in fits)
    groups = _groups(pattern)
    return _limited(messages, pattern) if groups is None else _linear(messages, groups)


@cache
def _groups(pattern: str) -> pl.Expr | None:
    """Return what finds *pattern* and its groups; null where Polars' engine does not know it.

    Made once for each: to make it is to compile the regex.
    """
    try:
        return pl.col("").str.extract_groups(f"(?P<{WHOLE}>{pattern})").struct.unnest()
    except pl.exceptions.ComputeError:
        return None


@cache
def _compiled(pattern: str) -> Any:  # the package has no public type for it
    import regex

    return regex.compile(pattern)


def _linear(messages: pl.Series, groups: pl.Expr) -> Iterator[Groups | None]:
    found = messages.alias("").to_frame().select(groups)
    whole = found.columns.index(WHOLE)
    named = [(at, name) for at, name in enumerate(found.columns) if _is_name(name)]
    for row in found.iter_rows():
        yield None if row[whole] is None else {name: row[at] for at, name in named}


def _is_name(group: str) -> bool:
    return group != WHOLE and not group.isdigit()  # the others are numbered


def _limited(messages: pl.Series, pattern: str) -> Iterator[Groups | None]:
    for message in messages:
        try:
            found = _compiled(pattern).search(message, timeout=SECONDS)
        except TimeoutError:
            found = None
        yield found.groupdict() if found else None
