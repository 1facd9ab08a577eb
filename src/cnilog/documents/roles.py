"""Roles: which policies of a source count together.

Policies of one role add up. A document that names a role belongs to it; one that names none
belongs to every role. Where the service account names its role, only that role counts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.documents.needs import needs
from cnilog.documents.policy import Statement, policy_documents, statements
from cnilog.documents.shapes import line_of, values, walk
from cnilog.finding import Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ANNOTATION: Final = "eks.amazonaws.com/role-arn"
_EVERY: Final = ("ec2:*",)
_SEES: Final = tuple(
    f"ec2:describe{what}" for what in ("instances", "instancetypes", "securitygroups", "subnets")
)
# What AWS's own policies allow of the CNI's actions (AmazonEKS_CNI_Policy as of docs/iam-policy.md
# in the CNI's repository, which names it); an empty tuple: nothing of it.
MANAGED: Final[dict[str, tuple[str, ...]]] = {
    "AmazonEKS_CNI_Policy": tuple(
        f"ec2:{action}".lower()
        for action in (
            "AssignPrivateIpAddresses",
            "AttachNetworkInterface",
            "CreateNetworkInterface",
            "CreateTags",
            "DeleteNetworkInterface",
            "DescribeInstanceTypes",
            "DescribeInstances",
            "DescribeNetworkInterfaces",
            "DescribeSecurityGroups",
            "DescribeSubnets",
            "DescribeTags",
            "DetachNetworkInterface",
            "ModifyNetworkInterfaceAttribute",
            "UnassignPrivateIpAddresses",
        )
    ),
    "AdministratorAccess": _EVERY,
    "AmazonEC2FullAccess": _EVERY,
    "AmazonEKSWorkerNodePolicy": _SEES,
    "AmazonEC2ContainerRegistryReadOnly": (),
    "AmazonEC2ContainerRegistryPullOnly": (),
    "AmazonSSMManagedInstanceCore": (),
    "CloudWatchAgentServerPolicy": (),
}


@dataclass(frozen=True, slots=True)
class Role:
    """The statements that count together, and where they were read."""

    name: str | None  # null where no document names a role
    files: tuple[str, ...]
    line: int | None  # of the first policy, in the first file
    statements: tuple[Statement, ...]
    unread: tuple[str, ...]  # attached policies whose content is not there: they may allow more


@dataclass(frozen=True, slots=True)
class _Part:
    role: str | None
    file: str
    line: int | None
    statements: tuple[Statement, ...]
    attached: bool = False
    unread: tuple[str, ...] = ()


def roles(documents: Sequence[Document]) -> tuple[Role, ...]:
    """Return the roles whose policies are among *documents*, in their order."""
    parts = [part for document in documents for part in _parts(document)]
    names = list(dict.fromkeys(part.role for part in parts if part.role))
    ours = service_account_role(documents)
    chosen: list[str | None] = [ours] if ours in names else [*names] or [None]
    found = (_joined(name, [one for one in parts if one.role in {None, name}]) for name in chosen)
    return tuple(one for one in found if one.statements)


def service_account_role(documents: Sequence[Document]) -> str | None:
    """Return the name of the role that a service account's annotation names, where one does."""
    for document in documents:
        if ANNOTATION not in document.text or "aws-node" not in document.text:
            continue
        after = document.text.partition(ANNOTATION)[2].lstrip("\"': ")
        arn = after.split(maxsplit=1)[0].strip("\"',}") if after.strip() else ""
        if arn.startswith("arn:") and ":role/" in arn:
            return arn.rsplit("/", 1)[-1]
    return None


def may_hold_policy(text: str) -> bool:
    """Return whether *text* has the words of a policy: most texts need no parsing."""
    return "tatement" in text or ("Effect" in text and "Action" in text)


def statements_in(document: Document) -> list[Statement]:
    """Return the statements about the CNI's actions in a policy document; empty where none is."""
    found = [one for doc in policy_documents(document.text) for one in statements(doc)]
    actions = {need.action for need in needs()}
    return found if any(one.covers(action) for one in found for action in actions) else []


def attached(text: str) -> list[str]:
    """Return the names in the answer of ``aws iam list-attached-role-policies``."""
    if "AttachedPolicies" not in text and "AttachedManagedPolicies" not in text:
        return []
    return [
        str(one["PolicyName"])
        for value in values(text)
        for one in walk(value)
        if "PolicyName" in one and "PolicyArn" in one
    ]


def _joined(name: str | None, parts: list[_Part]) -> Role:
    unread = tuple(one for part in parts for one in part.unread)
    given = sum(not part.attached for part in parts)
    return Role(
        name,
        tuple(dict.fromkeys(part.file for part in parts)),
        next((part.line for part in parts if part.line), None),
        tuple(one for part in parts for one in part.statements),
        # a document that is here may be the one a list names: versions carry no policy's name
        unread if len(unread) > given else (),
    )


def _parts(document: Document) -> Iterator[_Part]:
    for role, text in _by_role(document):
        piece = Document(document.file, text)
        found = statements_in(piece) if may_hold_policy(text) else []
        if found:
            yield _Part(role, document.file, line_of(document.text, "Statement"), tuple(found))
        names = attached(text)
        if names:
            allowed = tuple(one for name in names for one in MANAGED.get(name, ()))
            granted = (
                (Statement("Allow", allowed, but=False, conditional=False),) if allowed else ()
            )
            line = line_of(document.text, "PolicyName")
            unread = tuple(name for name in names if name not in MANAGED)
            yield _Part(role, document.file, line, granted, attached=True, unread=unread)


def _by_role(document: Document) -> Iterator[tuple[str | None, str]]:
    """Yield the parts of a document that are of one role; mostly there is one part."""
    if "RoleName" not in document.text:
        yield None, document.text
        return
    named = [
        one
        for value in values(document.text)
        for one in walk(value)
        if isinstance(one.get("RoleName"), str)
    ]
    if len({one["RoleName"] for one in named}) > 1:
        yield from ((one["RoleName"], json.dumps(one, default=str)) for one in named)
    else:
        yield (named[0]["RoleName"] if named else None), document.text
