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
    from collections.abc import Iterator, Mapping, Sequence

    from cnilog.catalog import Signal

NAMED: Final = regex(r"\(\?P?<[A-Za-z_]")  # a group with a name
WHOLE: Final = "whole_match"  # a group around the regex: null where it does not match
SECONDS: Final = 0.05  # for one regex on one record; a sound one takes microseconds
CONTROLLER: Final = (" reconciler group=", " controllerGroup=")  # fields of controller-runtime
CILIUM: Final = " subsys="  # names the part of Cilium that wrote a line
KLOG: Final = regex(r"\w+\.go:\d+")  # a caller without a folder: a file of that program
OTHERS: Final = ("other",)  # a signal on what other programs say
Values = list[tuple[str, str]]  # names of groups, and what they captured


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
        if self.component != "other":
            return self.component is None and CILIUM in self.message
        if KLOG.fullmatch(self.caller or ""):
            return True
        name = (self.container if self.container is not None else self.pod) or ""
        return "a" <= name[:1] <= "z" or any(
            field in self.message for field in (*CONTROLLER, CILIUM)
        )


def asked(records: pl.DataFrame) -> list[Asked]:
    """Return what signals ask of each of *records*, which have the columns of `Asked`.

    The last records of runs have no ``caller``: a stall is asked of a run of the CNI's own.
    """
    told = [name for name in Asked._fields if name in records.columns]
    columns = [records[name].to_list() for name in told]
    return [Asked(**dict(zip(told, row, strict=True))) for row in zip(*columns, strict=True)]


def agrees(signal: Signal, record: Asked, *, held: bool = False) -> bool:
    """Return whether *record* is one that *signal* describes, but for its regex.

    Args:
        signal: The signal.
        record: What it asks of the record.
        held: The record is known to hold one of the texts that the signal must contain.
    """
    message = record.message
    if not held and not any(text in message for text in signal.contains):
        return False
    known = record.component is not None  # else nothing tells who wrote it
    if signal.component and known and record.component not in signal.component:
        return False
    if signal.level and record.level is not None and record.level not in signal.level:
        return False  # a pasted sentence has no level: nothing tells how loud it was
    if not _about(signal, record):
        return False
    if not all(text in message for text in signal.also):
        return False
    return not any(text in message for text in signal.without)


def _about(signal: Signal, record: Asked) -> bool:
    """Return whether *signal* asks for the program of *record*: as a rule one of the CNI's."""
    if signal.container:
        return record.container in signal.container
    return signal.component == OTHERS or not record.foreign


def captured(messages: Sequence[str], signal: Signal) -> Iterator[Values | None]:
    """Yield for each of *messages* what the named groups captured; null where the regex fails."""
    if signal.regex is None:
        yield from ([] for _ in messages)
        return
    search = _linear if is_linear(signal.regex) else _limited
    for found in search(messages, signal.regex):
        if found is None or not signal.agrees(found):
            yield None
        else:
            yield [(name, value) for name, value in found.items() if value is not None]


@cache
def is_linear(pattern: str) -> bool:
    """Return whether Polars' engine knows every construct of *pattern*."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        return False
    return True


@cache
def _compiled(pattern: str) -> Any:  # the package has no public type for it
    import regex

    return regex.compile(pattern)


def _linear(messages: Sequence[str], pattern: str) -> Iterator[Mapping[str, str | None] | None]:
    texts = pl.Series(messages, dtype=pl.String)
    if not NAMED.search(pattern):
        yield from ({} if fits else None for fits in texts.str.contains(pattern).to_list())
        return
    groups = texts.str.extract_groups(f"(?P<{WHOLE}>{pattern})").struct.unnest()
    whole = groups.drop_in_place(WHOLE).is_not_null().to_list()
    names = [name for name in groups.columns if not name.isdigit()]  # the others are numbered
    rows = groups.select(names).rows()
    for fits, row in zip(whole, rows, strict=True):
        yield dict(zip(names, row, strict=True)) if fits else None


def _limited(messages: Sequence[str], pattern: str) -> Iterator[Mapping[str, str | None] | None]:
    for message in messages:
        try:
            found = _compiled(pattern).search(message, timeout=SECONDS)
        except TimeoutError:
            found = None
        yield found.groupdict() if found else None
