"""Live a scenario and lay its files out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from cnilog.discovery.generate.damage import DAMAGES
from cnilog.discovery.generate.eras import DEFAULT_ERA, ERAS, number
from cnilog.discovery.generate.layouts import LAYOUTS, SHOWN, Delivery, Files
from cnilog.discovery.generate.scenarios import SCENARIOS, Scenario
from cnilog.discovery.generate.world import Node, make_node
from cnilog.discovery.generate.wraps import ENVELOPES
from cnilog.errors import SourceError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")


def generate(
    name: str,
    *,
    era: str = DEFAULT_ERA,
    seed: int = 0,
    nodes: int | None = None,
    layout: str = "folder",
    envelope: str = "plain",
    damage: str = "none",
) -> Files:
    """Return the files of the scenario *name*: relative path to bytes.

    Args:
        name: One of `SCENARIOS`.
        era: A CNI version; any release from v1.7.0 on, `ERAS` holds one for each era.
        seed: Another seed is another cluster.
        nodes: How many nodes live through it; the scenario's own number if left out.
        layout: One of `LAYOUTS`.
        envelope: One of `ENVELOPES`, for the container logs of layouts that have a choice.
        damage: One of `DAMAGES`, for every file that is not an archive.

    Raises:
        UnknownNameError: No such scenario, era, layout, envelope or damage.
        SourceError: That release cannot print this, or that layout shows nothing of it; the
            message says which can.
    """
    scenario = _known("scenario", name, SCENARIOS)
    arrange = _known("layout", layout, LAYOUTS)
    _known("envelope", envelope, ENVELOPES)
    hurt = _known("damage", damage, DAMAGES)
    if not re.match(r"v?\d+\.\d+\.\d+", era) or number(era)[:2] > number(ERAS[-1])[:2]:
        raise UnknownNameError("era", era, ERAS)
    lived = live(scenario, era=era, seed=seed, nodes=nodes)
    files = arrange(lived, Delivery(envelope))
    if not files:
        raise SourceError(_unseen(scenario, layout))
    return {path: data if path.endswith("gz") else hurt(data, seed) for path, data in files.items()}


def live(scenario: Scenario, *, era: str, seed: int, nodes: int | None = None) -> list[Node]:
    """Return the nodes after they lived through *scenario*, with all they said."""
    if not number(scenario.since) <= number(era) <= number(scenario.until):
        able = ", ".join(eras_of(scenario))
        raise SourceError(f"{scenario.name}: {era} does not print this. Eras that do: {able}")
    cluster = [make_node(seed, index, era) for index in range(nodes or scenario.nodes)]
    for node in cluster:
        scenario.live(node)
    return cluster


def _unseen(scenario: Scenario, layout: str) -> str:
    able = ", ".join(
        name for name, shown in SHOWN.items() if not shown.isdisjoint(scenario.said_by)
    )
    return f"{scenario.name}: the layout {layout} shows none of its lines. Layouts that do: {able}"


def eras_of(scenario: Scenario) -> tuple[str, ...]:
    """Return the eras in which *scenario* can happen."""
    low, high = number(scenario.since), number(scenario.until)
    return tuple(era for era in ERAS if low <= number(era) <= high)


def _known(noun: str, name: str, known: Mapping[str, T]) -> T:
    if name not in known:
        raise UnknownNameError(noun, name, known)
    return known[name]
