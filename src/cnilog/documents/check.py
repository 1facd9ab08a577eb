"""The whole answer of ``cnilog iam``: permissions by role and mode, trust, Terraform.

demo-cni (policy.json)
ipv4: 7 actions missing
ec2:AssignPrivateIpAddresses: filling of the pool at start; the start fails
shows as: Failed to allocate a private IP/Prefix addresses on ENI
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from cnilog.catalog.versions import number
from cnilog.documents.cluster import SERVICE_ACCOUNT
from cnilog.documents.needs import MODES, Need
from cnilog.documents.permissions import Answer, permissions, statement
from cnilog.documents.terraform import TERRAFORM
from cnilog.documents.trust import trust_facts
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilog.documents.needs import Mode
    from cnilog.finding import Document, Fact

ASK: Final = "Give it what `aws iam get-policy-version` or `aws iam get-role` prints"


@dataclass(frozen=True, slots=True)
class Check:
    """What was found, ready to be said."""

    answers: tuple[Answer, ...]
    facts: tuple[Fact, ...]  # of trust, service account and Terraform
    mode: str | None

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong beside the actions, a sentence each."""
        return tuple(_problems(self.facts, self.mode))

    @property
    def lacking(self) -> bool:
        """Whether nothing that was asked about can work: no mode of a role is complete."""
        of_roles: dict[str | None, list[bool]] = {}
        for one in self.answers:
            of_roles.setdefault(one.role, []).append(bool(one.lacking) and not one.unread)
        return bool(self.problems) or any(all(some) for some in of_roles.values())

    def as_text(self) -> str:
        """Return the answer for a person."""
        return "\n".join(_lines(self)) + "\n"

    def as_json(self) -> str:
        """Return the answer for a program."""
        return json.dumps(_plain(self), indent=2) + "\n"


def check(
    documents: Sequence[Document], *, mode: Mode | None = None, version: str | None = None
) -> Check:
    """Return what *documents* lack for *mode* (every mode where it is null) in *version*.

    Raises:
        SourceError: None of the documents says anything about permissions, or *version* is none.
    """
    if version is not None and number(version) is None:
        raise SourceError(f"{version}: no version. Write it as 1.19.3")
    modes = MODES if mode is None else (mode,)
    answers = permissions(documents, modes=modes, version=version)
    facts = [
        fact
        for document in documents
        for reader in (SERVICE_ACCOUNT, TERRAFORM)
        for fact in reader.read(document) or ()
    ]
    facts += trust_facts(documents)
    if not (answers or facts):
        where = documents[0].file if documents else "the source"
        raise SourceError(f"{where}: no policy, trust, service account or Terraform call. {ASK}")
    return Check(answers, tuple(facts), mode)


def _problems(facts: Sequence[Fact], mode: str | None) -> Iterator[str]:
    for fact in facts:
        if fact.name == "iam.trust.problems" and fact.value:
            yield f"{fact.file}: aws-node may not assume the role: {fact.text}"
    attached = {fact.name: fact for fact in facts if fact.name.startswith("terraform.vpc_cni")}
    flags = ("ipv6",) if mode == "ipv6" else ("ipv4", "ipv6") if mode is None else ("ipv4",)
    asked = [
        attached[name] for one in flags if (name := f"terraform.vpc_cni_enable_{one}") in attached
    ]
    if asked and not any(fact.value for fact in asked):
        names = " or ".join(fact.name.removeprefix("terraform.") for fact in asked)
        yield f"{asked[0].file}: the module attaches no policy for it; set {names} = true"


def _lines(found: Check) -> Iterator[str]:
    for one in _merged(found.answers):
        yield from _said(one)
    for fact in found.facts:
        if not (fact.name == "iam.trust.problems" and fact.value):
            name = {"iam.trust.problems": "trust", "sa.role_arn": "service account"}
            yield f"{fact.file}: {name.get(fact.name, 'Terraform')}: {fact.text}"
    yield from found.problems


def _merged(answers: Sequence[Answer]) -> Iterator[tuple[str, Answer]]:
    """Yield answers with the modes that share them, so that nothing is said five times."""
    alike: dict[tuple[object, ...], tuple[list[str], Answer]] = {}
    for one in answers:
        key = (one.role, one.missing, one.denied, one.conditional)
        alike.setdefault(key, ([], one))[0].append(one.mode)
    yield from ((", ".join(modes), one) for modes, one in alike.values())


def _said(entry: tuple[str, Answer]) -> Iterator[str]:
    modes, one = entry
    whose = f"{one.role}: " if one.role else ""
    count = len(one.lacking)
    plural = "" if count == 1 else "s"
    lacks = f"{count} needed action{plural} missing" if count else "nothing needed is missing"
    yield f"{whose}{modes}: {lacks}"
    for need in one.missing:
        yield f"  {need.action}{_when(need)}: {need.step}{_weight(need, one)}"
        yield f"      shows as: {need.log}"
    if one.missing and one.unread:
        yield f"  attached but not read, and may allow it: {', '.join(one.unread)}"
    if one.conditional:
        yield f"  under a condition that cannot be judged here: {', '.join(one.conditional)}"
        yield "      a condition on the cluster's tag needs CLUSTER_NAME in aws-node's environment"
    to_add = [need.action for need in one.missing if need.action not in one.denied]
    if to_add:
        yield "  add to the role's policy:"
        yield from ("    " + line for line in json.dumps(statement(to_add), indent=2).splitlines())
    if one.denied:
        yield f"  a statement denies {', '.join(one.denied)}: take that away first"
    if one.lacking:
        yield "  then: kubectl -n kube-system rollout restart daemonset aws-node"
    yield ""


def _when(need: Need) -> str:
    last = number(need.until) or (99, 0, 0)
    if last < (99, 0, 0):
        return f" (v{need.since} to v{need.until.removesuffix('.99')})"
    return f" (v{need.since} and later)" if (number(need.since) or last) > (1, 10, 0) else ""


def _weight(need: Need, one: Answer) -> str:
    words = "; the start fails" if need.fatal else "" if need.must else "; goes on without it"
    return words + ("; denied" if need.action in one.denied else "")


def _plain(found: Check) -> dict[str, Any]:
    return {
        "schema": 1,
        "answers": [
            {
                "role": one.role,
                "files": one.files,
                "mode": one.mode,
                "missing": [
                    {
                        "action": need.action,
                        "since": need.since,
                        "until": None if need.until.startswith("99") else need.until,
                        "needed": need.must,
                        "step": need.step,
                        "start_fails": need.fatal,
                        "log": need.log,
                        "denied": need.action in one.denied,
                    }
                    for need in one.missing
                ],
                "conditional": one.conditional,
                "unread": one.unread,
                "statement": statement(
                    need.action for need in one.missing if need.action not in one.denied
                ),
            }
            for one in found.answers
        ],
        "facts": [
            {"name": fact.name, "value": fact.value, "file": fact.file, "line": fact.line}
            for fact in found.facts
        ],
        "problems": found.problems,
        "lacking": found.lacking,
    }
