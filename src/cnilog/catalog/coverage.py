"""How much of what the CNI can complain about the catalog knows.

A template is known when some signal of the catalog takes it: filled in with plausible values and
written as its component writes it. Being in the dictionary does not count. What is counted are the
Warn, Error and Fatal templates of the node's programs in releases from v1.7.0 on.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.catalog.messages import ERRORS, VERB, Template, dictionary
from cnilog.catalog.trial import takers
from cnilog.catalog.versions import number
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cnilog.catalog.model import Catalog

COMPONENT_NAMES: Final = {"npa": "network-policy-agent"}  # in tables of others
SINCE: Final = (1, 7, 0)
COMPONENTS: Final = (
    "ipamd",
    "plugin",
    "entrypoint",
    "init",
    "egress-plugin",
    "network-policy-agent",
)
FILL: Final[dict[str, str]] = {
    "d": "3",
    "t": "false",
    "q": '"eni-0a1b2c3d4e5f60718"',
    "f": "1.5",
    "x": "2f",
}
PLAIN: Final = "eni-0a1b2c3d4e5f60718"  # of %s and %v


@dataclass(frozen=True, slots=True)
class Coverage:
    """The count."""

    total: int
    known: int
    by_component: Mapping[str, tuple[int, int]]  # known, total
    by_version: Mapping[str, tuple[int, int]]  # of the release that printed it last
    uncovered: tuple[Template, ...]

    def plain(self) -> dict[str, object]:
        """Return the count as plain values, for JSON."""

        def both(parts: Mapping[str, tuple[int, int]]) -> dict[str, dict[str, int]]:
            return {
                name: {"known": known, "total": total} for name, (known, total) in parts.items()
            }

        return {
            "total": self.total,
            "known": self.known,
            "percent": round(self.percent, 2),
            "by_component": both(self.by_component),
            "by_version": both(self.by_version),
            "uncovered": [
                {
                    "component": one.component,
                    "level": one.level,
                    "class": one.kind,
                    "template": one.text,
                }
                for one in self.uncovered
            ],
        }

    @property
    def percent(self) -> float:
        """How many of a hundred templates are known."""
        return 100 * self.known / max(1, self.total)


def fill(template: Template) -> str:
    """Return a message of *template* with plausible values."""
    plain = template.text.replace("\\n", "\n").replace("\\t", "\t")
    return VERB.sub(lambda verb: "%" if verb[0] == "%%" else FILL.get(verb[0][-1], PLAIN), plain)


def wanted(templates: Iterable[Template], since: tuple[int, int, int] = SINCE) -> list[Template]:
    """Return the templates that count: those in releases from *since* on."""
    return [
        one
        for one in templates
        if one.level in ERRORS
        and one.component in COMPONENTS
        and ((number(one.last) or since) >= since or one.component == "network-policy-agent")
    ]


def measure(
    catalog: Catalog,
    templates: Iterable[Template] | None = None,
    since: tuple[int, int, int] = SINCE,
) -> Coverage:
    """Return what *catalog* knows of *templates*, of the shipped dictionary where left out."""
    counted = wanted(dictionary().templates if templates is None else templates, since)
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
        return {
            key: (known[what, key], every[what, key]) for what, key in sorted(every) if what == kind
        }

    total = len(counted)
    return Coverage(
        total, total - len(uncovered), parts("component"), parts("version"), tuple(uncovered)
    )


def read_templates(path: Path) -> list[Template]:
    """Return the templates in a table with a head: template, level, component, and tags if known.

    Raises:
        SourceError: It cannot be read, or has no such columns.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
        return [
            Template(
                COMPONENT_NAMES.get(row["component"], row["component"]),
                row["level"],
                row.get("first_tag") or "v1.7.0",
                row.get("last_tag") or "v99.0.0",
                row.get("class") or "",
                row["template"],
            )
            for row in rows
        ]
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}). Check the path") from error
    except (KeyError, UnicodeDecodeError, csv.Error) as error:
        advice = "Columns template, level and component are needed, parted by tabs"
        raise SourceError(f"{path}: no table of templates. {advice}") from error
