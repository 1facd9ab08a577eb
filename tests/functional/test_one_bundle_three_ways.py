"""A bundle is diagnosed the same unpacked, as an archive, and piped."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from cnilog.discovery.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS = ("ipv6-only-policy", "subnet-exhausted", "apiserver-down", "healthy")


def archive(folder: Path) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as file:
        file.add(folder, ".")
    return held.getvalue()


def causes(source: str, given: bytes | None = None) -> list[tuple[object, ...]]:
    done = subprocess.run(
        [sys.executable, "-m", "cnilog", "analyze", source, "--format", "json"],
        input=given,
        capture_output=True,
        check=True,
    )
    report = json.loads(done.stdout)
    told = ("id", "confidence", "score", "count", "nodes", "first_seen", "last_seen")
    return [(report["accounting"]["lines"],)] + [
        tuple(str(cause[key]) for key in told) for cause in report["causes"]
    ]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_bundle_tells_the_same_three_ways(tmp_path: Path, scenario: str) -> None:
    folder = tmp_path / "bundle"
    for name, data in generate(scenario, era="v1.18.3", layout="bundle").items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    packed = archive(folder)
    (tmp_path / "bundle.tar.gz").write_bytes(packed)

    unpacked = causes(str(folder))

    assert (len(unpacked) > 1) == (scenario != "healthy")
    assert causes(str(tmp_path / "bundle.tar.gz")) == unpacked
    assert causes("-", packed) == unpacked
