"""Bad input ends in one plain sentence and exit code 2; what is only odd is analyzed."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnilog.cli import app

CASE = Path(__file__).parents[2] / "sample_logs/healthy-v1.23.0/logs"


def run(*arguments: object, text: str | None = None):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(app, [str(one) for one in arguments], prog_name="cnilog", input=text)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "empty").mkdir()
    (tmp_path / "silent").mkdir()
    (tmp_path / "silent/notes.txt").write_text("nothing of a log\n")
    (tmp_path / "binary").write_bytes(bytes(range(256)) * 20)
    (tmp_path / "patterns").mkdir()
    (tmp_path / "patterns/broken.yaml").write_text("id: [")
    shutil.copy(CASE / "ipamd.log", tmp_path / "ipamd.log")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["nowhere"], "no such file or folder", id="no path"),
        pytest.param(["empty"], "the folder is empty", id="empty folder"),
        pytest.param(["binary"], "is not text", id="binary"),
        pytest.param(["silent"], "not a single log line", id="no log line"),
        pytest.param(["ipamd.log", "--patterns", "patterns"], "broken.yaml:", id="broken pattern"),
        pytest.param(["ipamd.log", "--patterns", "nowhere"], "no such folder", id="no patterns"),
        pytest.param(["ipamd.log", "-o", "nowhere/x"], "cannot be written", id="no output folder"),
        pytest.param(["ipamd.log", "-o", "empty"], "is a directory", id="output is a folder"),
        pytest.param(["ipamd.log", "--since", "yesterday"], "is no time", id="time"),
        pytest.param(["ipamd.log", "--component", "ipam"], "no component 'ipam'", id="component"),
        pytest.param(["ipamd.log", "--node", "nobody"], "no node 'nobody'", id="node"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_2(
    desk: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], complaint: str
) -> None:
    monkeypatch.chdir(desk)
    result = run("analyze", *arguments)

    assert result.exit_code == 2
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_nothing_on_standard_input_is_said() -> None:
    result = run("analyze", "-", text="")

    assert (result.exit_code, result.stdout) == (2, "")


def test_what_can_be_read_is_analyzed_beside_what_cannot(desk: Path) -> None:
    result = run("analyze", desk / "ipamd.log", desk / "binary")

    assert result.exit_code == 0
    assert "Not read" in result.stdout
    assert "binary" in result.stdout


@pytest.mark.skipif(os.name != "posix", reason="such names are POSIX's")
@pytest.mark.parametrize("format", ["text", "json", "html"])
def test_a_name_of_any_bytes_is_shown_and_acts_nowhere(tmp_path: Path, format: str) -> None:
    for name in (b"a\nb.log", b"\xff\xfe.log", b"\x1b[31mred.log", "\u202eevil.log".encode()):
        shutil.copy(CASE / "ipamd.log", os.fsencode(tmp_path) + b"/" + name)
    result = run("analyze", tmp_path, "--format", format, "--verbose")

    assert (result.exit_code, result.stderr) == (0, "")
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert r"\xff\xfe.log" in result.stdout.replace("\\\\", "\\")


def test_one_pasted_sentence_is_looked_at_when_there_is_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "asked.txt").write_text("DataStore has no available IP/Prefix addresses\n\nHelp!\n")
    (tmp_path / "role.json").write_text('{"note": "no available IP/Prefix addresses"}')
    result = run("analyze", tmp_path, "--format", "json")
    report = json.loads(result.stdout)

    assert [one["id"] for one in report["symptoms"]] == ["pool-empty"]
    assert {one["file"].rpartition("/")[2]: one["lines"] for one in report["sources"]} == {
        "asked.txt": 3,
        "role.json": 0,
    }
    assert report["accounting"]["undecoded"] == 2


QUIET = (
    "> Current warm IP stats: target: 10, total: 48, assigned: 38, available: 10, short: 0, over 0"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"it all looks well to us:\n{QUIET}\n", 0),
        (f"[root@ip-10-0-3-1 ~]# jq -r .msg ipamd.log\n{QUIET}\n", 0),
        ("it all looks well\n", 2),
    ],
)
def test_messages_that_are_quoted_without_their_times_are_a_log(
    text: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "question.txt").write_text(text)
    result = run("analyze", tmp_path, "--format", "json")

    assert result.exit_code == code
    assert code or json.loads(result.stdout)["causes"] == []
