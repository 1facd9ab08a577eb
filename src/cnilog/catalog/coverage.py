"""How much of what the CNI can complain about the catalog knows.

A template is known when some signal of the catalog takes it: filled in with plausible values and
written as its component writes it. Being in the dictionary does not count. What is counted are the
Warn, Error and Fatal templates of the node's programs in releases from v1.7.0 on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.catalog.messages import ERRORS, VERB, Template, dictionary
from cnilog.catalog.trial import takers
from cnilog.catalog.versions import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cnilog.catalog.model import Catalog

SINCE: Final = (1, 7, 0)
COMPONENTS: Final = ("ipamd", "plugin", "entrypoint", "init", "egress-plugin", "network-policy-agent")
FILL: Final[dict[str, str]] = {"d": "3", "t": "false", "q": '"eni-0a1b2c3d4e5f60718"', "f": "1.5", "x": "2f"}
PLAIN: Final = "eni-0a1b2c3d4e5f60718"  # of %s and %v


@dataclass(frozen=True, slots=True)
class Coverage:
    """The count."""

    total: int
    known: int
    by_component: Mapping[str, tuple[int, int]]  # known, total
    by_version: Mapping[str, tuple[int, int]]  # of the release that printed it last
    uncovered: tuple[Template, ...]

    @property
    def percent(self) -> float:
        """How many of a hundred templates are known."""
        return 100 * self.known / max(1, self.total)


def fill(template: Template) -> str:
    """Return a message of *template* with plausible values."""
    plain = template.text.replace("\\n", "\n").replace("\\t", "\t")
    return VERB.sub(lambda verb: "%" if verb[0] == "%%" else FILL.get(verb[0][-1], PLAIN), plain)


def wanted(templates: Iterable[Template]) -> list[Template]:
    """Return the templates that count."""
    return [
        one
        for one in templates
        if one.level in ERRORS
        and one.component in COMPONENTS
        and ((number(one.last) or SINCE) >= SINCE or one.component == "network-policy-agent")
    ]


def measure(catalog: Catalog, templates: Iterable[Template] | None = None) -> Coverage:
    """Return what *catalog* knows of *templates*, of the shipped dictionary where left out."""
    counted = wanted(dictionary().templates if templates is None else templates)
    known: Counter[tuple[str, str]] = Counter()
    every: Counter[tuple[str, str]] = Counter()
    uncovered = []
    for one in counted:
        covered = any(takers(catalog, fill(one), component=one.component, level=one.level))
        for key in (("component", one.component), ("version", one.last)):
            every[key] += 1
            known[key] += covered
        if not covered:
            uncovered.append(one)

    def parts(kind: str) -> dict[str, tuple[int, int]]:
        return {key: (known[what, key], every[what, key]) for what, key in sorted(every) if what == kind}

    total = len(counted)
    return Coverage(
        total, total - len(uncovered), parts("component"), parts("version"), tuple(uncovered)
    )
