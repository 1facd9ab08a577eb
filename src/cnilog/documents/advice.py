"""The words of ``cnilog iam`` about one role: what is missing, how it shows, what to add."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from cnilog.catalog.versions import number
from cnilog.documents.permissions import Answer, statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilog.documents.actions import Need

TAG: Final = "cluster.k8s.amazonaws.com/name"  # set by ipamd where CLUSTER_NAME is
MANAGED: Final = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
MANY: Final = 4  # missing actions from which on a managed policy is the shorter way


def merged(answers: Sequence[Answer]) -> Iterator[tuple[str, Answer]]:
    """Yield answers with the modes that share them, so that nothing is said five times."""
    alike: dict[tuple[object, ...], tuple[list[str], Answer]] = {}
    for one in answers:
        key = (one.role, one.missing, one.denied, one.conditional, one.depends)
        alike.setdefault(key, ([], one))[0].append(one.mode)
    yield from ((", ".join(modes), one) for modes, one in alike.values())


def said(entry: tuple[str, Answer]) -> Iterator[str]:
    """Yield the lines about one role in the modes that share an answer."""
    modes, one = entry
    whose = f"{one.role}: " if one.role else ""
    count = len(one.lacking)
    plural = "" if count == 1 else "s"
    lacks = f"{count} needed action{plural} missing" if count else "nothing needed is missing"
    if count and one.unread:
        lacks = f"not known: {count} needed action{plural} not seen, and not all policies are here"
    yield f"{whose}{modes}: {lacks}"
    for need in one.missing:
        yield f"  {need.action}{_when(need)}: {need.step}{_weight(need, one)}"
        yield f"      shows as: {need.log}"
    if one.missing and one.unread:
        yield f"  attached but not read, and may allow it: {', '.join(one.unread)}"
        yield "      give its text too: aws iam get-policy-version --policy-arn ARN --version-id vN"
    yield from _open(one)
    yield from _to_do(one)
    yield ""


def _open(one: Answer) -> Iterator[str]:
    if not one.conditional:
        return
    yield f"  depends on what cannot be judged here: {', '.join(one.conditional)}"
    yield from (f"      on {key}" for key in one.depends)
    if any(TAG in key for key in one.depends):
        yield "      ipamd sets that tag where aws-node's environment has CLUSTER_NAME (v1.8.0 on):"
        yield "      kubectl -n kube-system set env daemonset/aws-node CLUSTER_NAME=CLUSTER"


def _to_do(one: Answer) -> Iterator[str]:
    to_add = [need.action for need in one.missing if need.action not in one.denied]
    if to_add:
        yield "  add to the role's policy:"
        yield from ("    " + line for line in json.dumps(statement(to_add), indent=2).splitlines())
    if len(to_add) >= MANY and one.mode != "ipv6":
        role = one.role or "ROLE"
        yield "  or attach the policy that AWS keeps for IPv4:"
        yield f"    aws iam attach-role-policy --role-name {role} --policy-arn {MANAGED}"
    if one.denied:
        yield f"  a statement denies {', '.join(one.denied)}: take that away first"
    if one.lacking:
        yield "  then: kubectl -n kube-system rollout restart daemonset aws-node"


def _when(need: Need) -> str:
    last = number(need.until) or (99, 0, 0)
    if need.until == need.since:
        return f" (v{need.since})"
    if last < (99, 0, 0):
        return f" (v{need.since} to v{need.until.removesuffix('.99')})"
    return f" (v{need.since} and later)" if (number(need.since) or last) > (1, 10, 0) else ""


def _weight(need: Need, one: Answer) -> str:
    words = "; the start fails" if need.fatal else "" if need.must else "; goes on without it"
    if need.action in one.denied:
        return f"{words}; denied"
    if need.action in one.narrow:
        return f"{words}; allowed, but not on every {' and '.join(need.resources) or 'resource'}"
    return words
