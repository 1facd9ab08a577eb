"""The words of a pattern file, typed and closed.

The language is documented for authors in docs/patterns.md. Everything here is data: what a key
means for records is said in `cnilog.matching`, what it means for a verdict in `cnilog.diagnosis`.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Literal

from cnilog.catalog.when import Seen, Text, When, asked
from cnilog.finding import Severity
from cnilog.frozen import Asked, Frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["cause", "symptom", "noise"]
Frequency = Literal["usual", "common", "occasional", "rare"]
Strength = Literal["conclusive", "strong", "weak"]
Component = Literal[
    "ipamd",
    "plugin",
    "egress-plugin",
    "entrypoint",
    "init",
    "network-policy-agent",
    "kubelet",
    "containerd",
    "kube-proxy",
    "events",
    "metrics-helper",
    "other",
]
Level = Literal["trace", "debug", "info", "warn", "error", "fatal"]


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Texts = Annotated[tuple[Text, ...], Asked(_several)]


class Signal(Frozen):
    """A test on one record; all given keys must hold."""

    component: Annotated[tuple[Component, ...], Asked(_several)] = ()
    level: Annotated[tuple[Level, ...], Asked(_several)] = ()
    container: Texts = ()  # names of containers the record may come from
    # Any of these, case-sensitive: what the fast pass finds.
    contains: Annotated[tuple[Text, ...], Asked(_several, min_length=1)]
    also: Texts = ()  # and all of these
    without: Texts = ()  # and none of these
    regex: str | None = None  # and this; named groups become values
    same: tuple[Text, Text] | None = None  # and these two groups capture the same text
    differ: tuple[Text, Text] | None = None  # and these two do not
    versions: str | None = None  # versions that print it, such as ">=1.10.1 <=1.12.0"
    strength: Strength = "strong"  # conclusive: one record names this cause and no other
    hint: bool = False  # in a few pasted lines it makes the cause possible without the `when`
    steady: bool = False  # healthy nodes print it, too: counts right before trouble, or last
    title: str | None = None  # what this signal says, where the pattern's title is too general

    def __post_init__(self) -> None:
        """Raise ValueError where a group is compared that the regex does not have."""
        for name in (*(self.same or ()), *(self.differ or ())):
            if f"(?P<{name}>" not in (self.regex or ""):
                raise ValueError(f"'{name}' is no group of the regex. Name one as (?P<{name}>…)")

    def agrees(self, values: Mapping[str, str | None]) -> bool:
        """Return whether *values* of the groups are the same, and differ, where they shall."""
        if self.same and values[self.same[0]] != values[self.same[1]]:
            return False
        return not (self.differ and values[self.differ[0]] == values[self.differ[1]])


class Applies(Frozen):
    """The set-up a pattern is about; what is unknown does not exclude it."""

    ip_family: Literal["ipv4", "ipv6"] | None = None
    prefix_delegation: bool | None = None
    custom_networking: bool | None = None
    pod_eni: bool | None = None
    network_policy: bool | None = None
    multus: bool | None = None

    @cached_property
    def given(self) -> dict[str, str | bool]:
        """What is asked for, by key."""
        pairs = ((name, getattr(self, name)) for name in self.model_fields)
        return {name: value for name, value in pairs if value is not None}


class Weighing(Frozen):
    """How one fact bears on a cause; an expression that is neither true nor false is unknown."""

    fact: Text
    confirms: str | None = None
    supports: str | None = None
    refutes: str | None = None
    versions: str | None = None  # counts for these releases of the CNI only; not where unknown
    says: str = ""  # the sentence for the report; {value} is the fact's value


class Settles(Frozen):
    """Something to collect that would settle the question, and what to look for in it."""

    collect: Text  # a file name (ipamd.log) or a command
    look_for: Text


class Match(Frozen):
    """Text the pattern must take."""

    log: Text  # one line or several, as the component prints them
    from_: Text  # template@v1.8.0..v1.23.0, or the program and its source
    component: Component | None = None
    expect: dict[str, str] = {}  # values the named groups must give
    sign: bool = False  # the whole `when` must hold, not only a signal


class Reject(Frozen):
    """A near miss the pattern must leave alone."""

    log: Text
    because: Text
    belongs_to: str | None = None  # the pattern that takes it, where one does
    component: Component | None = None
    sign: bool = False  # signals may match, but `when` must not hold


class Examples(Frozen):
    """The proof inside a pattern."""

    match: Annotated[tuple[Match, ...], Asked(min_length=1)]
    reject: Annotated[tuple[Reject, ...], Asked(min_length=1)]


class Pattern(Frozen):
    """A catalog entry: what is wrong, how it shows, and what to do."""

    id: Annotated[str, Asked(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    kind: Kind
    cause: str | None = None  # the cause id, where several patterns show one cause
    title: Text
    severity: Severity = "medium"
    frequency: Frequency = "occasional"
    usual: str | None = None  # of a symptom: the cause to think of first where no line names one
    against: tuple[str, ...] = ()  # of a symptom: causes that do not show so
    why: Text
    applies: Applies = Applies()
    versions: str | None = None  # CNI versions that have the fault, such as ">=1.18.2 <1.18.3"
    fixed_in: str | None = None
    per: Literal["stream", "node"] = "stream"
    signals: dict[str, Signal] = {}
    when: When | None = None  # any signal seen, where it is left out
    evidence: tuple[Weighing, ...] = ()
    explains: tuple[str, ...] = ()  # symptoms, or shallower causes, that this brings about
    recovers: str | None = None  # the signal that shows that it is over
    confirm_with: tuple[Settles, ...] = ()
    remediation: tuple[Text, ...] = ()
    references: tuple[Annotated[str, Asked(pattern=r"^https://")], ...] = ()
    examples: Examples
    family: str = ""  # the folder; set by the loader

    @cached_property
    def finding_id(self) -> str:
        """The id a report gives: the cause id for a cause, else the pattern's own."""
        return self.cause or self.id

    @cached_property
    def condition(self) -> When:
        """What must hold: any signal but that of recovery, where the pattern states nothing."""
        if self.when is not None:
            return self.when
        names = [name for name in self.signals if name != self.recovers]
        return When(any=tuple(When(seen=Seen(signal=name)) for name in names))

    @cached_property
    def asks_for_rate(self) -> bool:
        """Whether its condition asks how many records there are in a span of time."""
        return any(one.surge is not None for one in (self.when.walk() if self.when else ()))

    @cached_property
    def end_signals(self) -> frozenset[str]:
        """Names of the signals that are asked only of the last record of a run."""
        if self.when is None:
            return frozenset()
        stalled, others = asked(self.when)
        return frozenset(stalled - others - {self.recovers or ""})

    @cached_property
    def steady(self) -> frozenset[str]:
        """Names of the signals of which only the record before trouble, and the last, counts."""
        return frozenset(name for name, signal in self.signals.items() if signal.steady)

    @cached_property
    def troubles(self) -> frozenset[str]:
        """Names of the signals that make the steady record before them count."""
        asked_of = self.when.walk() if self.when else ()
        rows = [one.sequence.signals for one in asked_of if one.sequence]
        return frozenset(name for row in rows if {*row} & self.steady for name in row) - self.steady

    @cached_property
    def literals(self) -> frozenset[str]:
        """Every text one of which a record must hold for any signal asked of all records."""
        return frozenset(
            text
            for name, signal in self.signals.items()
            if name not in self.end_signals
            for text in signal.contains
        )


