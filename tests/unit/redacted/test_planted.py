"""Nothing that names a cluster is left in a redacted copy, whatever it was wrapped in."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from planted import Planter, bundle, opened

from cnilog.redacted import Summary, redact


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> tuple[Planter, Path, Summary]:
    planter = Planter(7)
    root = tmp_path_factory.mktemp("planted")
    for name, data in bundle(planter, 40).items():
        target = root / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return planter, root, redact(root / "source", root / "copy", key=b"k" * 16)


def test_no_planted_identifier_is_left(copied: tuple[Planter, Path, Summary]) -> None:
    planter, root, summary = copied
    texts = [str(path).encode() for path in (root / "copy").rglob("*")]
    for path in (root / "copy").rglob("*"):
        texts += opened(path.read_bytes()) if path.is_file() else ()
    whole = b"\n".join(texts).decode("utf-8", "replace")
    left = pl.Series([whole]).str.extract_many(sorted(planter.planted))[0].to_list()

    assert len(planter.planted) >= 10_000
    assert left == []
    assert summary.left_out == ()


def test_every_file_still_reads_as_what_it_was(copied: tuple[Planter, Path, Summary]) -> None:
    _, root, _ = copied
    before = sorted(path.suffix for path in (root / "source").rglob("*") if path.is_file())
    after = sorted(path.suffix for path in (root / "copy").rglob("*") if path.is_file())

    assert before == after
    for path in (root / "copy").rglob("*.jsonl"):
        for line in path.read_text().splitlines():
            json.loads(line)
    for path in (root / "copy").rglob("events.json"):
        assert len(json.loads(path.read_text())["events"]) == 40
