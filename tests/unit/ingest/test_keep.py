"""Which records are kept: asked of each, or of each distinct message once, the answer is one."""

from __future__ import annotations

from itertools import pairwise

import polars as pl
import pytest
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from cnilog.ingest import keep as choice
from cnilog.ingest.decode import FORMAT
from cnilog.ingest.keep import LOUD, Keep, chosen
from cnilog.schema import LEVEL

MESSAGES = ("stats", "stats refused", "refused", "slow stats", "nothing", "nothing at all", "é")
STEADY, TROUBLES = ("stats",), ("refused", "slow")
ONE = st.tuples(
    st.sampled_from(MESSAGES),
    st.sampled_from(["debug", "info", "error", None]),
    st.sampled_from(["zap", None]),
    st.integers(0, 2),
)
KEEPS = (
    pytest.param(("stats", "refused"), STEADY, TROUBLES, id="steady and another"),
    pytest.param(("stats",), STEADY, TROUBLES, id="steady alone"),
    pytest.param(("stats",), STEADY, (), id="no troubles"),
    pytest.param(("refused", "nothing at"), (), (), id="none is steady"),
    pytest.param((), (), (), id="no literal"),
)


def by_hand(rows: list[tuple[str, str | None, str | None, int]], keep: Keep) -> list[int]:
    """Return the numbers of the rows that are kept, as the docstrings tell it."""
    others = set(keep) - set(keep.steady)
    kept = []
    for number, (message, level, form, _) in enumerate(rows):
        held = not keep or any(text in message for text in keep)
        if held or level in LOUD or form is None:
            kept.append(number)
    telling = []
    for number in kept:
        message, level, form, of = rows[number]
        other = not keep or any(text in message for text in others)
        calm = not other and any(text in message for text in keep.steady)
        trouble = bool(keep.steady) and any(text in message for text in keep.troubles)
        if calm or trouble:
            telling.append((number, calm, level not in LOUD and form is not None, of))
    gone = {
        number
        for (number, calm, quiet, of), (_, next_calm, _, next_of) in pairwise(telling)
        if calm and quiet and next_calm and of == next_of
    }
    return [number for number in kept if number not in gone]


@pytest.mark.parametrize(("literals", "steady", "troubles"), KEEPS)
@pytest.mark.parametrize("many", [1, 5_000])
def test_chosen(
    literals: tuple[str, ...], steady: tuple[str, ...], troubles: tuple[str, ...], many: int
) -> None:
    keep = Keep.of(literals, LOUD, steady, troubles)

    @settings(max_examples=examples(30))
    @given(rows=st.lists(ONE, max_size=12).map(lambda rows: sorted(rows, key=lambda row: row[3])))
    def holds(rows: list[tuple[str, str | None, str | None, int]]) -> None:
        frame = pl.DataFrame(
            {
                "line": range(len(rows)),
                "caller": [f"a.go:{row[3]}" for row in rows],
                "message": [row[0] for row in rows],
                "level": [row[1] for row in rows],
                "format": [row[2] for row in rows],
                "raw": [row[0] for row in rows],
            },
            schema_overrides={"message": pl.String, "caller": pl.String, "raw": pl.String}
            | {"level": LEVEL, "format": FORMAT},
        )
        of = pl.Series([row[3] for row in rows], dtype=pl.UInt32)
        found = chosen(frame, keep, of)

        wanted = by_hand(rows, keep)
        assert found["line"].to_list() == wanted
        assert found["message"].to_list() == [rows[number][0] for number in wanted]
        assert found["caller"].to_list() == [f"a.go:{rows[number][3]}" for number in wanted]
        assert found["raw"].null_count() == found.height

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(choice, "MANY", many)
        holds()


def test_all_are_kept_as_they_are_where_nothing_is_looked_for() -> None:
    frame = pl.DataFrame({"message": ["a"], "raw": ["b"]})

    assert chosen(frame, None, pl.Series([0])) is frame
