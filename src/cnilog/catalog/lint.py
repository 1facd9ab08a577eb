"""Lints of the catalog: each a name, what it found, and what to do.

Hard errors (a key that is not there, a signal that is not defined) stop the loading already; lints
are about patterns that load and would still disappoint.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.catalog.lint_relations import RELATIONS
from cnilog.catalog.lint_signals import SIGNALS
from cnilog.catalog.lint_texts import TEXTS
from cnilog.catalog.load import families
from cnilog.catalog.messages import dictionary, message_of
from cnilog.catalog.trial import takes
from cnilog.catalog.versions import number

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator

    from cnilog.catalog.model import Catalog, Pattern

LONG_TITLE: Final = 110
VERBS: Final = re.compile(r"^(?:[A-Z][a-z]+|Re-\w+)\b")
NO_VERBS: Final = frozenset(
    ("The", "A", "An", "This", "That", "It", "If", "When", "For", "In", "You")
)
CLAIM: Final = re.compile(r"template@(v[\d.]+)\.\.(v[\d.]+)")


@dataclass(frozen=True, slots=True)
class Lint:
    """One thing to mend."""

    name: str
    pattern: str
    text: str
    advice: str


def lint(
    catalog: Catalog, only: Container[str] | None = None, *, hints: bool = False
) -> list[Lint]:
    """Return what is to mend in *catalog*, by pattern.

    Args:
        catalog: The patterns.
        only: The ids of a user's own patterns: only these are judged, and may be of any family.
        hints: Also say what is worth a thought and may stay (the lints in `HINTS`).
    """
    found: list[Lint] = []
    for pattern in catalog.patterns:
        if only is None or pattern.id in only:
            found += _of(pattern, catalog)
    found += [
        Lint("two-titles", one, text, ADVICE["two-titles"])
        for one, text in _titles(catalog)
        if only is None or one in only
    ]
    ordered = sorted(found, key=lambda one: (one.pattern, one.name, one.text))
    theirs = set() if only is None else {"unknown-family"}
    return [one for one in ordered if one.name not in theirs and (hints or one.name not in HINTS)]


def _of(pattern: Pattern, catalog: Catalog) -> Iterator[Lint]:
    for name, check in CHECKS.items():
        yield from (Lint(name, pattern.id, text, ADVICE[name]) for text in check(pattern))
    for name, (_, compare) in {**SIGNALS, **TEXTS, **RELATIONS}.items():
        yield from (
            Lint(name, pattern.id, text, ADVICE[name]) for text in compare(pattern, catalog)
        )


def _family(pattern: Pattern) -> Iterator[str]:
    if pattern.family and pattern.family not in families():
        yield f"folder '{pattern.family}' is no family"


def _cause_name(pattern: Pattern) -> Iterator[str]:
    if pattern.cause and not pattern.id.startswith(f"{pattern.cause}-"):
        yield f"id does not begin with '{pattern.cause}-'"


def _near_miss(pattern: Pattern) -> Iterator[str]:
    for index, example in enumerate(pattern.examples.reject):
        if not example.because.strip():
            yield f"examples.reject[{index}] does not say why"


def _no_source(pattern: Pattern) -> Iterator[str]:
    for index, example in enumerate(pattern.examples.match):
        if example.from_ in {"log", "logs", "example", "unknown"}:
            yield f"examples.match[{index}].from names neither a template nor a program"


def _never_existed(pattern: Pattern) -> Iterator[str]:
    """The example claims a template of releases that never held one it fits."""
    for index, example in enumerate(pattern.examples.match):
        claim = CLAIM.search(example.from_)
        if claim and example.from_.startswith("template@"):
            by_node = example.component not in {"events", "kubelet", "containerd"}  # they wrap it
            if by_node and not _known(message_of(example.log)):
                yield f"examples.match[{index}]: no release holds a template of this text"


def _known(message: str) -> bool:
    """Return whether the message, or an error it wraps, fits a template."""
    parts = message.split(": ")
    return any(dictionary().knows(": ".join(parts[at:])) for at in range(len(parts))) or any(
        dictionary().knows(": ".join(parts[:at])) for at in range(1, len(parts))
    )


def _wrong_versions(pattern: Pattern) -> Iterator[str]:
    """The example claims releases before the first or after the last that holds the template."""
    for index, example in enumerate(pattern.examples.match):
        claim = CLAIM.search(example.from_)
        if not claim or not example.from_.startswith("template@"):
            continue
        fits = dictionary().look_up(message_of(example.log))
        low, high = number(claim[1]), number(claim[2])
        spans = [(number(one.first), number(one.last)) for one in fits]
        if fits and low and high and not any(a and b and a <= high and low <= b for a, b in spans):
            held = f"{fits[0].first}..{fits[0].last}"
            yield f"examples.match[{index}] claims {claim[0]}; the template is of {held}"


def _dot(pattern: Pattern) -> Iterator[str]:
    if pattern.title.endswith("."):
        yield "the title ends with a full stop"


def _long_title(pattern: Pattern) -> Iterator[str]:
    if len(pattern.title) > LONG_TITLE:
        yield f"the title has {len(pattern.title)} characters"


def _no_remediation(pattern: Pattern) -> Iterator[str]:
    if pattern.kind == "cause" and not pattern.remediation:
        yield "a cause says what to do"


def _no_verb(pattern: Pattern) -> Iterator[str]:
    for index, step in enumerate(pattern.remediation):
        word = step.split()[0].rstrip(",:")
        if not VERBS.match(step) or word in NO_VERBS:
            yield f"remediation[{index}] begins with '{word}'"


def _no_question(pattern: Pattern) -> Iterator[str]:
    if pattern.kind == "cause" and not pattern.confirm_with:
        yield "a cause says what would settle it"


def _no_symptom(pattern: Pattern) -> Iterator[str]:
    named = pattern.kind == "cause" and pattern.frequency in {"usual", "common"}
    if named and not pattern.explains:
        yield "a common cause explains a symptom"


def _marketing(pattern: Pattern) -> Iterator[str]:
    for word in ("may potentially", "simply", "easily", "seamless", "powerful"):
        if word in pattern.why.lower():
            yield f"why says '{word}'"


def _takes_reject(pattern: Pattern) -> Iterator[str]:
    """A reject example that no signal's literal comes near is no near miss."""
    for index, example in enumerate(pattern.examples.reject):
        if example.sign:
            continue
        message = message_of(example.log)
        if pattern.when is not None:  # a signal may take it where the condition does not hold
            continue
        for name, signal in pattern.signals.items():
            taken = takes(signal, message, component=example.component) is not None
            if taken and name != pattern.recovers:
                yield f"examples.reject[{index}] is taken by signals.{name}"


