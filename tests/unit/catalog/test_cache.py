"""What was loaded once is kept, never stale, and never trusted blindly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilog.catalog import DEFAULT, cache, load_catalog

if TYPE_CHECKING:
    from pathlib import Path

PATTERNS = load_catalog().patterns[:3]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "cnilog"


def test_what_was_kept_is_the_same_when_it_is_fetched() -> None:
    cache.keep("k", PATTERNS)

    assert cache.fetch("k") == PATTERNS
    assert cache.fetch("other") is None


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[{}]", id="no pattern"),
        pytest.param(b'[{"id": "cut', id="cut short"),
        pytest.param(b"\x80\x04\x95pickle", id="bytes"),
    ],
)
def test_a_damaged_entry_is_as_none(home: Path, data: bytes) -> None:
    cache.keep("k", PATTERNS)
    (home / "catalog-k.json").write_bytes(data)

    assert cache.fetch("k") is None


def test_nothing_fails_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    cache.keep("k", PATTERNS)

    assert cache.fetch("k") is None


def test_a_changed_file_has_another_key(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("id: a")
    before = cache.key(tmp_path, [path])
    path.write_text("id: b")

    assert cache.key(tmp_path, [path]) != before


def test_a_pattern_that_moves_to_another_family_has_another_key(tmp_path: Path) -> None:
    for family in ("one", "two"):
        (tmp_path / family).mkdir()
        (tmp_path / family / "a.yaml").write_text("id: a")
    keys = {cache.key(tmp_path, [tmp_path / family / "a.yaml"]) for family in ("one", "two")}

    assert len(keys) == 2


def test_only_the_newest_entries_stay(home: Path) -> None:
    for name in "abcdefgh":
        cache.keep(name, PATTERNS)

    assert len(list(home.iterdir())) == cache.KEPT


def test_the_shipped_patterns_are_all_kept_whole() -> None:
    every = load_catalog().patterns
    cache.keep("all", every)

    assert cache.fetch("all") == every
    assert DEFAULT.is_dir()
