"""Whatever fails around a command, it ends in one plain line and leaves nothing half-written.

Real processes, several at a time.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from cnilog import ingest
from cnilog.cli import app
from cnilog.ingest import sources
from cnilog.ingest.member import MemberReader

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the means are POSIX's")
ROOT = Path(__file__).parents[2]
LOGS = ROOT / "sample_logs/ipv6-only-policy/logs"
LOG = sorted(LOGS.glob("*.log"))[0]
POLICY = LOGS / "role-policy.json"
TICK = os.sysconf("SC_CLK_TCK")
LINES = 120_000


def started(*arguments: object, limit: Callable[[], None] | None = None, **more: object):  # type: ignore[no-untyped-def]
    command = [sys.executable, "-m", "cnilog", *map(str, arguments)]
    surroundings = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",  # a full disk would leave half a module behind
    }
    given = {"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **more}
    given["env"] = {**surroundings, **given.pop("env", {})}  # type: ignore[dict-item]
    return subprocess.Popen(command, text=True, preexec_fn=limit, **given)  # type: ignore[call-overload]


def run(*arguments: object, **more: object) -> tuple[int, str, str]:
    process = started(*arguments, **more)  # type: ignore[arg-type]
    out, error = process.communicate(timeout=120)
    return process.returncode, out, error


def together(*calls: Callable[[], tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    with ThreadPoolExecutor(2) as pool:
        return [one.result() for one in [pool.submit(call) for call in calls]]


@pytest.fixture(scope="module")
def long_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("long") / "ipamd.log"
    line = '{"level":"info","ts":"2026-01-05T09:%02d:%02d.104Z","caller":"a.go:1","msg":"IP %d"}\n'
    path.write_text("".join(line % (n // 60 % 60, n % 60, n) for n in range(LINES)), "utf-8")
    return path


COMMANDS = (
    ("analyze", LOGS, "-f", "json"),
    ("read", LOG),
    ("mine", LOG),
    ("iam", POLICY),
    ("patterns", "list"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_odd_surroundings_change_nothing(command: tuple[object, ...]) -> None:
    """No HOME, C locale, a time zone that is none, a folder where nothing can be written."""
    odd = {"LC_ALL": "C", "TZ": "Nowhere/Land-27", "PYTHONUTF8": "0", "PYTHONIOENCODING": "utf-8"}
    usual = CliRunner().invoke(app, [*map(str, command)], prog_name="cnilog")
    strange = run(*command, env=odd, cwd="/proc", stdin=subprocess.DEVNULL)

    assert strange == (0, usual.stdout, usual.stderr)
    assert usual.stdout


def test_a_terminal_that_knows_only_ascii_is_written_to() -> None:
    odd = {
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    code, out, error = run("analyze", LOGS, env=odd)

    assert (code, error) == (0, "")
    assert "CONFIRMED" in out


def full() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(("analyze", LOGS, "-o", "OUT/report.html", "-f", "html"), id="analyze"),
        pytest.param(("read", LOG, "-o", "OUT/records.parquet"), id="read parquet"),
        pytest.param(("read", LOG, "-o", "OUT/records.csv"), id="read csv"),
        pytest.param(("generate", "healthy", "-o", "OUT/made"), id="generate"),
    ],
)
def test_a_full_disk_is_one_line_and_leaves_no_half(
    tmp_path: Path, command: tuple[object, ...]
) -> None:
    arguments = [str(one).replace("OUT", str(tmp_path)) for one in command]
    code, out, error = run(*arguments, limit=full)

    assert (code, out, error.count("\n")) == (2, "", 1)
    assert error.startswith("cnilog: ")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
@pytest.mark.parametrize("command", [("analyze", LOGS), ("patterns", "list")], ids=lambda c: c[0])
def test_a_full_disk_behind_standard_output_is_one_line(command: tuple[object, ...]) -> None:
    with Path("/dev/full").open("w") as sink:
        code, _, error = run(*command, stdout=sink)

    assert (code, error.count("\n")) == (2, 1)
    assert "No space left" in error


@pytest.mark.parametrize("command", [("read", LOG), ("patterns", "list")], ids=lambda c: c[0])
def test_a_reader_that_goes_away_ends_nothing(command: tuple[object, ...]) -> None:
    words = shlex.join([sys.executable, "-m", "cnilog", *map(str, command)])
    ended = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {words} | head -c 10"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")


def stopped(number: int, after: float, *arguments: object) -> tuple[int, str, str]:
    """Run a command, and send it *number* once it took so many seconds of its own CPU time.

    So a busy machine does not shift the moment. It ends only when all its workers did: they hold
    its standard error.
    """
    process = started(*arguments)
    stat = Path(f"/proc/{process.pid}/stat")
    while process.poll() is None:
        fields = stat.read_text().rpartition(")")[2].split()
        if (int(fields[11]) + int(fields[12])) / TICK >= after:
            process.send_signal(number)
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.005)
    out, error = process.communicate(timeout=60)
    return process.returncode, out, error


def rows(path: Path) -> int:
    """Return how many lines, records or lines analyzed the output at *path* tells of."""
    if path.suffix == ".parquet":
        return int(pl.scan_parquet(path).select(pl.len()).collect().item())
    if path.suffix == ".json":
        return int(json.loads(path.read_text("utf-8"))["accounting"]["lines"])
    return path.read_bytes().count(b"\n")


@pytest.mark.parametrize(
    ("arguments", "after"),
    [
        pytest.param(("read", "-o", "records.parquet"), 0.12, id="read at its begin"),
        pytest.param(("read", "-o", "records.parquet"), 0.8, id="read"),
        pytest.param(("analyze", "-f", "json", "-o", "report.json"), 0.3, id="analyze early"),
        pytest.param(("analyze", "-f", "json", "-o", "report.json"), 0.6, id="analyze"),
        pytest.param(("redact", "-o", "copy.log"), 0.25, id="redact early"),
        pytest.param(("redact", "-o", "copy.log"), 0.5, id="redact"),
    ],
)
def test_a_signal_at_any_moment_ends_it_cleanly(
    tmp_path: Path, long_log: Path, arguments: tuple[str, ...], after: float
) -> None:
    command, *options, name = arguments

    def one(number: int) -> tuple[int, str, str]:
        place = tmp_path / str(number)
        place.mkdir()
        return stopped(number, after, command, long_log, *options, place / name)

    ends = together(lambda: one(signal.SIGINT), lambda: one(signal.SIGTERM))
    for number, (code, out, error) in zip((signal.SIGINT, signal.SIGTERM), ends, strict=True):
        word = "interrupted" if number == signal.SIGINT else "terminated"
        left = list((tmp_path / str(number)).iterdir())
        assert code in {128 + number, -number, 0}  # a shell says 128 + number of both
        assert out == ""
        # Nothing is said before it began; once it is done, what was done.
        assert error in {f"cnilog: {word}\n", ""} or left
        assert "Traceback" not in error
        # Whole, or nothing: no half and nothing beside it.
        assert [(one.name, rows(one)) for one in left] in ([], [(name, LINES)])
        assert code != 0 or left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_batch_cleanly_and_a_rerun_goes_on(tmp_path: Path, number: int) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / "bundles" / name).mkdir(parents=True)
        (tmp_path / "bundles" / name / "ipamd.log").write_bytes(LOG.read_bytes())
    command = ("batch", tmp_path / "bundles", "--out", tmp_path / "out", "--jobs", "1")
    code, _, error = stopped(number, 0.5, *command)
    again, told, _ = run(*command)

    word = "interrupted" if number == signal.SIGINT else "terminated"
    assert code in {128 + number, -number, 0}
    assert error.splitlines()[-1:] in ([], [f"cnilog: {word}"]) or code == 0
    assert "Traceback" not in error
    assert again == 0
    assert "3 bundles = " in told
    assert "+ 0 failed + 0 given up" in told
    assert not [path for path in (tmp_path / "out").rglob(".*") if "part" in path.name]


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no /proc")
def test_a_file_that_cannot_be_read_in_the_middle_is_said() -> None:
    code, out, error = run("analyze", "/proc/self/mem", LOG)

    assert (code, error) == (0, "")
    assert "/proc/self/mem" in out


@pytest.mark.parametrize("what", ["truncated", "removed", "replaced"])
def test_a_file_that_changes_while_it_is_read_harms_nothing(tmp_path: Path, what: str) -> None:
    path = tmp_path / "ipamd.log"
    path.write_bytes(LOG.read_bytes() + b"x" * (33 << 20) + b"\nlast\n")
    reader = MemberReader(None)

    for member in sources.members(path):
        member.stream.peek(1 << 20)
        if what == "truncated":
            os.truncate(path, 4096)
        else:
            path.unlink()
        if what == "replaced":
            path.write_text("another file\n")
        reader.read(member)

    part = reader.parts()[0]
    assert part.skipped is None
    assert (
        part.lines == part.records + part.continued + part.blank + part.duplicate + part.undecoded
    )


def test_a_folder_that_cannot_be_listed_and_a_pipe_in_a_folder_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "ipamd.log").write_bytes(LOG.read_bytes())
    os.mkfifo(tmp_path / "pipe")
    listed = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(os, "scandir", scandir)  # root may list everything: no other way
    skipped = {
        Path(one.file).name: one.skipped for one in ingest.read(tmp_path).sources if one.skipped
    }

    assert skipped == {
        "closed": "cannot be listed: Permission denied",
        "pipe": "is no regular file",
    }