def _titles(catalog: Catalog) -> Iterator[tuple[str, str]]:
    counted = Counter(pattern.title for pattern in catalog.patterns)
    for pattern in catalog.patterns:
        if counted[pattern.title] > 1:
            yield pattern.id, "another pattern has the same title"


CHECKS: Final[dict[str, Callable[[Pattern], Iterator[str]]]] = {
    "unknown-family": _family,
    "cause-in-name": _cause_name,
    "near-miss-without-reason": _near_miss,
    "example-without-source": _no_source,
    "text-never-existed": _never_existed,
    "wrong-versions": _wrong_versions,
    "title-with-full-stop": _dot,
    "long-title": _long_title,
    "no-remediation": _no_remediation,
    "remediation-without-verb": _no_verb,
    "nothing-to-confirm": _no_question,
    "explains-nothing": _no_symptom,
    "empty-words": _marketing,
    "reject-is-taken": _takes_reject,
}
ADVICE: Final = {
    "unknown-family": "Move it into a family, or add the family to families.yaml.",
    "cause-in-name": "Name it <cause>-<what>, so that it stands beside its cause.",
    "near-miss-without-reason": "Say why it is left alone, and whose it is.",
    "example-without-source": "Write template@vA..vB, or the program and its source.",
    "text-never-existed": "Look the message up: cnilog explain 'the message'.",
    "wrong-versions": "Write the releases that the dictionary names.",
    "title-with-full-stop": "Leave it out.",
    "long-title": "Say it shorter; the rest belongs into why.",
    "no-remediation": "Write the steps that mend it, most likely first.",
    "remediation-without-verb": "Begin with what to do: Add, Remove, Set …",
    "nothing-to-confirm": "Name a file or a command, and what to look for.",
    "explains-nothing": "Name the symptoms it brings about.",
    "empty-words": "Write the mechanism.",
    "reject-is-taken": "Narrow the signal, or choose another near miss.",
    "two-titles": "Say what is different.",
    **{name: advice for name, (advice, _) in {**SIGNALS, **TEXTS, **RELATIONS}.items()},
}
HINTS: Final = frozenset(
    {"unproved-literal", "unproved-branch", "unproved-value", "shared-example"}
)
