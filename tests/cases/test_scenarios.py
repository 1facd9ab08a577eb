"""Every scenario's own log is diagnosed as its cause, in the eras that can print it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnilog.analysis import analyze
from cnilog.discovery.generate import ERAS, SCENARIOS, Scenario, generate
from cnilog.discovery.generate.eras import number


def _eras(scenario: Scenario) -> list[str]:
    """Return the first and the last era of *scenario*, and one between."""
    low, high = number(scenario.since), number(scenario.until)
    able = [era for era in ERAS if low <= number(era) <= high]
    return sorted({able[0], able[len(able) // 2], able[-1]}, key=number)


PAIRS = [(scenario, era) for scenario in SCENARIOS.values() for era in _eras(scenario)]


@pytest.mark.parametrize(
    ("scenario", "era"), PAIRS, ids=[f"{scenario.name}-{era}" for scenario, era in PAIRS]
)
def test_a_scenario_is_diagnosed(scenario: Scenario, era: str, tmp_path: Path) -> None:
    for path, data in generate(scenario.name, era=era, seed=4).items():
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    causes = analyze(tmp_path).causes
    loud = [cause.id for cause in causes if cause.confidence != "possible"]

    if scenario.cause is None:
        assert loud == []
    elif scenario.certain:
        assert loud[:1] == [scenario.cause]
    else:
        assert scenario.cause in [cause.id for cause in causes[:3]]
