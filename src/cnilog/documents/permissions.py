"""What a set of policies lacks for each mode of the CNI, and the statement that would add it.

The answers speak of one role: the policies in *documents* count together. Whether they are all of
the role's policies is for the user to know; boundaries and organisation policies are not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.documents.needs import MODES, resources_of, spans
from cnilog.documents.policy import depends, judge
from cnilog.documents.roles import roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cnilog.documents.actions import Need
    from cnilog.documents.needs import Mode
    from cnilog.documents.policy import Statement
    from cnilog.finding import Document

TAGGED: Final = "arn:aws:ec2:*:*:network-interface/*"  # all that the CNI tags


@dataclass(frozen=True, slots=True)
class Answer:
    """What one role lacks for one mode."""

    role: str | None  # null where the documents name none
    files: tuple[str, ...]
    mode: str
    missing: tuple[Need, ...]  # rows of the table that nothing allows, or that a statement denies
    denied: tuple[str, ...]
    conditional: tuple[str, ...]
    depends: tuple[str, ...]  # on what the conditional ones depend
    narrow: tuple[str, ...]  # missing ones that are allowed, on other resources
    unread: tuple[str, ...] = ()  # attached policies that are not here, and may allow more

    @property
    def lacking(self) -> tuple[str, ...]:
        """The actions that the mode cannot do without, once each."""
        return tuple(dict.fromkeys(one.action for one in self.missing if one.must))


def permissions(
    documents: Sequence[Document],
    *,
    modes: Sequence[Mode] = MODES,
    version: str | None = None,
    whatever: bool = False,
) -> tuple[Answer, ...]:
    """Return an answer for each role and mode; empty where *documents* hold no policy.

    Without *version* the rows of every release are judged; each says which it is about. Policies
    that speak of no action of the CNI count only where *whatever* is true.
    """
    return tuple(
        Answer(
            role.name,
            role.files,
            mode,
            *_lacking(role.statements, spans(mode, version)),
            role.unread,
        )
        for role in roles(documents, whatever=whatever)
        for mode in modes
    )


def _lacking(
    statements: Sequence[Statement], rows: Sequence[Need]
) -> tuple[tuple[Need, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    verdict = judge(statements, dict.fromkeys(row.action for row in rows), resources_of())
    without = {*verdict.missing, *verdict.denied}
    missing = tuple(row for row in rows if row.action in without)
    on = [key for action in verdict.conditional for key in depends(statements, action)]
    allowed = [one for one in statements if one.effect == "Allow"]
    narrow = [name for name in verdict.missing if any(one.covers(name) for one in allowed)]
    return missing, verdict.denied, verdict.conditional, tuple(dict.fromkeys(on)), tuple(narrow)


def statement(actions: Iterable[str]) -> list[dict[str, object]]:
    """Return the policy statements that allow *actions*, as the CNI's own policy has them."""
    wanted = sorted(set(actions))
    plain = [one for one in wanted if one != "ec2:CreateTags"]
    found: list[dict[str, object]] = []
    if plain:
        found.append({"Effect": "Allow", "Action": plain, "Resource": "*"})
    if "ec2:CreateTags" in wanted:
        found.append({"Effect": "Allow", "Action": ["ec2:CreateTags"], "Resource": TAGGED})
    return found
