"""IAM policies: which of the actions that the CNI needs they leave out.

Policies of one role count together: an action is allowed if one of them allows it. A policy that
speaks of no EC2 action of the CNI is another program's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.documents.actions import ACTIONS
from cnilog.documents.needs import needed, resources_of
from cnilog.documents.policy import Verdict, depends, judge
from cnilog.documents.reader import Reader
from cnilog.documents.roles import Role, attached, may_hold_policy, roles, statements_in
from cnilog.documents.shapes import line_of, values, walk
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from cnilog.finding import Document


def _read(document: Document) -> Iterable[Fact] | None:
    """Recognise a policy; its facts are those of all policies together, see `merged`."""
    return () if may_hold_policy(document.text) and statements_in(document) else None


def _attached(document: Document) -> Iterable[Fact] | None:
    """Recognise a list of attached policies; what they allow counts in `merged`."""
    return () if attached(document.text) else None


def merged(documents: Sequence[Document]) -> list[Fact]:
    """Return the facts of all policies of a source, for each role that they name."""
    found = roles(documents)
    facts = [fact for role in found for fact in _of_role(role)]
    if len(found) < 2:
        return facts
    # nothing says which role is aws-node's: where one of them is complete, nothing is missing
    names = {fact.name for fact in facts if fact.name.endswith("missing_actions")}
    whole = {name for name in names if any(not one.value for one in facts if one.name == name)}
    return [fact for fact in facts if fact.name not in whole or not fact.value]


def _of_role(role: Role) -> Iterator[Fact]:
    file = ", ".join(role.files)
    of = f"role {role.name}: " if role.name else ""

    def fact(name: str, value: tuple[str, ...] | bool, text: str) -> Fact:
        return Fact(name, value, file, role.line, text=of + text)

    if all(one.effect == "Deny" for one in role.statements):
        yield from _denied(role, fact)  # an organisation's policy, or a boundary: it allows nothing
        return
    for mode in ("ipv4", "ipv6"):
        verdict = _verdict(role, [need.action for need in needed(mode)])
        if verdict.missing and role.unread:
            continue  # what is attached but not here may allow it
        if not verdict.missing and (verdict.denied or verdict.conditional):
            continue  # not proved to be allowed either
        missing = verdict.missing
        text = f"not allowed: {', '.join(missing)}" if missing else "every action is allowed"
        yield fact(f"iam.{mode}.missing_actions", missing, text)
    yield from _denied(role, fact)
    newer = _verdict(role, ["ec2:DescribeSubnets"]).missing
    if not (newer and role.unread):
        text = "ec2:DescribeSubnets, since v1.22.0"
        yield fact("iam.describe_subnets_missing", bool(newer), text)


def _denied(role: Role, fact: Callable[[str, tuple[str, ...], str], Fact]) -> Iterator[Fact]:
    every = _verdict(role, dict.fromkeys(need.action for need in ACTIONS))
    if every.denied:
        yield fact("iam.denied_actions", every.denied, f"denied: {', '.join(every.denied)}")
    if every.conditional:
        on = [key for action in every.conditional for key in depends(role.statements, action)]
        keys = tuple(dict.fromkeys(on))
        text = f"depends on {', '.join(keys)}: {', '.join(every.conditional)}"
        yield fact("iam.conditional_actions", every.conditional, text)
        yield fact("iam.condition_keys", keys, text)


def _verdict(role: Role, actions: Iterable[str]) -> Verdict:
    return judge(role.statements, actions, resources_of())


def _message(document: Document) -> Iterable[Fact] | None:
    """Read ``aws sts decode-authorization-message``."""
    if "DecodedMessage" not in document.text:
        return None
    text = document.text.replace('\\"', '"')
    allowed = re.search(r'"allowed"\s*:\s*(true|false)', text)
    explicit = re.search(r'"explicitDeny"\s*:\s*(true|false)', text)
    action = re.search(r'"action"\s*:\s*"(ec2:\w+)"', text)
    if not (allowed and explicit and action) or allowed[1] == "true":
        return ()
    name = "iam.denied_actions" if explicit[1] == "true" else "iam.refused_actions"
    line = line_of(document.text, "DecodedMessage")
    return [Fact(name, (action[1],), document.file, line, text=f"decoded: {action[1]} is refused")]


def _simulation(document: Document) -> Iterable[Fact] | None:
    """Read ``aws iam simulate-principal-policy``: what AWS itself says, action by action."""
    if "EvalDecision" not in document.text:
        return None
    said = {
        str(one.get("EvalActionName")).lower(): str(one.get("EvalDecision"))
        for value in values(document.text)
        for one in walk(value)
        if "EvalDecision" in one
    }
    line = line_of(document.text, "EvalDecision")
    return list(_simulated(said, document.file, line))


def _simulated(said: Mapping[str, str], file: str, line: int | None) -> Iterator[Fact]:
    """Yield what is refused; an action that was not asked about leaves the mode open."""
    for mode in ("ipv4", "ipv6"):
        answers = {need.action: said.get(need.action.lower()) for need in needed(mode)}
        missing = tuple(action for action, word in answers.items() if word == "implicitDeny")
        if missing or set(answers.values()) == {"allowed"}:
            text = f"simulated, not allowed: {', '.join(missing) or 'nothing'}"
            yield Fact(f"iam.{mode}.missing_actions", missing, file, line, text=text)
    every = dict.fromkeys(need.action for need in ACTIONS)
    denied = tuple(action for action in every if said.get(action.lower()) == "explicitDeny")
    if denied:
        text = f"simulated, denied: {', '.join(denied)}"
        yield Fact("iam.denied_actions", denied, file, line, text=text)


POLICY: Final = Reader("IAM policy", _read)
ATTACHED: Final = Reader("attached IAM policies", _attached)
SIMULATION: Final = Reader("simulated IAM policy", _simulation)
MESSAGE: Final = Reader("decoded authorization message", _message)
