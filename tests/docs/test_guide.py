"""What the guide for authors shows is what happens: line, proposal, pattern, proof."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnilog.analysis import analyze
from cnilog.catalog import load_catalog
from cnilog.catalog.propose import propose
from cnilog.cli import app

GUIDE = (Path(__file__).parents[2] / "docs/write-a-pattern.md").read_text("utf-8")


def shown(name: str) -> str:
    found = re.search(rf"<!-- the {name} -->\n```\w+\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "my-patterns/ours/route-sync-lost.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(shown("pattern"), "utf-8")
    return tmp_path / "my-patterns"


@pytest.mark.parametrize("command", ["lint", "test"])
def test_the_pattern_of_the_guide_is_proved(folder: Path, command: str) -> None:
    result = CliRunner().invoke(app, ["patterns", command, "--patterns", str(folder)])

    assert result.exit_code == 0, result.output


def test_the_pattern_of_the_guide_finds_its_line(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "sidecar.log"
    log.write_text(shown("line"), "utf-8")
    report = analyze(log, catalog=load_catalog(folder))

    assert [(one.id, one.count) for one in report.symptoms] == [("route-sync-lost", 1)]


def test_the_proposal_for_the_line_lacks_only_what_a_person_knows(tmp_path: Path) -> None:
    path = tmp_path / "mine/ours/route-sync-lost.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(propose(shown("line"), "route-sync-lost"), "utf-8")
    result = CliRunner().invoke(app, ["patterns", "lint", "--patterns", str(tmp_path / "mine")])
    lints = {line.split(": ")[1] for line in result.output.splitlines()[:-1]}
    proved = CliRunner().invoke(app, ["patterns", "test", "--patterns", str(tmp_path / "mine")])

    assert lints <= {"unfinished", "remediation-without-verb"}
    assert proved.exit_code == 0, proved.output
