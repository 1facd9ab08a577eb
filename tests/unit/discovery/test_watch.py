"""A stream tells its causes while it grows, and ends with the answer of all its lines."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from effort import THOROUGH
from streams import stream

from cnilog.analysis import analyze
from cnilog.catalog import load_catalog
from cnilog.discovery.generate import SCENARIOS, generate
from cnilog.discovery.generate.make import eras_of
from cnilog.discovery.generate.wraps import ENVELOPES
from cnilog.discovery.watch import Watcher
from cnilog.finding import Report
from cnilog.ingest.live import deciding, growing

CATALOG = load_catalog()


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with Watcher(CATALOG) as one:
        yield one


QUIET = b'{"level":"debug","ts":"2026-03-02T11:00:00.000Z","caller":"a.go:1","msg":"x"}\n'
SOME = list(SCENARIOS)[:: 1 if THOROUGH else 2]
CHOICES = list(zip(SOME, itertools.cycle(range(5)), itertools.cycle(ENVELOPES), strict=False))


def _answer(data: bytes, path: Path) -> tuple[Report, datetime]:
    path.write_bytes(data)
    written = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    return analyze(path, catalog=CATALOG), written


def _fed(watcher: Watcher, data: bytes, path: Path, written: datetime, seed: int) -> None:
    """Give *data* to *watcher* cut anywhere, with a look now and then."""
    dice = random.Random(seed)
    at = 0
    while at < len(data):
        size = dice.choice([1, 300, 5_000, 40_000, 90_000])
        watcher.add(str(path), data[at : at + size], written)
        at += size
        if dice.random() < 0.1:
            watcher.look(last=True)
    watcher.look(last=True)


@pytest.mark.parametrize(("scenario", "era", "envelope"), CHOICES)
def test_the_last_answer_is_that_of_all_lines(
    scenario: str,
    era: int,
    envelope: str,
    watcher: Watcher,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deciding, "LINES", 336)  # so that little is enough to go line by line
    monkeypatch.setattr(deciding, "LEAST", 18_000)
    eras = eras_of(SCENARIOS[scenario])
    data = stream(scenario, eras[era % len(eras)], nodes=3, envelope=envelope)
    path = tmp_path / "stream"
    whole, written = _answer(data, path)
    _fed(watcher, data, path, written, seed=len(data))

    assert watcher.report == whole


def test_files_of_a_folder_are_told_as_analyze_tells_them(watcher: Watcher, tmp_path: Path) -> None:
    files = generate("npa-crash", era="v1.23.0", nodes=2)
    for path, data in files.items():
        target = tmp_path / path
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
    written = {
        path: datetime.fromtimestamp((tmp_path / path).stat().st_mtime, tz=UTC) for path in files
    }
    for path, data in sorted(files.items(), key=lambda pair: len(pair[1])):  # in another order
        for start in range(0, len(data), 4_000):
            watcher.add(str(tmp_path / path), data[start : start + 4_000], written[path])
    watcher.look(last=True)

    assert watcher.report == analyze(tmp_path, catalog=CATALOG)


@pytest.mark.parametrize("most", [growing.WHOLE, 100_000])
def test_a_stream_that_begins_again_is_read_as_analyze_reads_it(
    most: int, watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "WHOLE", most)
    data = stream("irsa-trust", "v1.18.3", nodes=7) * 2
    path = tmp_path / "stream"
    whole, written = _answer(data, path)
    _fed(watcher, data, path, written, seed=1)

    assert watcher.report is not None
    assert whole.accounting.duplicate > 0
    twice = watcher.report.accounting.duplicate == 0  # too long to look at as a whole
    assert twice is (most == 100_000)
    assert watcher.report == whole or twice


def _again_and_again(times: int) -> bytes:
    """Return the line of a full subnet, every five seconds."""
    begin = datetime(2026, 3, 2, 11, tzinfo=UTC)
    error = "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free"
    text = f"Failed to allocate a private IP/Prefix addresses on ENI eni-0123456789abcdef0: {error}"
    return b"".join(
        f'{{"level":"error","ts":"{begin + timedelta(seconds=5 * turn):%Y-%m-%dT%H:%M:%S}.000Z",'
        f'"caller":"awsutils/awsutils.go:1214","msg":"{text} {turn}"}}\n'.encode()
        for turn in range(times)
    )


def test_what_repeats_itself_is_let_go_and_the_answer_stays(
    watcher: Watcher, tmp_path: Path
) -> None:
    data = stream("subnet-exhausted", "v1.18.3") + _again_and_again(3_000)
    path = tmp_path / "stream"
    whole, written = _answer(data, path)
    watcher.kept_most = 600
    _fed(watcher, data, path, written, seed=2)
    kept = sum(file.kept for file in watcher.live.files.values())

    assert watcher.report is not None
    assert kept <= 600 < whole.causes[0].count
    for mine, theirs in zip(watcher.report.causes, whole.causes, strict=True):
        assert mine.model_copy(update={"period_s": None, "jitter_s": None, "reasons": ()}) == (
            theirs.model_copy(update={"period_s": None, "jitter_s": None, "reasons": ()})
        )


def test_a_cause_is_told_once(watcher: Watcher) -> None:
    watcher.add("-", stream("irsa-trust", "v1.18.3"))
    first = watcher.look()

    assert [(one.event, one.id) for one in first] == [("found", "iam-irsa-trust")]
    assert watcher.look() == ()


def test_what_is_over_is_told(watcher: Watcher) -> None:
    data = stream("late-api-server", "v1.18.3")
    lines = data.splitlines(keepends=True)
    bad = [at for at, line in enumerate(lines) if b"Unable to reach API Server" in line]
    events = []
    watcher.add("-", b"".join(lines[: bad[-1] + 1]))
    events += watcher.look()
    watcher.add("-", b"".join(lines[bad[-1] + 1 :]))
    events += watcher.look()

    told = [one.event for one in events if one.id == "apiserver-unreachable"]
    assert told == ["found", "recovered"]


def test_a_quiet_stream_is_looked_at_only_for_its_silence(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])
    watcher.add("-", stream("healthy", "v1.18.3", nodes=12))
    watcher.look()
    first = watcher.report
    clock[0] += 1
    watcher.add("-", QUIET)
    watcher.look()

    assert watcher.report is first
    clock[0] += 60
    watcher.add("-", QUIET)
    watcher.look()
    assert watcher.report is not first
