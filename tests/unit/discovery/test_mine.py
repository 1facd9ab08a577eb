"""What nobody knows is found whole, and nothing else is listed."""

from __future__ import annotations

import json
import random
from pathlib import Path

from typer.testing import CliRunner

from cnilog.cli import app
from cnilog.discovery.generate import generate
from cnilog.discovery.mine import mine

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
    (folder / "planted.log").write_text("\n".join(lines) + "\n")
    return folder


def test_twenty_planted_templates_are_found_whole_and_no_known_one(tmp_path: Path) -> None:
    found = mine(_planted(tmp_path))

    assert sorted(one.template.split()[0] for one in found) == sorted(map(str.title, WORDS))
    assert {one.count for one in found} == {7}


def test_a_template_becomes_a_skeleton(tmp_path: Path) -> None:
    source = str(_planted(tmp_path))
    result = CliRunner().invoke(app, ["patterns", "new", "--from-unknown", "1", source])

    assert result.exit_code == 0
    assert "gadget refused cargo" in result.stdout
