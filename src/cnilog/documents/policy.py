"""IAM policies in whatever the AWS CLI wraps them in, and what they allow.

The grammar of actions is small (names with ``*`` and ``?``, no case), and what is asked of it is
one question about a dozen actions; the libraries for it bring a database of every AWS service, so
this module answers it itself. Of a resource its type is judged (an ENI, a subnet, an instance), not
which one: the CNI's calls name ENIs that do not exist yet. A statement with a condition, or for
some resources of a type, may or may not apply: it is noted, not decided.
"""

from __future__ import annotations

import fnmatch
import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import unquote

from cnilog.documents.hcl import terraform_policies
from cnilog.documents.shapes import entries, values, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_PREFIX: Final = {"network-interface": "eni-", "subnet": "subnet-", "instance": "i-"}


class Statement(NamedTuple):
    """One statement of a policy."""

    effect: str
    actions: tuple[str, ...]  # lower case
    but: bool  # the actions are those it does not mean (NotAction)
    conditional: bool
    resource: tuple[str, ...] = ("*",)
    keys: tuple[str, ...] = ()  # of the condition

    def covers(self, action: str) -> bool:
        """Return whether the statement speaks of *action*."""
        named = any(alike(action.lower(), one) for one in self.actions)
        return named is not self.but

    def reaches(self, kind: str | None) -> bool | None:
        """Return whether the statement is about resources of *kind*; null: about some of them.

        An action without resources of its own (*kind* null) needs the resource ``*``.
        """
        if any(set(one) == {"*"} for one in self.resource):
            return True
        answers = {_reaches(one, kind) for one in self.resource} if kind is not None else {False}
        return True if True in answers else None if None in answers else False


def _reaches(resource: str, kind: str | None) -> bool | None:
    """Return whether *resource*, which may have ``*`` and ``?``, stands for all of *kind*.

    Region and account are taken to be the cluster's own.
    """
    fields = resource.split(":", 5)
    if len(fields) < 6:
        return alike(f"arn:aws:ec2:::{kind}/", resource) or False
    if not alike("ec2", fields[2]):
        return False
    every = f"{kind}/{_PREFIX.get(str(kind), '')}\x00"  # an id that no pattern spells out
    if alike(every, fields[5]):
        return True
    return None if alike(str(kind), fields[5].partition("/")[0]) else False


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
        if one.get("Effect") in ("Allow", "Deny") and actions:
            found.append(
                Statement(
                    effect=one["Effect"],
                    actions=tuple(str(action).lower() for action in actions),
                    but="Action" not in one,
                    conditional=bool(one.get("Condition")) or "NotResource" in one,
                    resource=tuple(map(str, entries(one.get("Resource", "*")))) or ("*",),
                    keys=_keys(one),
                )
            )
    return found


def _keys(statement: dict[str, Any]) -> tuple[str, ...]:
    """Return what a statement makes its answer depend on: the keys of its condition."""
    tests = statement.get("Condition")
    inner = tests.values() if isinstance(tests, dict) else ()
    keys = [str(key) for test in inner if isinstance(test, dict) for key in test]
    return tuple(dict.fromkeys((*keys, *(["NotResource"] if "NotResource" in statement else []))))


def policy_documents(text: str) -> Iterator[dict[str, Any]]:
    """Yield every policy document in *text*: bare, wrapped, URL-encoded, or written as a string."""
    for value in values(text) or values(unquote(text)) or terraform_policies(text):
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


class Verdict(NamedTuple):
    """What a set of statements says of some actions."""

    missing: tuple[str, ...]  # nothing allows them
    denied: tuple[str, ...]  # a statement without a condition denies them
    conditional: tuple[str, ...]  # allowed, or not denied, only under a condition


def judge(
    found: Iterable[Statement],
    needed: Iterable[str],
    on: Mapping[str, tuple[str, ...]] | None = None,
) -> Verdict:
    """Return what *found* says of the actions in *needed*.

    Args:
        found: Statements that count together.
        needed: Actions as AWS writes them.
        on: The kinds of resources that an action needs all of; one that is left out needs ``*``.
    """
    found = tuple(found)
    answers: dict[str, list[str]] = {"missing": [], "denied": [], "conditional": [], "allowed": []}
    for action in needed:
        about = [one for one in found if one.covers(action)]
        kinds = (on or {}).get(action) or (None,)
        said = {_of_kind(about, kind) for kind in kinds}
        answers[
            next(word for word in ("denied", "missing", "conditional", "allowed") if word in said)
        ].append(action)
    return Verdict(*(tuple(answers[word]) for word in ("missing", "denied", "conditional")))


def _of_kind(about: Iterable[Statement], kind: str | None) -> str:
    """Return what statements about an action say of it, for resources of one kind."""
    reached = [(one, one.reaches(kind)) for one in about]
    allows = [
        (one, every) for one, every in reached if one.effect == "Allow" and every is not False
    ]
    denies = [(one, every) for one, every in reached if one.effect == "Deny" and every is not False]
    if any(every and not one.conditional for one, every in denies):
        return "denied"
    if not allows:
        return "missing"
    sure = any(every and not one.conditional for one, every in allows)
    return "allowed" if sure and not denies else "conditional"


def depends(found: Iterable[Statement], action: str) -> tuple[str, ...]:
    """Return what the answer about *action* depends on: condition keys, and narrow resources."""
    about = [one for one in found if one.covers(action)]
    keys = [key for one in about for key in one.keys]
    narrow = [name for one in about if not one.keys for name in one.resource if set(name) != {"*"}]
    return tuple(dict.fromkeys(keys or narrow))