class Catalog(Frozen):
    """All patterns."""

    patterns: tuple[Pattern, ...]
    notes: tuple[str, ...] = ()  # what user catalogs overrode, in words

    @cached_property
    def by_id(self) -> dict[str, Pattern]:
        """Patterns by their own id."""
        return {pattern.id: pattern for pattern in self.patterns}

    @cached_property
    def rivals(self) -> dict[str, int]:
        """How many causes may bring about each symptom: the fewer, the more it tells."""
        pairs = {(name, one.finding_id) for one in self.patterns for name in one.explains}
        return Counter(name for name, _ in pairs)

    @cached_property
    def steady(self) -> frozenset[str]:
        """The texts that only steady signals look for.

        Of records that hold no other text one counts where the next of its file that holds one of
        these or of `troubles` holds one of those, or where none comes.
        """
        signals = [one for pattern in self.patterns for one in pattern.signals.values()]
        loud = {text for one in signals if not one.steady for text in one.contains}
        return frozenset(text for one in signals if one.steady for text in one.contains) - loud

    @cached_property
    def troubles(self) -> frozenset[str]:
        """The texts of the signals that make a steady record before them count."""
        return frozenset(
            text
            for pattern in self.patterns
            for name in pattern.troubles
            for text in pattern.signals[name].contains
        )

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """All required literals, sorted."""
        return tuple(sorted(set().union(*(pattern.literals for pattern in self.patterns))))
