"""Trust policies: whether the role may be assumed by the aws-node service account.

IRSA needs a federated principal that is the cluster's OIDC provider, ``sts:AssumeRoleWith-
WebIdentity``, the subject ``system:serviceaccount:kube-system:aws-node`` and the audience
``sts.amazonaws.com``; Pod Identity needs the service ``pods.eks.amazonaws.com`` with
``sts:AssumeRole`` and ``sts:TagSession``; a node's role needs ``ec2.amazonaws.com``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilog.documents.policy import alike, policy_documents
from cnilog.documents.reader import Reader
from cnilog.documents.roles import SUBJECT, service_account_role
from cnilog.documents.shapes import dig, entries, line_of
from cnilog.finding import Fact
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cnilog.finding import Document

AUDIENCE: Final = "sts.amazonaws.com"
_ISSUER: Final = regex(r"oidc\.eks\.[\w-]+\.amazonaws\.com(?:\.cn)?/id/([0-9A-F]{32})")
_OPERATORS: Final = {
    "StringEquals",
    "StringLike",
    "StringEqualsIgnoreCase",
    "ForAnyValue:StringLike",
}


def _trusting(document: Document) -> list[dict[str, Any]]:
    return [
        one
        for doc in policy_documents(document.text)
        for one in entries(doc.get("Statement"))
        if isinstance(one, dict) and "Principal" in one and one.get("Effect") == "Allow"
    ]


def _read(document: Document) -> Iterable[Fact] | None:
    """Recognise a trust policy; its facts need the cluster's issuer, see `trust_facts`."""
    return () if "Principal" in document.text and _trusting(document) else None


def trust_facts(documents: Sequence[Document]) -> list[Fact]:
    """Return the facts of the trust policies of a source, compared with its cluster's issuer."""
    issuer, role = _issuer(documents), service_account_role(documents)
    facts = []
    for document in documents:
        found = _trusting(document) if "Principal" in document.text else []
        if not found or not _ours(document, role):
            continue
        answers = [list(_problems(one, issuer)) for one in found]
        agreed = any(not some for some in answers)
        every = (problem for some in answers for problem in some)
        problems = () if agreed else tuple(dict.fromkeys(every))
        text = "; ".join(problems) or "aws-node may assume the role"
        line = line_of(document.text, ":sub") or line_of(document.text, "Principal")
        facts.append(Fact("iam.trust.problems", problems, document.file, line, text=text))
    return facts


def left_out(documents: Sequence[Document]) -> list[str]:
    """Return which trust policies were not judged, a sentence each: they are of another role."""
    role = service_account_role(documents)
    return [
        f"{one.file}: not judged: it is of role {', '.join(sorted(_roles(one)))}, and the service "
        f"account names {role}"
        for one in documents
        if "Principal" in one.text and _trusting(one) and not _ours(one, role)
    ]


def _ours(document: Document, role: str | None) -> bool:
    """Return whether the trust is of *role*, or may be: bare policies name no role."""
    names = _roles(document)
    return role is None or not names or role in names


def _roles(document: Document) -> set[str]:
    return set(re.findall(r'"RoleName"\s*:\s*"([^"]+)"', document.text))


def _issuer(documents: Sequence[Document]) -> str | None:
    """Return the id of the cluster's own OIDC issuer, where a description of the cluster tells."""
    for document in documents:
        found = re.search(r'"issuer"\s*:\s*"https://([^"]+)"', document.text)
        if found and (shape := _ISSUER.search(found[1])):
            return shape[1]
    return None


def _problems(statement: dict[str, Any], issuer: str | None) -> Iterator[str]:
    principal = statement["Principal"]
    if principal == "*":
        return
    actions = {str(one).lower() for one in entries(statement.get("Action"))}
    services = [str(one) for one in entries(dig(principal, "Service"))]
    if services:
        yield from _of_service(services, actions)
        return
    federated = [str(one) for one in entries(dig(principal, "Federated"))]
    if not federated:
        yield "no statement trusts an OIDC provider, Pod Identity or EC2"
        return
    if not {"sts:assumerolewithwebidentity", "sts:*"} & actions:
        yield "the action is not sts:AssumeRoleWithWebIdentity"
    yield from _provider(federated, issuer)
    yield from _conditions(statement.get("Condition") or {})


def _of_service(services: list[str], actions: set[str]) -> Iterator[str]:
    """Yield problems of Pod Identity; a node's role is fine, another service's is not ours."""
    if "pods.eks.amazonaws.com" not in services:
        return
    if not {"sts:assumerole", "sts:*"} & actions:
        yield "Pod Identity may not call sts:AssumeRole"
    if not {"sts:tagsession", "sts:*"} & actions:
        yield "Pod Identity may not call sts:TagSession"


def _provider(federated: list[str], issuer: str | None) -> Iterator[str]:
    ids = [shape[1] for one in federated if (shape := _ISSUER.search(one))]
    if issuer and ids and issuer not in ids:
        yield f"the OIDC provider {ids[0]} is of another cluster (this one's is {issuer})"


def _conditions(condition: Any) -> Iterator[str]:
    if not isinstance(condition, dict):
        return
    for test, tests in condition.items():
        if test not in _OPERATORS or not isinstance(tests, dict):
            continue
        for key, wanted in tests.items():
            options = [str(one) for one in entries(wanted)]
            like = "Like" in test
            if key.endswith(":sub") and not any(_fits(SUBJECT, one, like=like) for one in options):
                yield f"sub is {', '.join(options)}, not {SUBJECT}"
            if key.endswith(":aud") and not any(_fits(AUDIENCE, one, like=like) for one in options):
                yield f"aud is {', '.join(options)}, not {AUDIENCE}"


def _fits(value: str, wanted: str, *, like: bool) -> bool:
    return alike(value, wanted) if like else value == wanted


TRUST: Final = Reader("IAM trust policy", _read)


def _boundary(document: Document) -> Iterable[Fact] | None:
    """Read the permissions boundary of a role, which limits whatever its policies allow."""
    found = re.search(r'"PermissionsBoundaryArn"\s*:\s*"([^"]+)"', document.text)
    if not found:
        return None
    line = line_of(document.text, found[0])
    text = f"{found[1]} limits the role; what it allows was not read"
    return [Fact("iam.permissions_boundary", found[1], document.file, line, text=text)]


BOUNDARY: Final = Reader("permissions boundary", _boundary)
