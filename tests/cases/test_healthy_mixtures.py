"""Healthy logs stay silent, however they are cut, mixed or left out: nothing is claimed."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest

from cnilog.analysis import analyze
from cnilog.discovery.generate import ERAS, SCENARIOS, generate
from cnilog.discovery.generate.eras import number

HEALTHY = [name for name, scenario in SCENARIOS.items() if scenario.cause is None]
CUTS = ((0.0, 0.25), (0.3, 0.7), (0.6, 1.0))  # first and last line, as shares of a file
PROGRAMS = ("kubelet", "plugin.log", "ipamd.log")


def put(files: dict[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def claimed(folder: Path) -> list[str]:
    return [one.id for one in analyze(folder).causes if one.confidence != "possible"]


def lived(name: str, era: str) -> dict[str, bytes]:
    """Return the files of *name*, of the next era that can live it."""
    able = [one for one in ERAS if number(one) >= number(SCENARIOS[name].since)]
    return generate(name, era=era if era in able else able[0], seed=9, nodes=2)


@pytest.mark.parametrize(("name", "era"), list(zip(HEALTHY, cycle(ERAS[::3]), strict=False)))
@pytest.mark.parametrize("cut", CUTS, ids=["begin", "middle", "end"])
def test_a_window_of_a_healthy_log_claims_nothing(
    name: str, era: str, cut: tuple[float, float], tmp_path: Path
) -> None:
    files = {}
    for path, data in lived(name, era).items():
        lines = data.splitlines(keepends=True)
        files[path] = b"".join(lines[int(len(lines) * cut[0]) : int(len(lines) * cut[1])])

    assert claimed(put(files, tmp_path)) == []


@pytest.mark.parametrize(("name", "program"), list(zip(HEALTHY * 2, cycle(PROGRAMS), strict=False)))
def test_the_log_of_one_program_alone_claims_nothing(
    name: str, program: str, tmp_path: Path
) -> None:
    files = {p: data for p, data in lived(name, "v1.18.3").items() if program in p}

    assert claimed(put(files, tmp_path)) == []


def test_a_fleet_on_its_way_from_release_to_release_claims_nothing(tmp_path: Path) -> None:
    for place, (name, era) in enumerate(zip(HEALTHY, ERAS[3:], strict=False)):
        put(generate(name, era=era, seed=place), tmp_path / era)

    assert claimed(tmp_path) == []
