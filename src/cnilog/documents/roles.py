"""Roles: which policies of a source count together.

Policies of one role add up. A document that names a role belongs to it; one that names none
belongs to every role. Where the service account names its role, only that role counts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.documents.hcl import terraform_policies
from cnilog.documents.policy import Statement, policy_documents, statements
from cnilog.documents.shapes import line_of, values, walk
from cnilog.finding import Document
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SUBJECT: Final = "system:serviceaccount:kube-system:aws-node"
ANNOTATION: Final = "eks.amazonaws.com/role-arn"
TELLING: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
    "ec2:AssignIpv6Addresses",
    "ec2:AttachNetworkInterface",
)
_EVERY: Final = ("ec2:*",)
_AWS: Final = regex(r"arn:aws[\w-]*:iam::aws:policy/")
_SEES: Final = tuple(
    f"ec2:describe{what}" for what in ("instances", "instancetypes", "securitygroups", "subnets")
)
# What AWS's own policies allow of the CNI's actions, from docs.aws.amazon.com/aws-managed-policy
# (AmazonEKSWorkerNodePolicy v3, AmazonEKSWorkerNodeMinimalPolicy v1; of AmazonEKS_CNI_Policy
# docs/iam-policy.md in the CNI's repository has one action more, ec2:DescribeSecurityGroups, than
# v5 of that page: the CNI needs it in v1.22.0 and v1.22.1 only). An empty tuple: nothing of it.
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
    "AmazonEKSWorkerNodeMinimalPolicy": (),
    "AmazonEC2ContainerRegistryReadOnly": (),
    "AmazonEC2ContainerRegistryPullOnly": (),
    "AmazonSSMManagedInstanceCore": (),
    "CloudWatchAgentServerPolicy": (),
}


class Role(NamedTuple):
    """The statements that count together, and where they were read."""

    name: str | None  # null where no document names a role
    files: tuple[str, ...]
    line: int | None  # of the first policy, in the first file
    statements: tuple[Statement, ...]
    unread: tuple[str, ...]  # attached policies whose content is not there: they may allow more


class _Part(NamedTuple):
    role: str | None
    file: str
    line: int | None
    statements: tuple[Statement, ...]
    attached: bool = False
    unread: tuple[str, ...] = ()


def roles(documents: Sequence[Document], *, whatever: bool = False) -> tuple[Role, ...]:
    """Return the roles whose policies are among *documents*, in their order.

    A policy that speaks of no action of the CNI is another program's, unless *whatever* counts.
    """
    parts = [part for document in documents for part in _parts(document, whatever=whatever)]
    names = list(dict.fromkeys(part.role for part in parts if part.role))
    ours = service_account_role(documents)
    trusted = [name for name in names if name in _trusting_aws_node(documents)]
    chosen: list[str | None] = [ours] if ours in names else [*(trusted or names)] or [None]
    found = (_joined(name, [one for one in parts if one.role in {None, name}]) for name in chosen)
    return tuple(one for one in found if one.statements or (whatever and one.files))


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


def _trusting_aws_node(documents: Sequence[Document]) -> set[str]:
    """Return the roles that trust the service account of aws-node by name."""
    return {
        str(one["RoleName"])
        for document in documents
        if SUBJECT in document.text and "AssumeRolePolicyDocument" in document.text
        for value in values(document.text)
        for one in walk(value)
        if "RoleName" in one and SUBJECT in str(one.get("AssumeRolePolicyDocument"))
    }


def may_hold_policy(text: str) -> bool:
    """Return whether *text* has the words of a policy: most texts need no parsing."""
    return "tatement" in text or ("Effect" in text and "Action" in text)


def statements_in(document: Document, *, whatever: bool = False) -> list[Statement]:
    """Return the statements of a policy document that is the CNI's; empty where it is another's.

    Many programs look at instances and subnets; only the CNI's policy speaks of ENI addresses.
    """
    found = [one for doc in policy_documents(document.text) for one in statements(doc)]
    telling = any(one.covers(action) for one in found for action in TELLING)
    return found if whatever or telling else []


def attached(text: str) -> list[str]:
    """Return the names in the answer of ``aws iam list-attached-role-policies``.

    A policy of the account's own keeps its ARN for a name: it is none of AWS's, whatever it is
    called.
    """
    if "AttachedPolicies" not in text and "AttachedManagedPolicies" not in text:
        return []
    return [
        str(one["PolicyName"] if _AWS.match(str(one["PolicyArn"])) else one["PolicyArn"])
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


def _parts(document: Document, *, whatever: bool = False) -> Iterator[_Part]:
    for role, text in _by_role(document):
        piece = Document(document.file, text)
        found = statements_in(piece, whatever=whatever) if may_hold_policy(text) else []
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
        written = terraform_policies(document.text)
        yield from ((one["RoleName"], json.dumps(one)) for one in written)
        if not written:
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
