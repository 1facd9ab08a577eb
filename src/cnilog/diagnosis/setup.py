"""What the sources say of the set-up: versions and modes, by node.

A version comes from the lines in which the programs print their own, else from image tags. A mode
comes from the lines in which ipamd states it, else from the DaemonSet's environment. Where nodes
disagree, each has its own, and what holds of none in particular is unknown.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.diagnosis import fleet
from cnilog.diagnosis.versions import Releases, read_releases
from cnilog.finding import Versions
from cnilog.lazily import regex

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Mapping

    from cnilog.catalog.model import Applies
    from cnilog.finding import Fact

CONTEXT_LITERALS: Final = (
    *fleet.LITERALS,
    "Starting L-IPAMD",
    "Serving RPC Handler version",
    "Starting network policy agent",
    "Prefix Delegation enabled",
    "Custom networking",
    "IPv6 Mode is enabled",
    "networkpolicy agent version",
)
FAMILY_LITERALS: Final = (  # one is in all that `_FAMILIES` finds
    "IPv6 Mode is enabled",
    "AssignPodIPv6Address",
    "AssignIpv6Addresses",
    "IPv6 Prefixes on ENI",
    "https://[",
    "AssignPodIPv4Address",
    "AssignIPv4Address",
    "Failed to allocate a private IP",
    "https://172.20.0.1",
    "https://10.100.0.1",
)
_AGENT: Final = r"Starting network policy agent:? (v?[0-9]+[.][0-9]+[.][0-9]+[0-9A-Za-z_.+-]*)"
_IMAGE: Final = regex(r"amazon-k8s-cni:(v\d+\.\d+\.\d+[\w.-]*)")
_AGENT_IMAGE: Final = regex(r"aws-network-policy-agent:(v\d+\.\d+\.\d+[\w.-]*)")
_FAMILIES: Final = {  # what is printed in clusters of one address family only
    "ipv6": r"IPv6 Mode is enabled|AssignPodIPv6Address|AssignIpv6Addresses|IPv6 Prefixes on ENI"
    r"|https://\[[0-9a-f]{2,4}:[0-9a-f:]*\]:443",
    "ipv4": r"AssignPodIPv4Address|AssignIPv4Address|Failed to allocate a private IP"
    r"|https://(?:172\.20\.0\.1|10\.100\.0\.1)[:/]",
}
_MODES: Final = {  # mode -> literal that states it
    "prefix_delegation": "Prefix Delegation enabled ",
    "custom_networking": "Custom networking enabled ",
}
_DEFAULTS: Final[dict[str, str | bool]] = {  # of a cluster whose set-up nothing states
    "ip_family": "ipv4",
    "prefix_delegation": False,
    "custom_networking": False,
    "pod_eni": False,
    "network_policy": False,
    "multus": False,
}
_SWITCHES: Final = {  # mode -> variable of the DaemonSet
    "prefix_delegation": "env.ENABLE_PREFIX_DELEGATION",
    "custom_networking": "env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
    "pod_eni": "env.ENABLE_POD_ENI",
}


Modes = dict[str, str | bool]


class Setup(NamedTuple):
    """What is known of the set-up; what is not known is missing."""

    versions: Versions = Versions()
    modes: Mapping[str, str | bool] = {}
    by_node: Mapping[str, Modes] = {}
    releases: Releases = Releases()

    def at(self, node: str | None) -> Setup:
        """Return the set-up of *node*: its own modes before those of the whole source."""
        own = self.by_node.get(node) if node is not None else None
        return self._replace(modes={**self.modes, **own}) if own else self

    def fits(self, applies: Applies) -> bool:
        """Return whether this set-up is the one of the guard: as known, or as it is by default."""
        wanted = applies.given.items()
        return all(self.modes.get(name, _DEFAULTS[name]) == value for name, value in wanted)

    def excludes(self, applies: Applies) -> str | None:
        """Return why a pattern with this guard is out of the question; null where it is not."""
        for name, wanted in applies.given.items():
            found = self.modes.get(name)
            if found is not None and found != wanted:
                return f"it is about {_words(name, wanted)}; here it is {_words(name, found)}"
        return None


def _words(name: str, value: object) -> str:
    noun = name.replace("_", " ")
    if isinstance(value, bool):
        return f"{noun} switched {'on' if value else 'off'}"
    return f"{noun} {value}"


def read_setup(records: pl.DataFrame, facts: Iterable[Fact]) -> Setup:
    """Return the set-up that *records* (`telling.COLUMNS`) and *facts* state."""
    facts = tuple(facts)
    images = [text for fact in facts if fact.name.endswith("images") for text in _texts(fact)]
    releases = read_releases(records, _from_image(_IMAGE, images))
    stated = _stated(records)
    return Setup(
        _versions(records, releases, images),
        _modes(records, stated, facts),
        {node: modes for node, modes in stated.items() if node is not None},
        releases,
    )


def _versions(records: pl.DataFrame, releases: Releases, images: list[str]) -> Versions:
    printed = [text for some in releases.by_node.values() for _, text in some]
    agents = records.select(pl.col("message").str.extract(_AGENT)).to_series().drop_nulls()
    return Versions(
        cni=_most(printed) or releases.image,
        network_policy_agent=_most(agents) or _from_image(_AGENT_IMAGE, images),
        by_node={node: some[-1][1] for node, some in releases.by_node.items() if node is not None},
    )


def _most(versions: Iterable[str]) -> str | None:
    counted = Counter(versions).most_common(1)
    return counted[0][0] if counted else None


def _texts(fact: Fact) -> tuple[str, ...]:
    return fact.value if isinstance(fact.value, tuple) else (str(fact.value),)


def _from_image(shape: re.Pattern[str], images: list[str]) -> str | None:
    return _most(found[1] for image in images if (found := shape.search(image)))


def _stated(records: pl.DataFrame) -> dict[str | None, Modes]:
    """Return the modes that ipamd states at its start, by node, the last word of each."""
    found: dict[str | None, Modes] = {}
    for name, literal in _MODES.items():
        said = records.select(
            "node", on=pl.col("message").str.extract(literal + r"(true|false)")
        ).drop_nulls("on")
        for node, word in said.iter_rows():
            found.setdefault(node, {})[name] = word == "true"
    return found


def _modes(
    records: pl.DataFrame, stated: Mapping[str | None, Modes], facts: tuple[Fact, ...]
) -> Modes:
    """Return the modes of the whole source; one that nodes state differently is unknown."""
    modes: Modes = {}
    known = {fact.name: str(fact.value).lower() for fact in facts}
    for name, switch in _SWITCHES.items():
        if switch in known:
            modes[name] = known[switch] == "true"
    for name in _MODES:
        said = {some[name] for some in stated.values() if name in some}
        if len(said) == 1:
            modes[name] = said.pop()
        elif said:
            modes.pop(name, None)
    family = _family(records, known)
    return modes | ({"ip_family": family} if family else {})


def _family(records: pl.DataFrame, known: Mapping[str, str]) -> str | None:
    if known.get("cluster.ip_family") in {"ipv4", "ipv6"}:
        return known["cluster.ip_family"]
    if known.get("env.ENABLE_IPv6") == "true":
        return "ipv6"
    if known.get("env.ENABLE_IPv4") == "true":
        return "ipv4"
    message = pl.col("message")
    shown = [
        family
        for family, words in _FAMILIES.items()
        if records.select(message.str.contains(words).any()).item()
    ]
    return shown[0] if len(shown) == 1 else None
