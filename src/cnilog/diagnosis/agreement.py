"""Documents that contradict each other: said with both places, and then taken for neither.

A setting has one value. Where two documents of a node, or of the source as a whole, give it two,
one of them is old or of another cluster, and nothing here can tell which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.finding import Fact

SETTINGS: Final = ("cluster.ip_family", "sa.role_arn", "link.mac_address_policy")
FAMILIES: Final = ("env.", "imds.", "terraform.")  # what they say is of one moment, and of counts
NO_SETTING: Final = "env.problems"
SHOWN: Final = 4  # contradictions told in full


def agreed(facts: Iterable[Fact]) -> tuple[tuple[Fact, ...], tuple[str, ...]]:
    """Return the facts that no other document contradicts, and a sentence for each that one does.

    Names that only spell a value in another way (case) agree.
    """
    facts = tuple(facts)
    by_name: dict[tuple[str, str | None], dict[str, Fact]] = {}
    for fact in facts:
        if _is_setting(fact.name):
            said = by_name.setdefault((fact.name, fact.node), {})
            said.setdefault(str(fact.value).lower(), fact)
    against = {key: list(said.values()) for key, said in by_name.items() if len(said) > 1}
    kept = tuple(fact for fact in facts if (fact.name, fact.node) not in against)
    notes = [_words(name, node, said) for (name, node), said in against.items()]
    return kept, tuple(notes[:SHOWN])


def _is_setting(name: str) -> bool:
    return name in SETTINGS or (name.startswith(FAMILIES) and name != NO_SETTING)


def _words(name: str, node: str | None, said: list[Fact]) -> str:
    places = " and ".join(
        f"{fact.value if fact.value != '' else 'nothing'} ({fact.file}:{fact.line or 1})"
        for fact in said
    )
    where = f" on {node}" if node else ""
    return f"documents disagree: {name}{where} is {places}; neither was used"
