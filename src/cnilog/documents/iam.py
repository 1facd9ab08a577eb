"""IAM policies: which of the actions that the CNI needs they leave out.

Policies of one role count together: an action is allowed if one of them allows it. A policy that
speaks of no EC2 action of the CNI is another program's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.documents.needs import needed, needs
from cnilog.documents.policy import judge
from cnilog.documents.reader import Reader
from cnilog.documents.roles import Role, attached, may_hold_policy, roles, statements_in
from cnilog.documents.shapes import line_of
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilog.finding import Document


def _read(document: Document) -> Iterable[Fact] | None:
    """Recognise a policy; its facts are those of all policies together, see `merged`."""
    return () if may_hold_policy(document.text) and statements_in(document) else None


def _attached(document: Document) -> Iterable[Fact] | None:
    """Recognise a list of attached policies; what they allow counts in `merged`."""
    return () if attached(document.text) else None


def merged(documents: Sequence[Document]) -> list[Fact]:
    """Return the facts of all policies of a source, for each role that they name."""
    return [fact for role in roles(documents) for fact in _of_role(role)]


def _of_role(role: Role) -> Iterator[Fact]:
    file = ", ".join(role.files)
    of = f"role {role.name}: " if role.name else ""

    def fact(name: str, value: tuple[str, ...] | bool, text: str) -> Fact:
        return Fact(name, value, file, role.line, text=of + text)

    for mode in ("ipv4", "ipv6"):
        missing = judge(role.statements, [need.action for need in needed(mode)]).missing
        if missing and role.unread:
            continue  # what is attached but not here may allow it
        text = f"not allowed: {', '.join(missing)}" if missing else "every action is allowed"
        yield fact(f"iam.{mode}.missing_actions", missing, text)
    every = judge(role.statements, dict.fromkeys(need.action for need in needs()))
    if every.denied:
        yield fact("iam.denied_actions", every.denied, f"denied: {', '.join(every.denied)}")
    if every.conditional:
        text = f"under a condition: {', '.join(every.conditional)}"
        yield fact("iam.conditional_actions", every.conditional, text)
    newer = judge(role.statements, ["ec2:DescribeSubnets"]).missing
    if not (newer and role.unread):
        text = "ec2:DescribeSubnets, since v1.22.0"
        yield fact("iam.describe_subnets_missing", bool(newer), text)


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


POLICY: Final = Reader("IAM policy", _read)
ATTACHED: Final = Reader("attached IAM policies", _attached)
MESSAGE: Final = Reader("decoded authorization message", _message)
