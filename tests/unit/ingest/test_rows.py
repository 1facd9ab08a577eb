"""Files that share a frame each have their rows, and together the whole."""

from __future__ import annotations

import random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from cnilog.ingest.rows import Rows, in_order, shared


@given(st.lists(st.integers(0, 4), max_size=20))
def test_each_number_has_its_rows_in_order(numbers: list[int]) -> None:
    frame = pl.DataFrame({"of": numbers, "row": range(len(numbers))}, {"of": pl.UInt32, "row": int})

    found = shared(frame, "of")

    assert {of: rows.own()["row"].to_list() for of, rows in found.items()} == {
        of: [row for row, other in enumerate(numbers) if other == of] for of in numbers
    }
    assert all(rows.column("row").equals(rows.own()["row"]) for rows in found.values())


@given(st.lists(st.lists(st.integers(1, 3), max_size=4), min_size=1, max_size=4), st.randoms())
def test_rows_of_several_frames_are_one_after_another(
    sizes: list[list[int]], dice: random.Random
) -> None:
    rows = []
    for number, some in enumerate(sizes):
        whole = pl.DataFrame({"text": [f"{number}.{at}" for at in range(sum(some))]}, {"text": str})
        begins = [sum(some[:at]) for at in range(len(some))]
        rows += [Rows(whole, begin, size) for begin, size in zip(begins, some, strict=True)]
        rows.append(Rows(whole, 0, 0))
    dice.shuffle(rows)

    frames, at = in_order(rows)
    whole = pl.concat(frames)

    expected = [text for one in rows for text in one.own()["text"]]
    assert (whole if at is None else whole[at])["text"].to_list() == expected


def test_whole_frames_in_order_are_not_copied() -> None:
    frames = [pl.DataFrame({"n": [1, 2]}), pl.DataFrame({"n": [3]})]
    some, at = in_order([Rows.of(frame) for frame in frames])
    assert [a is b for a, b in zip(some, frames, strict=True)] == [True, True]
    assert at is None
