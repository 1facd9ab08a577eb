"""IAM policies: which of the actions that the CNI needs they leave out.

All policies of one source count together, as policies of one role do: an action is allowed if one
of them allows it. A policy that speaks of no EC2 action of the CNI is another program's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.documents.needs import needed, needs
from cnilog.documents.policy import Statement, judge, policy_documents, statements
from cnilog.documents.reader import Reader
from cnilog.documents.shapes import line_of, values, walk
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilog.finding import Document

MANAGED: Final = {  # managed policies whose content is known and complete for their mode
    "AmazonEKS_CNI_Policy": ("ipv4",),
    "AdministratorAccess": ("ipv4", "ipv6"),
    "AmazonEC2FullAccess": ("ipv4", "ipv6"),
}


def statements_in(document: Document) -> list[Statement]:
    """Return the statements about the CNI's actions in a policy document; empty where none is."""
    found = [one for doc in policy_documents(document.text) for one in statements(doc)]
    actions = {need.action for need in needs()}
    return found if any(one.covers(action) for one in found for action in actions) else []


def _read(document: Document) -> Iterable[Fact] | None:
    """Recognise a policy; its facts are those of all policies together, see `merged`."""
    return () if "tatement" in document.text and statements_in(document) else None


def _attached(document: Document) -> Iterable[Fact] | None:
    if "AttachedPolicies" not in document.text:
        return None
    names = [
        str(one["PolicyName"])
        for value in values(document.text)
        for one in walk(value)
        if "PolicyName" in one and "PolicyArn" in one
    ]
    facts = []
    for mode in ("ipv4", "ipv6"):
        full = [name for name in names if mode in MANAGED.get(name, ())]
        if full:
            text = f"attached: {', '.join(full)}"
            line = line_of(document.text, full[0])
            facts.append(Fact(f"iam.{mode}.missing_actions", (), document.file, line, text=text))
    return facts


def merged(documents: Sequence[Document]) -> list[Fact]:
    """Return the facts of all policy documents of a source, as of one role."""
    parts = [(one, statements_in(one)) for one in documents if "tatement" in one.text]
    parts = [(one, found) for one, found in parts if found]
    if not parts:
        return []
    together = [statement for _, found in parts for statement in found]
    file = ", ".join(dict.fromkeys(one.file for one, _ in parts))
    line = line_of(parts[0][0].text, "Statement")
    facts = []
    for mode in ("ipv4", "ipv6"):
        actions = [need.action for need in needed(mode)]
        missing = judge(together, actions).missing
        text = f"not allowed: {', '.join(missing)}" if missing else "every action is allowed"
        facts.append(Fact(f"iam.{mode}.missing_actions", missing, file, line, text=text))
    every = judge(together, dict.fromkeys(need.action for need in needs()))
    if every.denied:
        text = f"denied: {', '.join(every.denied)}"
        facts.append(Fact("iam.denied_actions", every.denied, file, line, text=text))
    if every.conditional:
        text = f"under a condition: {', '.join(every.conditional)}"
        facts.append(Fact("iam.conditional_actions", every.conditional, file, line, text=text))
    newer = judge(together, ["ec2:DescribeSubnets"]).missing
    name = "iam.describe_subnets_missing"
    facts.append(Fact(name, bool(newer), file, line, text="ec2:DescribeSubnets, since v1.22.0"))
    return facts


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
