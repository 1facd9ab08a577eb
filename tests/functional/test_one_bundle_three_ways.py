"""A bundle is diagnosed the same unpacked, as an archive, and piped."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cnilog.cli import app
from cnilog.discovery.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

SCENARIOS = ("ipv6-only-policy", "subnet-exhausted", "apiserver-down", "healthy")


def archive(folder: Path) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as file:
        file.add(folder, ".")
    return held.getvalue()


def analyzed(source: str) -> str:
    done = CliRunner().invoke(app, ["analyze", source, "--format", "json"], prog_name="cnilog")
    assert done.exit_code == 0
    return done.stdout


def piped(given: bytes) -> bytes:
    command = [sys.executable, "-m", "cnilog", "analyze", "-", "--format", "json"]
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


def causes(text: str | bytes) -> list[tuple[object, ...]]:
    report = json.loads(text)
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

    unpacked = causes(analyzed(str(folder)))

    assert (len(unpacked) > 1) == (scenario != "healthy")
    assert causes(analyzed(str(tmp_path / "bundle.tar.gz"))) == unpacked
    assert causes(piped(packed)) == unpacked
