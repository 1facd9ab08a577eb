"""Say what an id or a line of log means: by catalog, dictionary and start-up order."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from cnilog.catalog.messages import Template, dictionary, message_of
from cnilog.catalog.trial import takers, takes
from cnilog.discovery.generate.world import steps
from cnilog.errors import UnknownTextError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.catalog import Catalog, Pattern

STEPS: Final = {  # script of the generator -> who runs it, and what it is in words
    "init-go": ("init", "the init container"),
    "init-bash": ("init", "the init container"),
    "entrypoint-json": ("entrypoint", "the container's entrypoint"),
    "entrypoint-go": ("entrypoint", "the container's entrypoint"),
    "ipamd-begin": ("ipamd", "ipamd's start: its first lines"),
    "ipamd-apiserver": ("ipamd", "ipamd's start: reaching the API server"),
    "ipamd-metadata": ("ipamd", "ipamd's start: reading instance metadata"),
    "ipamd-node-init": ("ipamd", "ipamd's start: host network, ENIs, recovery"),
    "ipamd-prescale": ("ipamd", "ipamd's start: filling the pool of addresses"),
    "ipamd-serve": ("ipamd", "ipamd's start: serving"),
    "ipamd-tick": ("ipamd", "ipamd's loop, every 5 s"),
    "ipamd-reconcile": ("ipamd", "ipamd's reconciliation, every 60 s"),
    "ipamd-add": ("ipamd", "a pod asks for an address"),
    "ipamd-del": ("ipamd", "a pod gives its address back"),
    "plugin-add": ("plugin", "the plugin sets a pod's network up"),
    "plugin-answer": ("plugin", "the plugin sets a pod's network up"),
    "plugin-del": ("plugin", "the plugin takes a pod's network down"),
    "npa-start": ("network-policy-agent", "the policy agent's start"),
}
TEMPLATES: Final = 3
PATTERNS: Final = 4
CAUSES: Final = 6
LEAST: Final = 6  # letters of a step's text: fewer are in any line
NEAR: Final = 0.6  # how alike a name or message must be to be worth naming
FREQUENT: Final = ("usual", "common", "occasional", "rare")


@dataclass(frozen=True, slots=True)
class Step:
    """A place in the order in which programs speak."""

    words: str
    follows: str | None  # what the program says next when all is well


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a line."""

    message: str
    templates: tuple[Template, ...]  # that print it, most telling first
    patterns: tuple[tuple[Pattern, str], ...]  # that take it, with the signal, causes first
    last: tuple[tuple[Pattern, str], ...]  # that take it where nothing follows it
    steps: tuple[Step, ...]

    @property
    def is_ordinary(self) -> bool:
        """Whether the program says this when all is well."""
        levels = {one.level for one in self.templates}
        return not self.patterns and bool(levels or self.steps) and levels <= {"debug", "info"}


def named(catalog: Catalog, name: str) -> tuple[Pattern, ...]:
    """Return the patterns of that id or cause, that of the id first; none where it is neither."""
    found = [one for one in catalog.patterns if name in (one.id, one.cause)]
    return tuple(sorted(found, key=lambda one: one.id != name))


def explain(catalog: Catalog, line: str) -> Explanation:
    """Return what *catalog* and the dictionary know of a line of log.

    Raises:
        UnknownTextError: Nothing is known of it; the message names what comes near.
    """
    message = message_of(line).strip()
    templates = dictionary().look_up(message)
    component = templates[0].component if templates else None
    found = list(takers(catalog, message, component=component)) or _ready(catalog, message)
    last = [pair for pair in found if pair[1] in pair[0].end_signals]
    found = [pair for pair in found if pair[1] not in pair[0].end_signals]
    places = tuple(_places(message, component))
    if not templates and not found and not last and not places:
        raise UnknownTextError(line, _near(catalog, message))
    found.sort(key=_by_kind)
    return Explanation(message, templates[:TEMPLATES], tuple(found[:PATTERNS]), tuple(last), places)


def _by_kind(pair: tuple[Pattern, str]) -> tuple[bool, int]:
    pattern, signal = pair
    kind = ("cause", "symptom", "noise").index(pattern.kind)
    return bool(pattern.signals[signal].container), kind


def _ready(catalog: Catalog, message: str) -> list[tuple[Pattern, str]]:
    """Return the patterns that take *message* for a recovery."""
    return [
        (pattern, pattern.recovers)
        for pattern in catalog.patterns
        if pattern.recovers and takes(pattern.signals[pattern.recovers], message) is not None
    ][:PATTERNS]


def steps_of(patterns: Iterable[Pattern]) -> tuple[Step, ...]:
    """Return the steps that the examples of *patterns* belong to."""
    found = {
        place.words: place
        for pattern in patterns
        for example in pattern.examples.match
        for place in _places(message_of(example.log).strip(), example.component)
    }
    return tuple(found.values())


def causes_of(catalog: Catalog, symptom: str) -> tuple[str, ...]:
    """Return the causes that bring *symptom* about, frequent ones first."""
    found = {
        pattern.finding_id: FREQUENT.index(pattern.frequency)
        for pattern in catalog.patterns
        if pattern.kind == "cause" and symptom in pattern.explains
    }
    return tuple(sorted(found, key=lambda name: (found[name], name)))[:CAUSES]


def _places(message: str, component: str | None) -> Iterator[Step]:
    for shape, program, words, after in _shapes():
        if component in (None, program) and shape.fullmatch(message):
            yield Step(words, after)


@cache
def _shapes() -> tuple[tuple[re.Pattern[str], str, str, str | None], ...]:
    found = []
    for script, (program, words) in STEPS.items():
        lines = [str(step["say"]).strip() for step in steps()[script]]
        for index, text in enumerate(lines):
            after = next((one for one in lines[index + 1 :] if _like(one) != _like(text)), None)
            told = re.sub(r"\{\w+\}", "…", after) if after else None
            if len(re.sub(r"\{\w+\}|\W|\d", "", text)) < LEAST:
                continue
            found.append((re.compile(_like(text), re.DOTALL), program, words, told))
    return tuple(found)


def _like(text: str) -> str:
    """Return the regex of the lines that a script's *text* stands for: its values may differ."""
    pieces = re.split(r"\{\w+\}|\d+", text)
    return r"\S*".join(re.escape(piece) for piece in pieces)


def _near(catalog: Catalog, text: str) -> tuple[str, ...]:
    """Return ids and messages that come near *text*."""
    if " " not in text:
        names = {name for one in catalog.patterns for name in (one.id, one.finding_id)}
        return tuple(difflib.get_close_matches(text, sorted(names), 3, NEAR))
    known = {template.text.strip() for template in dictionary().templates}
    return tuple(difflib.get_close_matches(text, sorted(known), 2, NEAR))
