"""Write a pattern's page for the documentation: nothing about a pattern is written twice.

# The subnet has no free address
`subnet-exhausted` · cause · addresses · critical · common
## Why … ## How it shows … ## What to do … ## Examples … ## References
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.catalog.model import Catalog, Pattern, Signal


def page(pattern: Pattern, known: frozenset[str] = frozenset()) -> str:
    """Return the Markdown page of *pattern*; ids in *known* become links to their pages."""
    return "\n".join(_blocks(pattern, known)).rstrip() + "\n"


def index(catalog: Catalog, families: dict[str, str]) -> str:
    """Return the Markdown page that lists all patterns by family."""
    blocks = [
        "# All patterns\n",
        f"{len(catalog.patterns)} patterns, generated from the catalog.\n",
    ]
    for family, says in families.items():
        patterns = [one for one in catalog.patterns if one.family == family]
        if patterns:
            blocks += [f"## {family}\n", f"{says}.\n", "| pattern | what is wrong | kind |"]
            blocks += ["| --- | --- | --- |"]
            blocks += [f"| [`{p.id}`]({p.id}.md) | {_cell(p.title)} | {p.kind} |" for p in patterns]
            blocks.append("")
    return "\n".join(blocks)


def _blocks(pattern: Pattern, known: frozenset[str]) -> Iterator[str]:
    yield f"# {_text(pattern.title)}\n"
    words = (pattern.kind, pattern.family, pattern.severity, pattern.frequency)
    yield " · ".join((f"`{pattern.id}`", *(word for word in words if word))) + "\n"
    if pattern.cause and pattern.cause != pattern.id:
        yield f"Reported as {_link(pattern.cause, known)}.\n"
    if pattern.versions:
        fixed = f", fixed in `{pattern.fixed_in}`" if pattern.fixed_in else ""
        yield f"Versions of the CNI: `{pattern.versions}`{fixed}.\n"
    yield f"## Why\n\n{_text(pattern.why)}\n"
    yield from _signals(pattern)
    yield from _list("## What to do\n", pattern.remediation, ordered=True)
    sure = (f"{one.collect}: look for {one.look_for}" for one in pattern.confirm_with)
    yield from _list("## To be sure\n", sure)
    yield from _facts(pattern)
    if pattern.explains:
        links = ", ".join(_link(name, known) for name in pattern.explains)
        yield f"## What it brings about\n\n{links}\n"
    yield from _examples(pattern)
    if pattern.references:
        yield "## References\n"
        yield "\n".join(f"- <{link}>" for link in pattern.references) + "\n"


def _signals(pattern: Pattern) -> Iterator[str]:
    if not pattern.signals:
        return
    yield "## How it shows\n"
    for name, signal in pattern.signals.items():
        yield f"**{name}**" + (f": {_text(signal.title)}" if signal.title else "") + "\n"
        yield _fenced(_yaml(_keys(signal)), "yaml")
    if pattern.when:
        yield "In time:\n"
        yield _fenced(_yaml(pattern.when.model_dump(exclude_none=True, mode="json")), "yaml")


def _keys(signal: Signal) -> dict[str, object]:
    return signal.model_dump(exclude_defaults=True, exclude={"title"}, mode="json")


def _facts(pattern: Pattern) -> Iterator[str]:
    if pattern.evidence:
        yield "## Facts that weigh\n"
        rows = [one.model_dump(exclude_defaults=True, exclude={"says"}) for one in pattern.evidence]
        yield _fenced(_yaml(rows), "yaml")


def _examples(pattern: Pattern) -> Iterator[str]:
    yield "## Examples\n"
    for match in pattern.examples.match:
        yield f"It takes ({_text(match.from_)}):\n"
        yield _fenced(match.log, "text")
    for reject in pattern.examples.reject:
        other = f", which belongs to `{reject.belongs_to}`" if reject.belongs_to else ""
        yield f"It leaves alone ({_text(reject.because)}{other}):\n"
        yield _fenced(reject.log, "text")


def _list(title: str, entries: Iterable[str], *, ordered: bool = False) -> Iterator[str]:
    lines = [f"{'1.' if ordered else '-'} {_text(entry)}" for entry in entries]
    if lines:
        yield title
        yield "\n".join(lines) + "\n"


def _link(name: str, known: frozenset[str]) -> str:
    return f"[`{name}`]({name}.md)" if name in known else f"`{name}`"


def _text(text: str) -> str:
    """Return *text* on one line, without marks that Markdown would act on."""
    flat = " ".join(text.split())
    for mark in ("\\", "<", ">", "[", "]", "*", "{", "}"):
        flat = flat.replace(mark, f"&#{ord(mark)};")
    return flat


def _cell(text: str) -> str:
    return _text(text).replace("|", "&#124;")


def _fenced(text: str, language: str) -> str:
    fence = "````" if "```" in text else "```"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=100)
