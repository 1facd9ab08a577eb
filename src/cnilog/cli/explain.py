"""``cnilog explain``: what an id or a line of log means."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cnilog.cli.ending import put
from cnilog.cli.options import Patterns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.catalog import Catalog, Pattern
    from cnilog.discovery.explain import Explanation

WIDTH: Final = 96
CHECKS: Final = 2
FOLLOWERS: Final = 8


def explain(
    what: Annotated[str, typer.Argument(metavar="ID|LINE", help="An id, or a line of log.")],
    patterns: Patterns = None,
) -> None:
    """Say what an id or a line means, who prints it, what follows, and what to check."""
    from cnilog.catalog import load_catalog
    from cnilog.discovery.explain import explain as look_up
    from cnilog.discovery.explain import named
    from cnilog.report.safety import shown

    catalog = load_catalog(*(patterns or ()))
    found = named(catalog, what)
    lines = _of_id(catalog, what, found) if found else _of_line(catalog, look_up(catalog, what))
    put("\n".join(map(shown, lines)) + "\n")


def _of_id(catalog: Catalog, name: str, found: tuple[Pattern, ...]) -> Iterator[str]:
    from cnilog.discovery.explain import causes_of, steps_of

    main = found[0]
    words = (name, main.kind, main.family, main.severity, main.frequency)
    yield " · ".join(word for word in words if word)
    yield from _part("", [main.title])
    yield from _part("why", [main.why])
    yield from _part("how it shows", _shown(found))
    yield from _part("where in the order of things", (one.words for one in steps_of(found)))
    follows = list(dict.fromkeys(name for one in found for name in one.explains))
    told = [_titled(catalog, one) for one in follows[:FOLLOWERS]]
    more = [f"and {len(follows) - FOLLOWERS} more"] if len(follows) > FOLLOWERS else []
    yield from _part("what usually follows", [*told, *more])
    if main.kind == "symptom":
        yield from _part("what brings it about", causes_of(catalog, main.id))
    checks = dict.fromkeys(f"{c.collect}: {c.look_for}" for one in found for c in one.confirm_with)
    yield from _part("what to check", checks)
    yield from _part("what to do", main.remediation)
    yield from _part("more", [f"cnilog patterns show {name}", *main.references])


def _shown(patterns: Iterable[Pattern]) -> Iterator[str]:
    """Yield for each pattern what its signals look for, and the releases it is about."""
    for pattern in patterns:
        about = f" (CNI {pattern.versions})" if pattern.versions else ""
        yield f"{pattern.title}{about}"
        for name, signal in pattern.signals.items():
            if name != pattern.recovers:
                who = "/".join(signal.component) or "any program"
                texts = ", ".join(f'"{text.strip()}"' for text in signal.contains[:3])
                more = ", …" if len(signal.contains) > 3 else ""
                yield f"  {who}: {texts}{more}"


def _titled(catalog: Catalog, name: str) -> str:
    pattern = catalog.by_id.get(name)
    return f"{name}: {pattern.title}" if pattern else name


def _part(title: str, texts: Iterable[str]) -> Iterator[str]:
    rows = list(texts)
    if rows:
        yield from (["", title.upper()] if title else [])
    for text in rows:
        indent = " " * (2 + len(text) - len(text.lstrip()))
        yield from textwrap.wrap(
            " ".join(text.split()),
            WIDTH,
            initial_indent=indent,
            subsequent_indent=indent + "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )


def _of_line(catalog: Catalog, found: Explanation) -> Iterator[str]:
    yield from found.message.splitlines()
    yield from _part("printed by", dict.fromkeys(_printers(found)))
    yield from _part("where in the order of things", _order(found))
    yield from _part("what it means", _meaning(catalog, found))
    if found.last:
        told = (f"{one.id}: {one.title}" for one, _ in found.last)
        yield from _part("if nothing follows it", told)
    causes = [one for one, signal in found.patterns if not one.signals[signal].container]
    checks = dict.fromkeys(
        f"{c.collect}: {c.look_for}" for one in causes for c in one.confirm_with[:CHECKS]
    )
    yield from _part("what to check", checks)
    steps = dict.fromkeys(one.remediation[0] for one in causes if one.remediation)
    yield from _part("what to do", steps)


def _printers(found: Explanation) -> Iterator[str]:
    for one in found.templates:
        judged = f", {one.kind}" if one.kind else ""
        yield f"{one.component} ({one.level}{judged}), {one.first} to {one.last}"


def _order(found: Explanation) -> Iterator[str]:
    for step in found.steps:
        yield step.words
        if step.follows:
            yield f"  when all is well, next: {step.follows}"


def _meaning(catalog: Catalog, found: Explanation) -> Iterator[str]:
    from cnilog.discovery.explain import causes_of

    for pattern, signal in found.patterns:
        over = signal == pattern.recovers
        where = " or ".join(pattern.signals[signal].container)
        only = f" (where the container {where} says it)" if where else ""
        told = "that it is over: " if over else ""
        yield f"{pattern.kind} {pattern.id}{only}: {told}{pattern.title}"
        says = pattern.signals[signal].title
        if says and says.lower() != pattern.title.lower():
            yield f"  this line: {says}"
        if pattern.kind == "symptom" and (causes := causes_of(catalog, pattern.id)):
            yield f"  what brings it about: {', '.join(causes)}"
        if pattern.kind == "cause" and not over and pattern.explains:
            yield f"  what usually follows: {', '.join(pattern.explains[:FOLLOWERS])}"
    if found.is_ordinary:
        yield "an ordinary message: it says what the program does, and by itself nothing is wrong"
    elif not found.patterns:
        yield "no pattern takes it: it is neither a known failure nor known noise"
