"""What the README and the documentation tell people to type works as written."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnilog.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [
    path for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if path.exists()
]
BLOCK = re.compile(r"^( *)```(console|sh)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
PATTERN = re.compile(r"<!-- the pattern -->\n```yaml\n(.*?)```", re.DOTALL)
ELSEWHERE = ("kubectl ", "aws ", "helm ", "git clone")  # a cluster, an account, the network


@dataclass(frozen=True)
class Typed:
    """A command that a page tells people to type."""

    page: Path
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}: {self.text[:70]}"


def commands() -> list[Typed]:
    found = []
    for page in PAGES:
        for _, language, block in BLOCK.findall(page.read_text("utf-8")):
            if language == "sh":
                found.append(Typed(page, block.strip()))
            else:
                lines = re.sub(r"\\\n\s*", "", block).splitlines()
                found += [
                    Typed(page, line.strip()[2:]) for line in lines if line.strip().startswith("$ ")
                ]
    return found


TYPED = commands()
ENDLESS = "cnilog watch"  # follows what grows until it is interrupted; tests of its own run it
NOT_HERE = (
    "pip install",
    ENDLESS,
    "s3://",
)  # a bucket has tests of its own: tests/unit/test_buckets.py
RUNNABLE = [
    one
    for one in TYPED
    if "cnilog " in one.text and not any(words in one.text for words in NOT_HERE)
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the pages speak of, and `cnilog` in its ``bin``."""
    folder = tmp_path_factory.mktemp("desk")
    case = ROOT / "sample_logs/healthy-v1.23.0/logs"
    shutil.copytree(ROOT / "sample_logs", folder / "sample_logs")
    shutil.copy(case / "ipamd.log", folder / "ipamd.log")
    trusted = ROOT / "sample_logs/irsa-trust-wrong-subject/logs"
    shutil.copy(trusted / "role-policy.json", folder / "policy.json")
    shutil.copy(trusted / "role-trust.json", folder / "trust.json")
    shutil.copytree(case, folder / "bundles/node-1")
    mine = folder / "my-patterns/ours/route-sync-lost.yaml"
    mine.parent.mkdir(parents=True)
    written = PATTERN.search((ROOT / "docs/write-a-pattern.md").read_text("utf-8"))
    assert written
    mine.write_text(written[1], "utf-8")
    shutil.copytree(case, folder / "last-outage")
    with (folder / "last-outage/ipamd.log").open("a") as log:
        log.write(
            '{"level":"error","ts":"2026-05-04T09:31:00.000Z","caller":"ours/webhook.go:12",'
            '"msg":"Admission hook of our platform refused the sandbox"}\n'
        )
    with tarfile.open(folder / "bundle.tgz", "w:gz") as archive:
        archive.add(case, "logs")
    program = folder / "bin/cnilog"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cnilog "$@"\n')
    program.chmod(0o755)
    return folder


def ended(one: Typed, desk: Path) -> tuple[int, str]:
    """Return exit code and complaint: of a shell where it needs one, and for all of the README."""
    if one.page.name == "README.md" or re.search(r"[|<>;&$*\n]", one.text):
        done = run(one.text, desk)
        return done.returncode, done.stderr
    name, *arguments = shlex.split(one.text)
    assert name == "cnilog"
    result = CliRunner().invoke(app, arguments, prog_name=name)
    return result.exit_code, result.stderr


def run(text: str, desk: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PATH": f"{desk / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
    }
    return subprocess.run(
        ["sh", "-c", text], cwd=desk, env=environment, capture_output=True, text=True, timeout=120
    )


def test_there_are_commands_to_try() -> None:
    assert len(RUNNABLE) >= 10


@pytest.mark.parametrize("page", sorted({one.page for one in RUNNABLE}), ids=lambda page: page.name)
def test_every_command_of_a_page_works_in_order(
    page: Path, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk)
    failed = []
    for one in RUNNABLE:
        if one.page == page:
            code, error = ended(one, desk)
            if code or "Traceback" in error:
                failed.append(f"{one.text}: {code} {error[-500:]}")

    assert failed == []


def test_what_is_not_run_here_is_a_shell_command_at_least() -> None:
    for typed in (one for one in TYPED if one not in RUNNABLE):
        checked = subprocess.run(["bash", "-n", "-c", typed.text], capture_output=True, text=True)

        assert checked.returncode == 0, f"{typed}: {checked.stderr}"
