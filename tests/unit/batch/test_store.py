"""What is written to a store is there whole, or not at all: on disk and in S3 alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnilog.batch.store import Store, open_store
from cnilog.errors import OutputError


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "s3":
        return open_store(request.getfixturevalue("bucket") + "/out")
    return open_store(str(tmp_path / "out"))


def test_what_was_put_can_be_got(store: Store) -> None:
    store.put("results/ab/one.parquet", b"bytes")

    assert store.get("results/ab/one.parquet") == b"bytes"


def test_what_is_not_there_is_null(store: Store) -> None:
    assert store.get("results/none") is None


def test_names_lists_what_lies_below_a_prefix(store: Store) -> None:
    store.put("results/ab/one.parquet", b"1")
    store.put("results/cd/two.parquet", b"2")
    store.put("failed/ab/three.parquet", b"3")

    assert sorted(store.names("results")) == ["results/ab/one.parquet", "results/cd/two.parquet"]


def test_a_second_put_replaces_the_first(store: Store) -> None:
    store.put("name", b"1")
    store.put("name", b"2")

    assert store.get("name") == b"2"


def test_what_was_deleted_is_gone(store: Store) -> None:
    store.put("name", b"1")
    store.delete("name")

    assert not store.exists("name")


def test_a_file_that_is_being_written_is_not_listed(tmp_path: Path) -> None:
    store = open_store(str(tmp_path))
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / ".one.parquet.0123.part").write_bytes(b"half")

    assert list(store.names("results")) == []


def test_a_place_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")

    with pytest.raises(OutputError, match="cannot be made"):
        open_store(str(tmp_path / "file" / "out"))
