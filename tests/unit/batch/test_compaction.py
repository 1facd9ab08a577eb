"""Joined files hold what the small ones hold, each result once, whoever joined them and when."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from polars.testing import assert_frame_equal

from cnilog.batch import Plan, compact, open_batch, run, run_batch
from cnilog.batch.compaction import joined
from cnilog.batch.ledger import Ledger
from cnilog.batch.store import open_store
from cnilog.batch.table import done_row, failed_row
from cnilog.errors import OutputError
from cnilog.finding import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import polars as pl

    from cnilog.batch.job import Job, Receipt


def _write(root: Path, *numbers: int) -> None:
    ledger = Ledger(open_store(str(root)), "1")
    for number in numbers:
        key = f"{number:032x}"
        ledger.finish(key, done_row(key, f"in/{number}.tgz", Report()))


def _table(root: Path) -> pl.DataFrame:
    return open_batch(str(root)).results.sort("key").collect()


def _files(root: Path) -> list[list[str]]:
    return sorted(joined(open_store(str(root)), "1").values())


def test_a_table_is_the_same_joined_or_not_and_with_what_came_since(tmp_path: Path) -> None:
    _write(tmp_path, 1, 2)
    Ledger(open_store(str(tmp_path)), "1").fail("ff", failed_row("ff", "bad.tgz", "failed", "cut"))
    loose = _table(tmp_path)
    assert compact(str(tmp_path), "1") == compact(str(tmp_path), "1") == 2
    assert_frame_equal(_table(tmp_path), loose)

    _write(tmp_path, 3)
    assert _table(tmp_path)["source"].to_list() == ["in/1.tgz", "in/2.tgz", "in/3.tgz", "bad.tgz"]
    assert compact(str(tmp_path), "1") == 3
    assert _files(tmp_path) == [[f"{1:032x}", f"{2:032x}"], [f"{3:032x}"]]


def test_a_result_that_two_writers_joined_is_read_once(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    _write(here, 1, 2)
    _write(there, 2, 3)
    for root in (here, there):
        compact(str(root), "1")
    (other,) = there.glob("v-1/compact/*")
    other.rename(here / "v-1/compact" / other.name)
    _write(here, 3)

    assert [row[0] for row in _table(here).rows()] == [f"{number:032x}" for number in (1, 2, 3)]
    assert compact(str(here), "1") == 3
    assert _table(here).height == 3


def test_few_results_are_left_as_they_are(tmp_path: Path) -> None:
    _write(tmp_path, 1, 2)

    assert compact(str(tmp_path), "1", least=3) == 0
    assert _files(tmp_path) == []


def test_a_joined_file_that_is_broken_is_named(tmp_path: Path) -> None:
    _write(tmp_path, 1)
    broken = tmp_path / "v-1/compact/broken.parquet"
    broken.parent.mkdir()
    broken.write_bytes(b"PAR1 no more")

    with pytest.raises(OutputError, match=r"compact/broken\.parquet: cannot be read \("):
        _table(tmp_path)


class _Here:
    """Runs the work in this process."""

    def run(self, work: Callable[[Job], Receipt], jobs: Iterable[Job]) -> Iterator[Receipt]:
        yield from map(work, jobs)


@pytest.mark.parametrize(
    ("shard", "files"),
    [pytest.param((0, 1), 1, id="alone"), pytest.param((0, 2), 0, id="one of several")],
)
def test_a_batch_that_is_alone_joins_its_many_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shard: tuple[int, int], files: int
) -> None:
    monkeypatch.setattr(run, "MANY", 2)
    for number in range(4):
        (tmp_path / "in" / str(number)).mkdir(parents=True)
        (tmp_path / "in" / str(number) / "ipamd.log").write_text(f"a line {number}\n")
    told: list[bool] = []

    run_batch(
        Plan(str(tmp_path / "out"), (str(tmp_path / "in"),), shard=shard),
        _Here(),  # type: ignore[arg-type]
        tell=lambda tally, _: told.append(tally.joining),
    )

    assert len(list(tmp_path.glob("out/*/compact/*"))) == files
    assert told[-1] is (files > 0)
