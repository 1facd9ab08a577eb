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
from cnilog.documents.advice import merged, said
from cnilog.documents.cluster import SERVICE_ACCOUNT
from cnilog.documents.iam import MESSAGE, SIMULATION
from cnilog.documents.needs import MODES
from cnilog.documents.permissions import Answer, permissions, statement
from cnilog.documents.shapes import damage
from cnilog.documents.terraform import TERRAFORM
from cnilog.documents.trust import BOUNDARY, left_out, trust_facts
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cnilog.documents.needs import Mode
    from cnilog.finding import Document, Fact

ASK: Final = "Give it what `aws iam get-policy-version` or `aws iam get-role` prints"
_NOUNS: Final = {
    "iam.trust.problems": "trust",
    "sa.role_arn": "service account",
    "iam.permissions_boundary": "permissions boundary",
    "terraform": "Terraform",
}


@dataclass(frozen=True, slots=True)
class Check:
    """What was found, ready to be said."""

    answers: tuple[Answer, ...]
    facts: tuple[Fact, ...]  # of trust, service account and Terraform
    mode: str | None
    notes: tuple[str, ...] = ()  # what was not judged, and why

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
    if not answers:  # a policy that says nothing of EC2, given as the role's, allows nothing of it
        answers = permissions(documents, modes=modes, version=version, whatever=True)
    facts = [
        fact
        for document in documents
        for reader in (SERVICE_ACCOUNT, TERRAFORM, SIMULATION, MESSAGE, BOUNDARY)
        for fact in reader.read(document) or ()
    ]
    facts += trust_facts(documents)
    if not (answers or facts):
        where = documents[0].file if documents else "the source"
        broken = damage(documents[0].text) if documents else None
        if broken:
            raise SourceError(f"{where}: no JSON: {broken}. Give the whole file")
        raise SourceError(f"{where}: no policy, trust, service account or Terraform call. {ASK}")
    return Check(answers, tuple(facts), mode, tuple(left_out(documents)))


def _problems(facts: Sequence[Fact], mode: str | None) -> Iterator[str]:
    for fact in facts:
        if fact.name == "iam.trust.problems" and fact.value:
            yield f"{fact.file}: aws-node may not assume the role: {fact.text}"
        if fact.value and fact.name in _refusals(mode):
            yield f"{fact.file}: AWS refuses it: {fact.text}"
    yield from _terraform(facts, mode)


def _refusals(mode: str | None) -> set[str]:
    families = {"ipv4", "ipv6"} if mode is None else {"ipv6" if mode == "ipv6" else "ipv4"}
    missing = {f"iam.{family}.missing_actions" for family in families}
    return {"iam.refused_actions", "iam.denied_actions", *missing}


def _terraform(facts: Sequence[Fact], mode: str | None) -> Iterator[str]:
    attached = {fact.name: fact for fact in facts if fact.name.startswith("terraform.vpc_cni")}
    flags = ("ipv6",) if mode == "ipv6" else ("ipv4", "ipv6") if mode is None else ("ipv4",)
    asked = [
        attached[name] for one in flags if (name := f"terraform.vpc_cni_enable_{one}") in attached
    ]
    if asked and not any(fact.value for fact in asked):
        names = " or ".join(fact.name.removeprefix("terraform.") for fact in asked)
        yield f"{asked[0].file}: the module attaches no policy for it; set {names} = true"


def _lines(found: Check) -> Iterator[str]:
    for one in merged(found.answers):
        yield from said(one)
    for fact in found.facts:
        noun = _NOUNS.get(fact.name.partition(".vpc_cni")[0])
        if noun and not (fact.name == "iam.trust.problems" and fact.value):
            yield f"{fact.file}: {noun}: {fact.text}"
    yield from found.notes
    yield from found.problems


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
                "depends_on": one.depends,
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
        "notes": found.notes,
        "problems": found.problems,
        "lacking": found.lacking,
    }
