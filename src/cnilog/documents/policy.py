"""IAM policies in whatever the AWS CLI wraps them in, and what they allow.

The grammar of actions is small (names with ``*`` and ``?``, no case), and what is asked of it is
one question about a dozen actions; the libraries for it bring a database of every AWS service, so
this module answers it itself. Resources are not judged: the CNI's calls name ENIs that do not
exist yet. A statement with a condition may or may not apply: it is noted, not decided.
"""

from __future__ import annotations

import fnmatch
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from cnilog.documents.shapes import entries, values, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy."""

    effect: str
    actions: tuple[str, ...]  # lower case
    but: bool  # the actions are those it does not mean (NotAction)
    conditional: bool
    resource: tuple[str, ...] = ("*",)

    def covers(self, action: str) -> bool:
        """Return whether the statement speaks of *action*."""
        named = any(alike(action.lower(), one) for one in self.actions)
        return named is not self.but


def alike(value: str, wanted: str) -> bool:
    """Return whether *value* is as *wanted* asks, where only ``*`` and ``?`` stand for others."""
    return fnmatch.fnmatchcase(value, wanted.replace("[", "[[]"))


def statements(document: Any) -> list[Statement]:
    """Return the statements of a policy document; empty where it is none."""
    found = []
    for one in entries(document.get("Statement") if isinstance(document, dict) else None):
        if not isinstance(one, dict) or "Principal" in one or "NotPrincipal" in one:
            continue
        actions = entries(one.get("Action", one.get("NotAction")))
        if one.get("Effect") in {"Allow", "Deny"} and actions:
            found.append(
                Statement(
                    effect=one["Effect"],
                    actions=tuple(str(action).lower() for action in actions),
                    but="Action" not in one,
                    conditional=bool(one.get("Condition")),
                    resource=tuple(map(str, entries(one.get("Resource", "*")))),
                )
            )
    return found


def policy_documents(text: str) -> Iterator[dict[str, Any]]:
    """Yield every policy document in *text*: bare, wrapped, URL-encoded, or written as a string."""
    for value in values(text) or values(unquote(text)):
        if isinstance(value, list) and value and _is_statement(value[0]):
            yield {"Statement": value}
            continue
        for inner in walk(value):
            if "Statement" in inner:
                yield inner
            for one in inner.values():
                if isinstance(one, str) and "Statement" in one:
                    yield from _from_string(one)


def _is_statement(value: Any) -> bool:
    return isinstance(value, dict) and "Effect" in value


def _from_string(text: str) -> Iterator[dict[str, Any]]:
    for form in (text, unquote(text)):
        try:
            value = json.loads(form)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and "Statement" in value:
            yield value
            return


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a set of statements says of some actions."""

    missing: tuple[str, ...]  # nothing allows them
    denied: tuple[str, ...]  # a statement without a condition denies them
    conditional: tuple[str, ...]  # allowed, or not denied, only under a condition


def judge(found: Iterable[Statement], needed: Iterable[str]) -> Verdict:
    """Return what *found* says of the actions in *needed*."""
    found = tuple(found)
    missing, denied, conditional = [], [], []
    for action in needed:
        about = [one for one in found if one.covers(action)]
        allows = [one for one in about if one.effect == "Allow"]
        denies = [one for one in about if one.effect == "Deny"]
        if any(not one.conditional for one in denies):
            denied.append(action)
        elif not allows:
            missing.append(action)
        elif denies or all(one.conditional for one in allows):
            conditional.append(action)
    return Verdict(tuple(missing), tuple(denied), tuple(conditional))
