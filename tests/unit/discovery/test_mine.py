"""What nobody knows is found whole, and nothing else is listed."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from cnilog.catalog import load_catalog
from cnilog.catalog.lint import lint
from cnilog.catalog.propose import propose
from cnilog.cli import app
from cnilog.discovery.generate import generate
from cnilog.discovery.mine import mine
from cnilog.finding import Unknown
from cnilog.proof import prove

WORDS = [
    *("quokka", "marble", "tundra", "violet", "cobalt", "harbor", "pepper", "saddle", "walnut"),
    *("zephyr", "lantern", "meadow", "nectar", "orchid", "pillar", "quiver", "rustic", "summit"),
    *("temple", "umbrella"),
]


def _planted(folder: Path) -> Path:
    for path, data in generate("irsa-trust", seed=3).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    chance = random.Random(4)
    lines = [
        json.dumps(
            {
                "level": "error",
                "ts": f"2024-05-14T09:{turn:02}:{at:02}.000Z",
                "caller": "x/y.go:1",
                "msg": f"{word.title()} gadget refused cargo {chance.randrange(10**6)} of "
                f"10.0.{at}.{turn} for pod web-7d9f8b6c5d-x7k{turn + 2}p",
            }
        )
        for turn in range(7)
        for at, word in enumerate(WORDS)
    ]
    folder.mkdir(exist_ok=True)
    (folder / "planted.log").write_text("\n".join(lines) + "\n")
    return folder


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _planted(tmp_path_factory.mktemp("logs"))


@pytest.fixture(scope="module")
def found(planted: Path) -> tuple[Unknown, ...]:
    return mine(planted)


def test_twenty_planted_templates_are_found_whole_and_no_known_one(
    found: tuple[Unknown, ...],
) -> None:
    assert sorted(one.template.split()[0] for one in found) == sorted(map(str.title, WORDS))
    assert {one.count for one in found} == {7}


def test_warnings_of_a_burst_are_found_in_a_file_that_is_skimmed(tmp_path: Path) -> None:
    quiet = generate("healthy", seed=3, nodes=60)
    text = b"".join(data for path, data in quiet.items() if path.endswith("ipamd.log"))
    lines = [
        f'{{"level":"warn","ts":"2026-03-02T10:30:0{n}.000Z","caller":"x:1","msg":"Gizmo is odd"}}'
        for n in range(6)
    ]
    (tmp_path / "ipamd.log").write_bytes(text * 2 + "\n".join(lines).encode() + b"\n")

    assert len(text) * 2 > 1 << 20  # long enough to be skimmed
    assert [one.template for one in mine(tmp_path)] == ["Gizmo is odd"]


def test_the_skeleton_counts_as_the_list_does_beside_patterns_of_ones_own(
    planted: Path, found: tuple[Unknown, ...], tmp_path: Path
) -> None:
    own = tmp_path / "own-one.yaml"
    own.write_text(_skeleton(found[0], "own-one"))
    options = ["--from-unknown", "1", str(planted), "--patterns", str(tmp_path)]
    told = CliRunner().invoke(app, ["patterns", "new", *options]).stdout

    literal = yaml.safe_load(told)["signals"]["line"]["contains"][0]
    assert literal not in found[0].template
    assert any(literal in one.template for one in found[1:])


def _skeleton(one: Unknown, name: str) -> str:
    return propose(one.evidence[0].text, name, shape=one.template)


def test_a_skeleton_lacks_only_what_a_person_must_say(
    found: tuple[Unknown, ...], tmp_path: Path
) -> None:
    for number, one in enumerate(found[:3]):
        pattern = yaml.safe_load(_skeleton(one, f"own-{number}"))
        pattern["why"] = "A gadget refuses what it does not know."
        pattern["remediation"] = ["Restart the gadget"]
        (tmp_path / f"own-{number}.yaml").write_text(yaml.safe_dump(pattern, sort_keys=False))

        assert pattern["signals"]["line"]["contains"][0].endswith("gadget refused cargo")
    catalog = load_catalog(tmp_path)
    own = frozenset(f"own-{number}" for number in range(3))

    assert lint(catalog, own) == []
    assert [prove(catalog.by_id[name])[1] for name in own] == [[], [], []]
