"""Every scenario's own log is diagnosed as its cause, in the eras that can print it.

Layouts, envelopes and damage take turns. ``scripts/check_scenarios.py`` tries the other eras, and
with ``--all`` every combination.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from scenarios import Expected, Turn, expected, turns

from cnilog.analysis import analyze
from cnilog.catalog import load_catalog
from cnilog.discovery.generate import SCENARIOS, generate
from cnilog.discovery.generate.make import eras_of

CATALOG = load_catalog()


def _some() -> list[Turn]:
    """Return the turns of the first and the last era of each scenario."""
    found = []
    for scenario in SCENARIOS.values():
        mine = [turn for turn in turns() if turn.scenario is scenario]
        found += list({turn.era: turn for turn in (mine[0], mine[-1])}.values())
    return found


TURNS = _some()


@pytest.mark.parametrize(
    "turn", TURNS, ids=["-".join((turn.scenario.name, *turn[1:])) for turn in TURNS]
)
def test_a_scenario_is_diagnosed(turn: Turn, tmp_path: Path) -> None:
    turn.write(tmp_path)

    assert turn.expected.holds(turn.scenario, analyze(tmp_path, catalog=CATALOG))


@pytest.mark.parametrize("name", ["irsa-trust", "subnet-exhausted", "iptables-legacy"])
def test_where_only_the_container_tells_it_asks_for_the_log_that_would(
    name: str, tmp_path: Path
) -> None:
    scenario = SCENARIOS[name]
    for path, data in generate(name, era=eras_of(scenario)[-1], layout="kubectl").items():
        (tmp_path / path).write_bytes(data)
    report = analyze(tmp_path, catalog=CATALOG)

    assert expected(scenario, "kubectl", "v1.23.0") is Expected.NO_WRONG_CLAIM
    assert "ipamd.log" in report.next_steps[0].collect
