"""Matches as numbers tell what they tell in full."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cnilog.matches import Matches
from cnilog.schema import MATCHES


@pytest.fixture
def frame() -> pl.DataFrame:
    """Return matches of three patterns: one of two signals, one of many records."""
    rows = [("a", "one", n) for n in (3, 1)] + [("a", "two", 1)]
    rows += [("b", "one", n) for n in range(9)] + [("c", "one", 4)]
    return pl.DataFrame(
        [
            {
                "record": record,
                "pattern": pattern,
                "signal": signal,
                "node": f"node-{record}",
                "message": f"message {record}",
                "values": [{"name": "n", "value": str(record)}] if pattern == "b" else [],
            }
            for pattern, signal, record in rows
        ],
        schema=MATCHES,
    )


def test_a_frame_comes_back_as_it_was(frame: pl.DataFrame) -> None:
    assert_frame_equal(Matches.of(frame).frame(), frame)


@pytest.mark.parametrize(
    ("most", "groups"), [(1, ["a", "b", "c"]), (12, ["ab", "c"]), (99, ["abc"])]
)
def test_groups_are_whole_patterns_and_together_all(
    frame: pl.DataFrame, most: int, groups: list[str]
) -> None:
    matches = Matches.of(frame)
    parts = [matches.frame(begin, size) for begin, size in matches.groups(most)]

    assert ["".join(part["pattern"].unique().sort()) for part in parts] == groups
    assert_frame_equal(pl.concat(parts), frame)


def test_records_are_told_once_and_without_those_of_patterns_that_do_not_count(
    frame: pl.DataFrame,
) -> None:
    alone = frame.filter(pl.col("pattern") != "b")

    assert Matches.of(frame).told("record", "node", but={"b"})["node"].n_unique() == 3
    assert sorted(set(Matches.of(alone).told("record")["record"])) == [1, 3, 4]


def test_without_a_match_there_is_nothing(frame: pl.DataFrame) -> None:
    none = Matches.of(frame.clear())

    assert len(none) == 0
    assert list(none.groups(5)) == []
    assert none.frame().schema == MATCHES
