"""Files are followed through whatever happens to them, and no byte comes twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cnilog.discovery.tails import Tails


class _Log:
    """A log that is written to, and what was read of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "ipamd.log"
        self.tails = Tails((folder,))

    def write(self, data: bytes, mode: str = "ab") -> None:
        with self.path.open(mode) as file:
            file.write(data)

    def read(self) -> dict[str, bytes]:
        """Return what is new, by the last part of the file's name."""
        found: dict[str, bytes] = {}
        for name, data, _ in self.tails.read():
            found[Path(name).name] = found.get(Path(name).name, b"") + data
        return found

    def close(self) -> None:
        for tail in self.tails._tails.values():
            tail.file.close()


@pytest.fixture
def log(tmp_path: Path) -> Iterator[_Log]:
    one = _Log(tmp_path)
    yield one
    one.close()


def test_what_is_new_comes_once(log: _Log) -> None:
    log.write(b"one\n")
    first = log.read()
    log.write(b"two\n")

    assert (first, log.read(), log.read()) == (
        {"ipamd.log": b"one\n"},
        {"ipamd.log": b"two\n"},
        {},
    )


def test_a_rotated_file_is_read_to_its_end_before_the_new_one(log: _Log) -> None:
    log.write(b"one\n")
    log.read()
    log.write(b"two\n")
    log.path.rename(log.path.with_suffix(".log.1"))
    log.write(b"three\n")

    assert log.read() == {"ipamd.log": b"two\nthree\n"}


def test_a_rotated_file_is_still_followed_and_its_packed_copy_is_not(log: _Log) -> None:
    log.write(b"one\n")
    log.read()
    old = log.path.with_suffix(".log.1")
    log.path.rename(old)
    log.write(b"two\n")
    log.read()
    with old.open("ab") as file:
        file.write(b"late\n")
    (log.path.parent / "ipamd.log.2.gz").write_bytes(b"\x1f\x8b...")

    assert log.read() == {"ipamd.log": b"late\n"}


def test_a_packed_file_that_is_there_is_read(log: _Log) -> None:
    (log.path.parent / "ipamd.log.2.gz").write_bytes(b"packed")

    assert log.read() == {"ipamd.log.2.gz": b"packed"}


@pytest.mark.parametrize("after", [b"new\n", b"much longer than what was there before\n"])
def test_a_file_that_is_cut_begins_anew(log: _Log, after: bytes) -> None:
    log.write(b"one line of the old text\n")
    log.read()
    log.write(after, mode="wb")  # as copytruncate does: the inode stays

    assert log.read() == {"ipamd.log": after}


def test_an_inode_that_is_used_again_is_another_file(log: _Log) -> None:
    log.write(b"the old file\n")
    log.read()
    inode = log.path.stat().st_ino
    log.path.unlink()
    log.read()
    log.write(b"the new file, longer than the old\n")

    assert log.read() == {"ipamd.log": b"the new file, longer than the old\n"}, inode


def test_a_file_that_two_names_show_is_read_once(log: _Log) -> None:
    log.write(b"one\n")
    (log.path.parent / "link.log").symlink_to(log.path)

    assert sum(map(len, log.read().values())) == len(b"one\n")
