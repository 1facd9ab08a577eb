"""Large files are read side by side, and all is as if they were read one after the other."""

from __future__ import annotations

import gzip
import os
import threading
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from mixtures import lines
from polars.testing import assert_frame_equal

from cnilog import ingest
from cnilog.ingest import beside, member, streams
from cnilog.ingest.beside import Beside, ahead
from cnilog.ingest.part import Part
from cnilog.ingest.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.reading import Reading

KEEP = ("Unauthorized", "refused")
PREFIXES = {
    "cri.log": "2026-01-05T09:15:03.104567890Z stderr F ",
    "export.log": "2026-01-05T09:15:03.104Z ",
    "stamped.log": "2026-01-05T09:15:03.104567890Z ",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of files that count as large, and two that do not."""
    monkeypatch.setattr(member, "CHUNK", 20_000)
    monkeypatch.setattr(member, "BLOCK", 30_000)
    monkeypatch.setattr(member, "SMALLEST", 1)
    for number in range(6):
        some = b"".join(lines(number, 100 if number in {1, 4} else 800))
        (tmp_path / f"node-{number}.log").write_bytes(some)
    return tmp_path


@pytest.fixture
def middling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of files that count as long, and are held in memory."""
    monkeypatch.setattr(member, "SMALLEST", 1)
    zap = [line for line in lines(1, 3000) if line.startswith(b'{"level')]
    for number in range(4):
        (tmp_path / f"node-{number}.log").write_bytes(b"".join(lines(number, 800)))
    for name, prefix in PREFIXES.items():
        (tmp_path / name).write_bytes(b"".join(lines(5, 800, prefix)))
    (tmp_path / "twice.log").write_bytes(b"".join(zap + zap))
    (tmp_path / "cut.log.gz").write_bytes(gzip.compress(b"".join(zap))[:-40])
    uid = "0a1b2c3d-0000-4000-8000-000000000000"
    pod = tmp_path / f"var/log/pods/kube-system_aws-node-x7k2p_{uid}/aws-node"
    pod.mkdir(parents=True)
    for number, some in enumerate((zap, zap[:-1])):  # one container's log, collected twice
        (pod / f"{number}.log").write_bytes(b"".join(some))
    return tmp_path


def assert_same(one: Reading, other: Reading) -> None:
    assert one.accounting == other.accounting
    assert one.sources == other.sources
    assert_frame_equal(one.records, other.records)
    assert_frame_equal(one.histogram, other.histogram)
    assert_frame_equal(one.runs, other.runs)


def stream_of(path: Path) -> Stream:
    return Stream(iter(()), file=path.open("rb"))


def test_all_is_as_if_they_were_read_one_after_the_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = ingest.read(folder, keep=KEEP)
    monkeypatch.setattr(beside, "MOST", 1)
    alone = ingest.read(folder, keep=KEEP)

    assert_same(together, alone)
    assert [one.file for one in together.sources] == sorted(one.file for one in together.sources)


@pytest.mark.parametrize("keep", [KEEP, None], ids=["some", "all"])
def test_files_held_in_memory_are_read_as_if_one_after_the_other(
    middling: Path, monkeypatch: pytest.MonkeyPatch, keep: tuple[str, ...] | None
) -> None:
    started = []
    start = Beside.start

    def counted(self: Beside, *arguments: Any) -> Future[Part]:
        started.append(arguments)
        return start(self, *arguments)

    monkeypatch.setattr(Beside, "start", counted)
    together = ingest.read(middling, keep=keep)
    beside_each_other = len(started)
    monkeypatch.setattr(member.MemberReader, "_is_of_nobody", lambda *_: False)
    alone = ingest.read(middling, keep=keep)

    assert (beside_each_other, len(started)) == (9, 9)
    assert_same(together, alone)
    told = {Path(one.file).name: one for one in together.sources}
    assert told["twice.log"].duplicate > 1000
    assert "middle" in (told["cut.log.gz"].damaged or "")


def test_files_of_one_container_wait_for_each_other(middling: Path) -> None:
    first, second = ingest.read(middling / "var", keep=KEEP).sources

    assert first.duplicate == 0
    assert second.duplicate == second.lines


def test_many_records_are_put_together_as_few_are(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = ingest.read(folder, keep=KEEP)
    monkeypatch.setattr(streams, "MANY", 1)
    many = ingest.read(folder, keep=KEEP)

    assert_frame_equal(many.records, few.records)
    assert many.accounting == few.accounting


def test_two_are_read_at_the_same_time(tmp_path: Path) -> None:
    if pl.thread_pool_size() < 2:
        pytest.skip("one core")
    (tmp_path / "a.log").write_bytes(b"a")
    both = threading.Barrier(2)

    def meet(stream: Stream) -> Part:
        both.wait(10)
        return Part("a.log")

    side = Beside()
    futures = [side.read(stream_of(tmp_path / "a.log"), meet, lambda: None) for _ in range(2)]
    side.settle(lambda: None)

    assert [future.result().file for future in futures] == ["a.log", "a.log"]


def test_what_fails_in_a_thread_fails_for_who_reads(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(member, "read_skimmed", broken)

    with pytest.raises(MemoryError, match="no room"):
        ingest.read(folder, keep=KEEP)


def test_an_interrupt_ends_all_threads_at_their_next_block(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    asked = []

    def endless(stream: Stream, size: int) -> Iterator[bytes]:
        while True:
            begun.set()
            asked.append(size)
            yield LINE

    def interrupt(*_: object) -> None:
        if begun.is_set():
            raise KeyboardInterrupt

    monkeypatch.setattr(Stream, "again", endless)
    with pytest.raises(KeyboardInterrupt):
        ingest.read(folder, keep=KEEP, progress=interrupt)

    count = len(asked)
    assert count
    assert not [one for one in threading.enumerate() if one.name.startswith("ThreadPool")]
    assert len(asked) == count


LINE = b'{"level":"info","ts":"2026-01-05T09:15:03.010Z","caller":"a/b.go:1","msg":"c"}\n' * 50


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="no list of open files here")
def test_no_descriptor_is_left_open(folder: Path) -> None:
    ingest.read(folder, keep=KEEP)
    opened = [os.path.realpath(one) for one in Path("/proc/self/fd").iterdir()]

    assert not [one for one in opened if one.startswith(str(folder))]


def test_damage_while_reading_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    piece = Stream._piece

    def breaking(self: Stream, begin: int, size: int) -> bytes:
        if begin:
            raise OSError("Input/output error")
        return piece(self, begin, size)

    monkeypatch.setattr(Stream, "_piece", breaking)
    reading = ingest.read(folder / "node-0.log", keep=KEEP)

    assert "Input/output error" in (reading.sources[0].damaged or "")


def test_each_is_made_while_the_one_before_it_is_used() -> None:
    asked = threading.Event()

    def made() -> Iterator[int]:
        yield 1
        asked.set()
        yield 2

    taken = ahead(made())

    assert next(taken) == 1
    assert asked.wait(10), "though nobody asked for the second one yet"
    assert list(taken) == [2]


def test_what_fails_while_it_is_made_fails_for_who_asks() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise MemoryError("no room")

    taken = ahead(broken())

    assert next(taken) == 1
    with pytest.raises(MemoryError, match="no room"):
        next(taken)
