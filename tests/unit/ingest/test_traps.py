"""Damaged and oddly saved files give the records they hold, and every line is accounted for."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import tarfile
import threading
import zipfile
from typing import TYPE_CHECKING

import pytest

from cnilog import ingest
from cnilog.errors import SourceError
from cnilog.ingest import sources

if TYPE_CHECKING:
    from pathlib import Path

    from cnilog.ingest import Reading

LINE = '{{"level":"info","ts":"2026-01-05T09:15:{0:02d}.104Z","caller":"a/b.go:1","msg":"é {0}"}}\n'
TEXT = "".join(LINE.format(second) for second in range(20))
MESSAGES = [f"é {s}" for s in range(20)]


def read(path: Path, data: bytes) -> Reading:
    path.write_bytes(data)
    reading = ingest.read(path)
    assert reading.accounting.holds()
    return reading


def messages(reading: Reading) -> list[str]:
    return reading.records["message"].to_list()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode("utf-8-sig"), id="UTF-8 mark"),
        pytest.param(b"\xff\xfe" + TEXT.replace("\n", "\r\n").encode("utf-16-le"), id="PowerShell"),
        pytest.param(TEXT.encode("utf-16-le"), id="UTF-16 without mark"),
        pytest.param(b"\xfe\xff" + TEXT.encode("utf-16-be"), id="UTF-16 big end first"),
        pytest.param(TEXT.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(TEXT.replace("\n", "\r\r\n").encode(), id="CR CR LF"),
        pytest.param(TEXT.replace("\n", "\r").encode(), id="lone CR"),
        pytest.param(TEXT.encode().replace(b"\n", b"\n\0\0\0", 1), id="NUL bytes"),
        pytest.param(TEXT.encode().rstrip(b"\n"), id="no last line end"),
        pytest.param(TEXT.encode().replace(b'{"level', b'\x1b[32m{"level\x1b[0m'), id="colours"),
        pytest.param(gzip.compress(TEXT.encode()), id="gzip"),
        pytest.param(
            gzip.compress(TEXT.encode()[:700]) + gzip.compress(TEXT.encode()[700:]), id="members"
        ),
        pytest.param(gzip.compress(gzip.compress(TEXT.encode())), id="gzip twice"),
        pytest.param(bz2.compress(TEXT.encode()), id="bzip2"),
    ],
)
def test_a_file_is_read_however_it_was_saved(tmp_path: Path, data: bytes) -> None:
    assert messages(read(tmp_path / "ipamd.log", data)) == MESSAGES


def test_zstd_is_read(tmp_path: Path) -> None:
    import pyarrow as pa

    data = pa.compress(TEXT.encode(), "zstd", asbytes=True)

    assert messages(read(tmp_path / "ipamd.log.zst", data)) == MESSAGES


def test_a_bad_byte_costs_one_character(tmp_path: Path) -> None:
    data = TEXT.encode().replace("é 7".encode(), b"\xe9 7")

    assert messages(read(tmp_path / "ipamd.log", data))[6:9] == ["é 6", "\ufffd 7", "é 8"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-30], id="cut short"),
        pytest.param(lambda data: data + b"garbage", id="trailing garbage"),
    ],
)
def test_what_came_before_the_damage_is_kept_and_the_damage_said(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    long = TEXT * 40
    data = damage(gzip.compress(long.encode()))

    reading = read(tmp_path / "ipamd.log.gz", data)

    assert reading.accounting.lines > 100
    assert reading.sources[0].damaged
    assert reading.notes


def test_a_huge_line_does_not_stop_the_next(tmp_path: Path) -> None:
    data = TEXT.encode() + b"x" * (5 << 20) + b"\n" + TEXT.replace("T09", "T10").encode()

    assert messages(read(tmp_path / "ipamd.log", data))[-20:] == MESSAGES


def test_a_last_line_that_is_cut_is_kept(tmp_path: Path) -> None:
    cut = '{"level":"error","ts":"2026-01-05T09:16:00.104Z","caller":"a/b.go:1","msg":"Failed to'

    assert messages(read(tmp_path / "ipamd.log", TEXT.encode() + cut.encode()))[-1] == "Failed to"


def test_lines_of_two_pods_in_one_file_are_two_streams(tmp_path: Path) -> None:
    pods = ("aws-node-aaaaa", "aws-node-bbbbb")
    text = "".join(
        f"[pod/{pods[number % 2]}/aws-node] {line}\n"
        for number, line in enumerate(TEXT.splitlines())
    )

    records = read(tmp_path / "all.log", text.encode()).records

    assert sorted(records["pod"].unique()) == list(pods)
    assert records["stream"].n_unique() == 2


def test_a_trace_is_joined_in_its_own_pipe(tmp_path: Path) -> None:
    pieces = [
        ("stderr", "panic: boom"),
        ("stdout", "no header"),
        ("stderr", "goroutine 1 [running]:"),
    ]
    stamps = (f"2026-01-05T09:15:02.{number:09d}Z" for number in range(3))
    text = "".join(
        f"{stamp} {pipe} F {line}\n" for stamp, (pipe, line) in zip(stamps, pieces, strict=True)
    )

    assert messages(read(tmp_path / "0.log", text.encode())) == [
        "panic: boom\ngoroutine 1 [running]:",
        "no header",
    ]


def test_lines_delivered_twice_count_once(tmp_path: Path) -> None:
    accounting = read(tmp_path / "ipamd.log", TEXT.encode() * 2).accounting

    assert (accounting.records, accounting.duplicate) == (20, 20)


def test_equal_lines_in_a_row_are_not_copies(tmp_path: Path) -> None:
    line = TEXT.splitlines(keepends=True)[3]
    accounting = read(tmp_path / "ipamd.log", (TEXT + line * 3).encode()).accounting

    assert (accounting.records, accounting.duplicate) == (23, 0)


def test_a_pipe_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(TEXT.encode(),)).start()

    assert messages(ingest.read(pipe)) == MESSAGES


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(gzip.compress(TEXT.encode()))

    monkeypatch.setattr(sources.sys, "stdin", Input)

    assert messages(ingest.read("-")) == MESSAGES


def tar(members: dict[str, bytes], mode: str = "w:gz") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(tar({"./var/ipamd.log": TEXT.encode()}), id="tar.gz"),
        pytest.param(tar({"var/ipamd.log": TEXT.encode()}, "w"), id="tar"),
        pytest.param(zipped({"var\\ipamd.log": TEXT.encode()}), id="zip with backslashes"),
        pytest.param(tar({"in.zip": zipped({"ipamd.log": TEXT.encode()})}), id="zip in tar"),
        pytest.param(zipped({"in.tgz": tar({"../../ipamd.log": TEXT.encode()})}), id="tar in zip"),
    ],
)
def test_an_archive_is_read_as_it_streams(tmp_path: Path, data: bytes) -> None:
    reading = read(tmp_path / "bundle", data)

    assert messages(reading) == MESSAGES
    assert "!" in reading.records["file"][0]


def test_links_in_an_archive_are_not_followed(tmp_path: Path) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("ipamd.log")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
        info = tarfile.TarInfo("plugin.log")
        info.size = len(TEXT.encode())
        archive.addfile(info, io.BytesIO(TEXT.encode()))

    assert [source.file for source in read(tmp_path / "a.tar", out.getvalue()).sources] == [
        f"{tmp_path}/a.tar!plugin.log"
    ]


def test_a_bomb_is_let_go_and_the_rest_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = gzip.compress(b"\n" * (80 << 20))
    reading = read(tmp_path / "a.tar", tar({"a.log.gz": bomb, "ipamd.log": TEXT.encode()}, "w"))

    assert messages(reading) == MESSAGES
    assert "inflates" in str(reading.sources[0].damaged)


def test_a_torn_archive_keeps_what_came_before(tmp_path: Path) -> None:
    data = tar({"ipamd.log": TEXT.encode(), "b.log": os.urandom(50_000)}, "w")[:-30_000]

    reading = read(tmp_path / "a.tar", data)

    assert messages(reading)[:20] == MESSAGES
    assert any(source.skipped or source.damaged for source in reading.sources)


@pytest.mark.parametrize(
    "data",
    [pytest.param(b"", id="empty"), pytest.param(b"\x7fELF" + bytes(500), id="a program")],
)
def test_a_file_that_cannot_be_read_is_an_error_of_one_line(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x").write_bytes(data)

    with pytest.raises(SourceError) as caught:
        ingest.read(tmp_path / "x")

    assert len(str(caught.value).splitlines()) == 1


def test_what_cannot_be_read_is_listed_beside_what_can(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\x7fELF" + bytes(500))
    (tmp_path / "ipamd.log").write_text(TEXT, "utf-8")

    skipped = {source.file: source.skipped for source in ingest.read(tmp_path).sources}

    assert skipped == {f"{tmp_path}/a.bin": "is not text", f"{tmp_path}/ipamd.log": None}


def test_a_log_that_gives_no_record_is_said_first(tmp_path: Path) -> None:
    reading = read(tmp_path / "ipamd.log", b"nothing that\nany program prints\n")

    assert "looks like a log" in reading.notes[0]
    assert reading.records["decoded"].to_list() == [False, False]


def test_a_compressed_document_stays_one(tmp_path: Path) -> None:
    manifest = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata:\n  name: aws-node\n"
    path = tmp_path / "daemonset-aws-node.yaml.gz"
    path.write_bytes(gzip.compress(manifest.encode()))

    reading = ingest.read(path)

    assert [document.text for document in reading.documents] == [manifest]
    assert reading.records.is_empty()
