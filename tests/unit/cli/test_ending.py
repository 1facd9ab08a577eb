"""An interrupted command ends in one clean line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import IO, Any

import pytest
import typer
from typer.testing import CliRunner

from cnilog.cli.ending import Ending

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [
        pytest.param(signal.SIGINT, 130, "cnilog: interrupted\n", id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, "cnilog: terminated\n", id="SIGTERM"),
    ],
)
def test_a_signal_ends_it_with_one_line(tmp_path: Path, number: int, code: int, line: str) -> None:
    fifo = tmp_path / "report.json"
    os.mkfifo(fifo)
    process = subprocess.Popen(
        [sys.executable, "-m", "cnilog", "report", str(fifo)],
        cwd=ROOT / "src",
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with fifo.open("w"):  # opens once the command reads: it is in the middle of its work
        process.send_signal(number)
        out, error = process.communicate(timeout=20)

    assert (process.returncode, out, error) == (code, "", line)


def _worked(work: Callable[[], None]) -> Any:
    """Return how a command line ended whose one command is *work*."""
    app = typer.Typer(cls=Ending, pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    app.command(name="work")(work)
    return CliRunner().invoke(app, ["work"])


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [
        pytest.param(signal.SIGINT, 130, "cnilog: interrupted\n", id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, "cnilog: terminated\n", id="SIGTERM"),
    ],
)
def test_a_signal_that_a_library_made_its_own_error_of(number: int, code: int, line: str) -> None:
    """pydantic, which builds a serializer just then, says that the schema is wrong."""

    def work() -> None:
        try:
            signal.raise_signal(number)
        except BaseException:
            raise ValueError("Error building `tuple` serializer") from None

    ended = _worked(work)

    assert (ended.exit_code, ended.stdout, ended.stderr) == (code, "", line)


@pytest.mark.parametrize(
    ("number", "code", "line"),
    [
        pytest.param(signal.SIGINT, 130, "cnilog: interrupted\n", id="Ctrl-C"),
        pytest.param(signal.SIGTERM, 143, "cnilog: terminated\n", id="SIGTERM"),
    ],
)
def test_a_signal_where_nothing_can_be_raised(number: int, code: int, line: str) -> None:
    class Last:
        def __del__(self) -> None:
            signal.raise_signal(number)

    def work() -> None:
        Last()
        Event().wait(20)

    result = _worked(work)

    assert (result.exit_code, result.output) == (code, line)


def test_what_else_cannot_be_raised_is_told_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda one: told.append(str(one.exc_value)))

    class Last:
        def __del__(self) -> None:
            raise OSError("no room")

    def work() -> None:
        Last()

    assert _worked(work).exit_code == 0
    assert told == ["no room"]


def test_a_bug_is_no_signal() -> None:
    def work() -> None:
        raise ValueError("a bug")

    ended = _worked(work)

    assert isinstance(ended.exception, ValueError)
    assert ended.stderr == ""


def _ended(how: str, out: int | IO[str] = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    """Return how a process ended that ran *how* as the command line's application."""
    lines = [
        "import atexit, sys, threading",
        "from cnilog import __main__, cli",
        "class Held:",
        "    def __del__(self): print('taken down')",
        "held = Held()",
        "def app(prog_name):",
        "    last = threading.main_thread().join",
        "    threading.Thread(target=lambda: (last(), print('a thread'))).start()",
        "    atexit.register(print, 'registered')",
        f"    {how}",
        "cli.app = app",
        "__main__.main()",
    ]
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        stdout=out, stderr=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "PYTHONUNBUFFERED": ""},
    )  # fmt: skip


def test_it_leaves_at_once_and_loses_nothing() -> None:
    done = _ended("print('told'); sys.exit(3)")
    assert done.returncode == 3
    assert done.stdout == "told\na thread\nregistered\n", "all is written, nothing taken down"


def test_a_bug_shows_its_traceback() -> None:
    done = _ended("raise ZeroDivisionError")
    assert done.returncode == 1
    assert done.stderr.endswith("ZeroDivisionError\n")
    assert "taken down" in done.stdout, "Python ends it as always"


def test_a_full_disk_is_told_at_the_end() -> None:
    with Path("/dev/full").open("w") as full:
        done = _ended("print('told'); sys.exit(0)", full)
    assert done.returncode != 0
    assert "No space left" in done.stderr
