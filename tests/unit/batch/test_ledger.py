"""The result files are the ledger: what is there is done, attempts are counted on storage."""

from __future__ import annotations

from pathlib import Path

from cnilog.batch.ledger import MOST_ATTEMPTS, Ledger
from cnilog.batch.store import open_store


def _ledger(folder: Path) -> Ledger:
    return Ledger(open_store(str(folder)), "1")


def test_a_finished_bundle_is_known_to_the_next_run(tmp_path: Path) -> None:
    _ledger(tmp_path).finish("abcd", b"table")

    assert _ledger(tmp_path).load().done == {"abcd"}


def test_another_version_knows_nothing_of_it(tmp_path: Path) -> None:
    _ledger(tmp_path).finish("abcd", b"table")

    assert Ledger(open_store(str(tmp_path)), "2").load().done == set()


def test_attempts_are_counted_across_processes(tmp_path: Path) -> None:
    turns = [_ledger(tmp_path).begin("abcd") for _ in range(MOST_ATTEMPTS + 2)]

    assert turns == [1, 2, 3, 4, 4]


def test_a_result_clears_the_failure_and_the_attempts(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path)
    ledger.begin("abcd")
    ledger.fail("abcd", b"why")
    ledger.finish("abcd", b"table")

    assert (ledger.load().failed, ledger.begin("abcd")) == (set(), 1)


def test_a_source_that_changed_is_read_again(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path)
    ledger.remember("host-1", {"a.tgz|100-1": "abcd"})

    assert ledger.load().key_of("a.tgz|100-2") is None


def test_a_cut_note_of_what_was_seen_costs_nothing(tmp_path: Path) -> None:
    ledger = _ledger(tmp_path)
    ledger.store.put("v-1/seen/host.jsonl", b'{"source":"a|1","key":"abcd"}\n{"source":"b|')

    assert ledger.load().seen == {"a|1": "abcd"}
