"""Text from a log is disarmed in one place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilog.finding import Cause, Reason, Report
from cnilog.report import REPORTERS, View
from cnilog.report.safety import cut, disarm, visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("\x1b[31mred", r"\x1b[31mred", id="escape"),
        pytest.param("\x9b31m", r"\x9b31m", id="one-character control"),
        pytest.param("\x1b]8;;http://x\x07", r"\x1b]8;;http://x\x07", id="link"),
        pytest.param("a\u202eb", r"a\u202eb", id="bidi"),
        pytest.param("a\u200bb\ufeff", r"a\u200bb\ufeff", id="zero width"),
        pytest.param("a\nb\rc", r"a\nb\rc", id="line ends"),
        pytest.param("naïve 漢字 ✓", "naïve 漢字 ✓", id="plain text stays"),
    ],
)
def test_acting_characters_are_written_out(text: str, expected: str) -> None:
    assert visible(text) == expected


def test_newlines_stay_where_lines_are_wanted() -> None:
    assert visible("a\n\tb\r", lines=True) == "a\n\tb\\r"


@given(st.text())
def test_nothing_that_acts_is_left(text: str) -> None:
    left = {unicodedata.category(char) for char in visible(text)}

    assert left.isdisjoint({"Cc", "Cs", "Zl", "Zp"})
    assert visible(visible(text)) == visible(text)


def test_a_cut_says_how_much_is_missing() -> None:
    assert cut("abcdef", 4) == "abcd… (+2 characters)"
    assert cut("abcd", 4) == "abcd"


OURS = ("text", "likely", "high", "confirms", "nodes", "effect", "subnet-exhausted")  # names, too
REPORT = Report(
    causes=(
        Cause(
            id="subnet-exhausted",
            title="No address is left",
            confidence="likely",
            score=1.0,
            severity="high",
            nodes=OURS,
            reasons=(Reason(effect="confirms", text="A line says so"),),
        ),
    ),
    nodes=OURS,
)


@pytest.mark.parametrize("name", REPORTERS)
def test_a_node_called_as_a_word_of_ours_harms_no_report(name: str) -> None:
    assert REPORTERS[name](REPORT, View(redact=True))


def test_a_word_of_ours_stays_where_it_is_one() -> None:
    cause = disarm(REPORT, redact=True).causes[0]

    assert cause.id == "subnet-exhausted"
    assert (cause.confidence, cause.reasons[0].effect) == ("likely", "confirms")
    assert not {*cause.nodes} & {"text", "likely", "subnet-exhausted"}
