"""What lies in an archive can neither be a path, nor cost without bound, nor stop the rest."""

from __future__ import annotations

import gzip
import io
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cnilog import ingest
from cnilog.errors import SourceError
from cnilog.ingest.limits import LIMITS, Limits, limits_of

LINE = '{{"level":"info","ts":"2026-01-05T09:15:{:02d}.104Z","caller":"a.go:1","msg":"line {}"}}\n'
LOG = "".join(LINE.format(second, second) for second in range(5)).encode()


def tar(*members: tuple[tarfile.TarInfo | str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for given, data in members:
            info = tarfile.TarInfo(given) if isinstance(given, str) else given
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def kind(name: str, type_: bytes, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = type_, target
    return info


def read(folder: Path, data: bytes, limits: Limits = LIMITS) -> dict[str, str | None]:
    """Return what became of each member; the log in ``good.log`` must always be read."""
    path = folder / "case"
    path.write_bytes(data)
    before = sorted(folder.rglob("*"))
    reading = ingest.read(path, limits=limits)
    assert reading.accounting.holds()
    assert sorted(folder.rglob("*")) == before  # nothing was unpacked
    return {one.file.removeprefix(f"{path}"): one.skipped or one.damaged for one in reading.sources}


@pytest.mark.parametrize(
    "info",
    [
        pytest.param(kind("x", tarfile.SYMTYPE, "/etc/passwd"), id="link"),
        pytest.param(kind("x", tarfile.LNKTYPE, "../../x"), id="hard link"),
        pytest.param(kind("x", tarfile.CHRTYPE), id="device"),
        pytest.param(kind("x", tarfile.FIFOTYPE), id="pipe"),
        pytest.param(kind("x", tarfile.DIRTYPE), id="folder"),
    ],
)
def test_what_is_no_file_is_left_and_the_rest_read(tmp_path: Path, info: tarfile.TarInfo) -> None:
    assert read(tmp_path, tar((info, b""), ("good.log", LOG))) == {"!good.log": None}


@pytest.mark.parametrize("name", ["/etc/cron.d/x.log", "../../../x.log", "a/../../x.log", "C:\\x"])
def test_a_name_is_a_name_and_no_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "deep/er"
    folder.mkdir(parents=True)

    assert read(folder, tar((name, LOG))) == {f"!{name}": None}
    assert not (tmp_path / "x.log").exists()


def test_members_of_one_name_are_both_read(tmp_path: Path) -> None:
    late = LOG.replace(b"T09", b"T10")

    assert read(tmp_path, tar(("a.log", LOG), ("a.log", late))) == {
        "!a.log": None,
        "!a.log#2": None,
    }


def test_a_header_that_claims_a_gibibyte_is_refused(tmp_path: Path) -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    good = tar(("good.log", LOG)).rstrip(b"\0")
    found = read(tmp_path, good + bytes(-len(good) % 512) + info.tobuf() + bytes(1024))

    assert found.pop("!good.log") is None
    assert "a header of" in str(found[""])


def test_a_time_that_no_calendar_has_is_no_time(tmp_path: Path) -> None:
    info = tarfile.TarInfo("good.log")
    info.mtime = 1 << 60

    assert read(tmp_path, tar((info, LOG))) == {"!good.log": None}


def test_zip64_is_read(tmp_path: Path) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack, pack.open("good.log", "w", force_zip64=True) as one:
        one.write(LOG)

    assert read(tmp_path, out.getvalue()) == {"!good.log": None}


def test_an_encrypted_member_is_said_and_the_rest_read(tmp_path: Path) -> None:
    data = bytearray(zipped(**{"locked.log": LOG, "good.log": LOG}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + offset] |= 1

    found = read(tmp_path, bytes(data))

    assert found["!good.log"] is None
    assert "encrypted" in str(found["!locked.log"])


@pytest.mark.parametrize("many", [2, 300])
def test_members_that_overlap_are_read_once(tmp_path: Path, many: int) -> None:
    """As in the zip bombs that give one piece of data to every name."""
    one = zipped(**{"good.log": LOG})
    start = one.index(b"PK\x01\x02")
    entry, end = one[start : one.index(b"PK\x05\x06")], bytearray(one[one.index(b"PK\x05\x06") :])
    struct.pack_into("<HHL", end, 8, many, many, len(entry) * many)
    found = read(tmp_path, one[:start] + entry * many + bytes(end))

    assert found.pop("!good.log") is None
    assert len(found) == many - 1
    assert all("lies over another" in str(reason) for reason in found.values())


@pytest.mark.parametrize(
    ("limits", "complaint"),
    [
        pytest.param(["members=3"], "more than 3 members", id="members"),
        pytest.param(["member-mib=1"], "more than 1 MiB (", id="member"),
        pytest.param(["total-mib=1"], "more than 1 MiB in all", id="total"),
        pytest.param(["depth=1"], "more than 1 deep", id="depth"),
    ],
)
@pytest.mark.parametrize("packed", [tar, lambda *all_: zipped(**dict(all_))], ids=["tar", "zip"])
def test_a_limit_is_kept_said_and_moved_by_a_flag(
    tmp_path: Path, packed: Callable[..., bytes], limits: list[str], complaint: str
) -> None:
    data = packed(
        ("good.log", LOG),
        ("inner.tar", tar(("deep.log", LOG.replace(b"T09", b"T11")))),
        ("long.log", b"no program prints this\n" * 60_000),
        ("late.log", LOG.replace(b"T09", b"T10")),
    )
    found = read(tmp_path, gzip.compress(data) if packed is tar else data, limits_of(limits))

    assert found["!good.log"] is None
    assert any(complaint in str(reason) and "--limit" in str(reason) for reason in found.values())
    assert not any(read(tmp_path, data).values())


def test_an_archive_that_takes_too_long_is_let_go(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="takes more than"):
        read(tmp_path, tar(("good.log", LOG)), Limits(seconds=-1))


def test_the_first_bombs_are_let_go_one_by_one(tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(40 << 20))
    found = read(tmp_path, tar(("bomb.gz", bomb), ("good.log", LOG)))

    assert found["!good.log"] is None
    assert "more than 200 times" in str(found["!bomb.gz"])


def nested(levels: int) -> bytes:
    data = gzip.compress(LOG)
    for _ in range(levels):
        data = gzip.compress(data)
    return data


def test_a_chain_of_compressions_ends_somewhere(tmp_path: Path) -> None:
    assert read(tmp_path, nested(3)) == {"": None}
    with pytest.raises(SourceError, match="is not text"):
        read(tmp_path, nested(9))


def _gzip_bomb() -> bytes:
    return gzip.compress(b"0" * (1 << 20), 9) * (10 * 1024)


def _lines_bomb() -> bytes:
    return gzip.compress(b"\n" * (1 << 20), 9) * (10 * 1024)


def _many_bomb() -> bytes:
    return gzip.compress(tar(("a", b""))[:512] * 20_000, 9) * 200


BOMBS = {"one byte": _gzip_bomb, "empty lines": _lines_bomb, "empty members": _many_bomb}
COST = """
import resource, sys
from cnilog import ingest
from cnilog.errors import SourceError
from cnilog.errors import CnilogError
try:
    ingest.read(sys.argv[1], keep=("refused",))
except CnilogError as error:
    print(error)
used = resource.getrusage(resource.RUSAGE_SELF)
# Not ru_maxrss: a process begins with that of the one it was made from.
peak = next(row for row in open("/proc/self/status") if row.startswith("VmHWM"))
print(used.ru_utime + used.ru_stime, int(peak.split()[1]) >> 10)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="/proc says what it took")
@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_of_ten_mebibytes_costs_little(tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(BOMBS[bomb]())
    ended = subprocess.run(
        [sys.executable, "-c", COST, str(path)],
        cwd=Path(ingest.__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    seconds, mebibytes = map(float, ended.stdout.split()[-2:])

    assert (seconds < 5, mebibytes < 200) == (True, True)


@pytest.mark.parametrize("given", ["ratio", "ratio=", "ratio=-1", "ratio=1e9", "ratio=٣"])
def test_a_limit_that_is_no_number_is_refused(given: str) -> None:
    with pytest.raises(SourceError, match="is no limit"):
        limits_of([given])


@pytest.mark.parametrize("start", ["\n", " \n", "\n\n ", "a.", "a/", "a:", "{", "|"])
def test_no_beginning_of_a_file_makes_it_slow(tmp_path: Path, start: str) -> None:
    (tmp_path / "x.log").write_text(start * (60_000 // len(start)) + "\n" + LOG.decode(), "utf-8")
    began = time.process_time()
    ingest.read(tmp_path)

    assert time.process_time() - began < 4  # seconds; a regex that looks at all pairs takes 60
