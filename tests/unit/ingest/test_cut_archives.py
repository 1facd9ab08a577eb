"""Of an archive that was cut, every line before the cut is read."""

from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from cnilog.ingest import read

LINES = 20_000
LINE = '{"level":"info","ts":"2026-03-02T10:00:01.000Z","caller":"a/b.go:1","msg":"line %07d"}\n'


@pytest.fixture(scope="module")
def archive() -> bytes:
    """Return a compressed archive of two logs of 1.7 MB each."""
    data = "".join(LINE % number for number in range(LINES)).encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        for name in ("ipamd.log", "plugin.log"):
            member = tarfile.TarInfo(f"./var_log/aws-routed-eni/{name}")
            member.size = len(data)
            made.addfile(member, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), 6)


@pytest.mark.parametrize(("part", "least"), [(0.1, 3_000), (0.4, 15_000), (0.7, 27_000)])
def test_all_before_the_cut_is_read(
    part: float, least: int, archive: bytes, tmp_path: Path
) -> None:
    (tmp_path / "cut.tar.gz").write_bytes(archive[: int(len(archive) * part)])
    reading = read(tmp_path / "cut.tar.gz")

    assert least < reading.accounting.records < 2 * LINES
    assert any(source.damaged for source in reading.sources)
