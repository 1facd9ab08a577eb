"""Say what an id or a line of log means: by catalog, dictionary and start-up order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.catalog.messages import Template, dictionary, message_of
from cnilog.catalog.trial import takers, takes
from cnilog.discovery.generate.world import steps
from cnilog.errors import UnknownNameError

if TYPE_CHECKING:
    from cnilog.catalog import Catalog, Pattern

STEPS: Final = {  # script of the generator -> what it is in words
    "entrypoint-json": "the container's entrypoint",
    "entrypoint-go": "the container's entrypoint",
    "init-go": "the init container",
    "init-bash": "the init container",
    "ipamd-begin": "ipamd's start: its first lines",
    "ipamd-apiserver": "ipamd's start: reaching the API server",
    "ipamd-metadata": "ipamd's start: reading instance metadata",
    "ipamd-node-init": "ipamd's start: host network, ENIs, recovery",
    "ipamd-prescale": "ipamd's start: filling the pool of addresses",
    "ipamd-serve": "ipamd's start: serving",
    "ipamd-tick": "ipamd's loop, every 5 s",
    "ipamd-reconcile": "ipamd's reconciliation, every 60 s",
    "ipamd-add": "a pod asks for an address",
    "ipamd-del": "a pod gives its address back",
    "plugin-add": "the plugin sets a pod's network up",
    "plugin-answer": "the plugin sets a pod's network up",
    "plugin-del": "the plugin takes a pod's network down",
    "npa-start": "the policy agent's start",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a line."""

    message: str
    templates: tuple[Template, ...]  # that print it, most telling first
    patterns: tuple[tuple[Pattern, str], ...]  # that take it, with the signal
    step: str | None  # of the start-up it belongs to
    follows: str | None  # what the program says next when all is well


def named(catalog: Catalog, name: str) -> tuple[Pattern, ...]:
    """Return the patterns of that id or cause; none where it is neither."""
    return tuple(one for one in catalog.patterns if name in (one.id, one.cause))


def explain(catalog: Catalog, line: str) -> Explanation:
    """Return what *catalog* and the dictionary know of a line of log.

    Raises:
        UnknownNameError: Nothing is known of it.
    """
    message = message_of(line)
    templates = dictionary().look_up(message)
    component = templates[0].component if templates else None
    patterns = tuple(takers(catalog, message, component=component)) or _ready(catalog, message)
    step, follows = _place(message)
    if not templates and not patterns and not step:
        raise UnknownNameError("message like", line, ["an id of cnilog patterns list, or a line"])
    return Explanation(message, templates[:3], patterns, step, follows)


def _ready(catalog: Catalog, message: str) -> tuple[tuple[Pattern, str], ...]:
    """Return the patterns that take *message* for a recovery."""
    return tuple(
        (pattern, pattern.recovers)
        for pattern in catalog.patterns
        if pattern.recovers and takes(pattern.signals[pattern.recovers], message) is not None
    )[:3]


def _place(message: str) -> tuple[str | None, str | None]:
    for script, words in STEPS.items():
        lines = steps()[script]
        for index, step in enumerate(lines):
            start = step["say"].split("{")[0].strip()
            if len(start) > 8 and message.strip().startswith(start):
                after = next((one["say"] for one in lines[index + 1 :]), None)
                return words, after
    return None, None
