"""Lints on a pattern among the others, and on its releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.catalog.lint_texts import taken
from cnilog.catalog.messages import NEWEST, dictionary
from cnilog.catalog.versions import number, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cnilog.catalog.model import Catalog, Pattern
    from cnilog.catalog.versions import Number


def takes_example(pattern: Pattern, log: str) -> bool:
    """Return whether any signal of *pattern* but that of recovery takes a line of *log*."""
    return any(
        taken(signal, log) for name, signal in pattern.signals.items() if name != pattern.recovers
    )


def _owner(pattern: Pattern, catalog: Catalog) -> Iterator[str]:
    for index, reject in enumerate(pattern.examples.reject):
        if reject.belongs_to is None:
            continue
        owners = [one for one in catalog.patterns if reject.belongs_to in (one.id, one.finding_id)]
        if not owners:
            yield f"examples.reject[{index}]: there is no pattern '{reject.belongs_to}'"
        elif not any(takes_example(one, reject.log) for one in owners):
            yield f"examples.reject[{index}]: '{reject.belongs_to}' does not take it"


def _shared(pattern: Pattern, catalog: Catalog) -> Iterator[str]:
    if pattern.kind == "symptom":
        return  # a symptom says where; a cause that says why may take the same line
    for index, match in enumerate(pattern.examples.match):
        for other in catalog.patterns:
            if _rivals(pattern, other) and takes_example(other, match.log):
                yield f"examples.match[{index}] is taken by {other.id}, too"


def _rivals(mine: Pattern, other: Pattern) -> bool:
    """Return whether two patterns must not take one line without saying so."""
    if mine.finding_id == other.finding_id or "symptom" in (mine.kind, other.kind):
        return False
    said = {*mine.explains, *(reject.belongs_to for reject in mine.examples.reject)}
    back = {*other.explains, *(reject.belongs_to for reject in other.examples.reject)}
    return not said & {other.id, other.finding_id} and not back & {mine.id, mine.finding_id}


def _kind(pattern: Pattern, _: Catalog) -> Iterator[str]:
    if pattern.kind != "cause" and pattern.cause:
        yield f"a {pattern.kind} with the cause '{pattern.cause}'"
    if pattern.kind == "noise" and pattern.severity not in {"info", "low"}:
        yield f"noise with severity {pattern.severity}"
    if pattern.kind == "noise" and (pattern.remediation or pattern.explains):
        yield "noise has nothing to mend and brings nothing about"


def _releases(pattern: Pattern, _: Catalog) -> Iterator[str]:
    for name, signal in pattern.signals.items():
        if signal.versions is None:
            continue
        spans = [
            template.span
            for template in dictionary().templates
            if any(text in template.text for text in signal.contains)
            and (not signal.component or template.component in signal.component)
        ]
        if spans and not any(meets(span, signal.versions) for span in spans):
            yield f"signals.{name}.versions: no release in {signal.versions} prints it"


def meets(span: tuple[Number, Number], versions: str) -> bool:
    """Return whether a release from *span*'s first to its last can lie in *versions*."""
    low, high = span
    for word, (major, minor, patch) in parse(versions):
        if word in {">=", ">", "="}:
            low = max(low, (major, minor, patch + (word == ">")))
        if word in {"<=", "<", "="}:
            high = min(high, (major, minor, patch - (word == "<")))
    return low <= high


def _mended(pattern: Pattern, _: Catalog) -> Iterator[str]:
    if pattern.fixed_in is None:
        return
    fixed = number(pattern.fixed_in)
    if fixed is None:
        yield f"fixed_in '{pattern.fixed_in}' is no version"
    elif pattern.versions and meets((fixed, NEWEST), pattern.versions):
        yield f"versions {pattern.versions} go beyond fixed_in {pattern.fixed_in}"


RELATIONS: Final[Mapping[str, tuple[str, Callable[[Pattern, Catalog], Iterator[str]]]]] = {
    "near-miss-owner": ("Name the pattern that takes the near miss, or none.", _owner),
    "shared-example": ("Tell them apart, or say belongs_to in a near miss.", _shared),
    "wrong-kind": ("Give the keys that its kind has.", _kind),
    "signal-versions": ("State the releases that the dictionary gives.", _releases),
    "fixed-in": ("End versions before the release that has the fix.", _mended),
}
