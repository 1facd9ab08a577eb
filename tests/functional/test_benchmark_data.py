"""The benchmark measures what it says: the same lines in each envelope, all of which are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks import data
from cnilog import ingest

if TYPE_CHECKING:
    from pathlib import Path

COUNT = 2000
FILES, EACH = 50, 20


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data.plain(tmp_path_factory.mktemp("data") / "plain", COUNT)


@pytest.mark.parametrize("kind", ["plain", *data.WRAPS, "cloudwatch"])
def test_every_line_is_a_record_in_every_envelope(kind: str, plain: Path, tmp_path: Path) -> None:
    if kind == "plain":
        source = plain
    elif kind == "cloudwatch":
        source = data.cloudwatch(plain, tmp_path / "events.json")
    else:
        source = data.wrapped(plain, tmp_path / kind, kind)
    accounting = ingest.read(source, keep=("Unauthorized",)).accounting

    assert accounting.lines == COUNT
    assert accounting.duplicate == accounting.blank == 0
    assert accounting.records + accounting.undecoded == COUNT


@pytest.mark.parametrize("kind", [*data.SMALL])
def test_every_line_of_small_files_is_a_record(kind: str, tmp_path: Path) -> None:
    accounting = ingest.read(data.small(tmp_path, kind, FILES, EACH), keep=("nothing",)).accounting

    assert accounting.files == FILES
    assert accounting.lines == accounting.records + accounting.undecoded == FILES * EACH
