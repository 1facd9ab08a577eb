"""Every command ends in one of four ways, and says why in one line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import reports
import typer
from typer.testing import CliRunner

from cnilog.catalog import load_catalog
from cnilog.cli import app
from cnilog.cli.commands import COMMANDS
from cnilog.report import REPORTERS, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

ROOT = Path(__file__).parents[3]


def run(*arguments: str, **options: object):  # type: ignore[no-untyped-def]
    return CliRunner().invoke(app, list(arguments), prog_name="cnilog", **options)


@pytest.fixture
def saved(tmp_path: Path) -> str:
    file = tmp_path / "report.json"
    file.write_text(render(reports.founding(), "json"), "utf-8")
    return str(file)


@pytest.mark.parametrize("format", REPORTERS)
def test_a_saved_report_is_rendered_in_every_format(saved: str, format: str) -> None:
    result = run("report", saved, "--format", format)

    assert result.exit_code == 0
    assert result.stderr == ""
    assert "iam-missing-ipv4-permissions" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["report", "nowhere.json"], "nowhere.json: no such file", id="no file"),
        pytest.param(["report", "."], ".: no batch results", id="folder"),
        pytest.param(["report", __file__], "is no report of schema 1", id="no report"),
        pytest.param(["report", "x", "--format", "xml"], "no reporter 'xml'", id="format"),
        pytest.param(["analyze", "x", "--format", "xml"], "no reporter 'xml'", id="analyze format"),
        pytest.param(["analyze"], "Missing argument", id="no source"),
        pytest.param(["analyze", "x", "--bogus"], "No such option", id="option"),
        pytest.param(["analyze", "x", "--fail-on", "ever"], "is not one of", id="fail-on"),
        pytest.param(["bogus"], "No such command", id="command"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_line_and_exit_2(arguments: list[str], complaint: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 2
    assert complaint in result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("fail_on", "code"), [("possible", 1), ("likely", 1), ("confirmed", 1), (None, 0)]
)
def test_a_confirmed_cause_fails_where_that_is_asked_for(
    saved: str, fail_on: str | None, code: int
) -> None:
    options = ["--fail-on", fail_on] if fail_on else []

    assert run("report", saved, *options).exit_code == code


def test_a_likely_cause_does_not_fail_on_confirmed(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(render(reports.fleet(), "json"), "utf-8")

    assert run("report", str(file), "--fail-on", "confirmed").exit_code == 0
    assert run("report", str(file), "--fail-on", "likely").exit_code == 1


def test_a_report_comes_through_standard_input(saved: str) -> None:
    text = Path(saved).read_text("utf-8")

    assert run("report", "-", input=text).stdout.startswith(reports.founding().verdict)


def test_the_file_is_written_and_nothing_printed(saved: str, tmp_path: Path) -> None:
    target = tmp_path / "out.html"
    result = run("report", saved, "--format", "html", "-o", str(target))

    assert (result.exit_code, result.stdout) == (0, "")
    assert target.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("target", ["missing/out.txt", "file/out.txt"])
def test_an_output_that_cannot_be_written_leaves_nothing_behind(
    saved: str, tmp_path: Path, target: str
) -> None:
    (tmp_path / "file").write_text("")
    before = sorted(tmp_path.rglob("*"))
    result = run("report", saved, "-o", str(tmp_path / target))

    assert result.exit_code == 2
    assert "cannot be written" in result.stderr
    assert sorted(tmp_path.rglob("*")) == before


def test_an_older_output_is_replaced_whole_and_keeps_its_mode(saved: str, tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old" * 100_000)
    target.chmod(0o640)
    run("report", saved, "-o", str(target))

    assert "old" not in target.read_text("utf-8")
    assert target.stat().st_mode & 0o777 == 0o640
    assert {path.name for path in tmp_path.iterdir()} == {"out.txt", "report.json"}


def python(*arguments: str, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "cnilog", *arguments]
    return subprocess.Popen(
        command,
        cwd=ROOT / "src",
        text=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        **options,
    )  # type: ignore[call-overload, no-any-return]


def test_a_reader_that_goes_away_ends_nothing(saved: str) -> None:
    process = python("report", saved, "--format", "html")
    process.stdout.close()  # type: ignore[union-attr]

    assert process.stderr.read() == ""  # type: ignore[union-attr]
    assert process.wait(20) == 0
    process.stderr.close()  # type: ignore[union-attr]


def test_colour_is_for_terminals_alone(saved: str) -> None:
    process = python("report", saved)
    out, _ = process.communicate(timeout=20)

    assert "\x1b" not in out


def test_help_is_instant_because_nothing_heavy_is_imported() -> None:
    assert not {"polars", "pydantic", "pyarrow", "rich", "jinja2"} & _imported_by("--help")


def test_a_short_analysis_imports_neither_pydantic_nor_yaml() -> None:
    case = ROOT / "sample_logs/ipv6-only-policy/logs"
    load_catalog()  # what reads the patterns for the first time needs both

    assert not {"pydantic", "yaml", "rich", "jinja2"} & _imported_by(
        "analyze", str(case), "-f", "json"
    )


def test_only_the_command_asked_for_is_made() -> None:
    imported = _imported_by("undecoded", "--help")

    made = {name for name in COMMANDS if f"cnilog.cli.{name}" in imported}
    assert made == {"undecoded", "read"}, "undecoded borrows from read"


def _imported_by(*arguments: str) -> set[str]:
    code = (
        "import sys; from cnilog.cli import app\n"
        f"try: app({list(arguments)})\n"
        "except SystemExit: pass\n"
        "print(*sys.modules)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "src", capture_output=True, text=True, check=True
    ).stdout
    return set(out.splitlines()[-1].split())


READERS = {  # commands that read a source to its end, and an archive with two logs for each
    "analyze": ["analyze", "{}"],
    "batch": ["batch", "{}", "--out", "results"],
    "diff": ["diff", "{}", "{}"],
    "iam": ["iam", "{}"],
    "mine": ["mine", "{}"],
    "patterns new": ["patterns", "new", "{}", "--from-unknown", "1"],
    "read": ["read", "{}"],
    "redact": ["redact", "{}", "-o", "copy.tar"],
    "undecoded": ["undecoded", "{}"],
}


def test_every_command_that_reads_a_source_is_listed() -> None:
    commands = {path: command for path, command in _commands() if _reads(command)}

    assert set(commands) - {"watch", "report"} == set(READERS)  # one never ends, one reads reports


@pytest.mark.parametrize("name", READERS)
def test_every_command_that_reads_a_source_takes_limits(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.log").write_text("a sentence\n")
    wrong = [one.format(tmp_path / "one.log") for one in READERS[name]]
    result = CliRunner().invoke(app, [*wrong, "--limit", "mebers=1"], prog_name="cnilog")

    assert result.exit_code == 2
    assert "no limit 'mebers'" in result.stderr


def _commands() -> Iterator[tuple[str, click.Command]]:
    top = typer.main.get_command(app)
    waiting = [("", top)]
    while waiting:
        path, command = waiting.pop()
        inner = getattr(command, "commands", {})
        waiting += [(f"{path} {name}".strip(), one) for name, one in inner.items()]
        if not inner:
            yield path, command


def _reads(command: click.Command) -> bool:
    names = [param.metavar or param.name or "" for param in command.params if _is_argument(param)]
    return any("SOURCE" in name or name in {"before", "policy"} for name in names)


def _is_argument(param: click.Parameter) -> bool:
    return param.param_type_name == "argument"
