"""What failing nodes share is told only where it sets them apart."""

from __future__ import annotations

import pytest

from cnilog.diagnosis.fleet import Traits, in_common
from cnilog.finding import Cause

FOUR = ("n1", "n2", "n3", "n4")


def cause(*nodes: str, **more: object) -> Cause:
    shown = {"id": "subnet-exhausted", "title": "x", "severity": "high", "score": 0.9}
    return Cause.model_validate({"confidence": "likely", "nodes": nodes} | shown | more)


def subnets(*values: str | None) -> Traits:
    return {n: {"subnet": v} for n, v in zip(FOUR, values, strict=True) if v is not None}


@pytest.mark.parametrize(
    ("found", "traits", "expected"),
    [
        pytest.param(
            cause("n1", "n2"),
            subnets("subnet-0a", "subnet-0a", "subnet-0b", "subnet-0c"),
            "all 2 nodes with subnet subnet-0a show subnet-exhausted, no other of the 4 nodes does",
            id="set apart",
        ),
        pytest.param(
            cause("n1", "n2"),
            subnets("subnet-0a", "subnet-0a", "subnet-0a", "subnet-0b"),
            "subnet-exhausted is on 2 of 4 nodes",
            id="a healthy node has it too",
        ),
        pytest.param(
            cause("n1", "n2"),
            subnets("subnet-0a", "subnet-0a", None, "subnet-0b"),
            "subnet-exhausted is on 2 of 4 nodes",
            id="unknown is not different",
        ),
        pytest.param(
            cause("n3"),
            subnets("subnet-0a", "subnet-0a", "subnet-0b", "subnet-0a"),
            "subnet-exhausted is on n3 alone, not on the 3 others",
            id="an outlier",
        ),
        pytest.param(cause(*FOUR), {}, "subnet-exhausted is on all 4 nodes", id="everywhere"),
    ],
)
def test_a_sentence_for_what_is_shared(found: Cause, traits: Traits, expected: str) -> None:
    assert in_common([found], FOUR, traits) == (expected,)


@pytest.mark.parametrize(
    "found", [cause("n1", confidence="possible"), cause("n1", recovered=True), cause()]
)
def test_guesses_and_what_healed_have_nothing_in_common(found: Cause) -> None:
    assert in_common([found], FOUR, {}) == ()


def test_one_node_is_no_fleet() -> None:
    assert in_common([cause("n1")], ["n1"], {}) == ()


TEN = tuple(f"n{number}" for number in range(10))


def zones(letters: str) -> Traits:
    return {node: {"zone": letter} for node, letter in zip(TEN, letters, strict=True)}


@pytest.mark.parametrize(
    ("failing", "letters", "expected"),
    [
        pytest.param(
            "n0 n1 n2 n3 n9",
            "aaaaabbbbb",
            "subnet-exhausted is on 4 of the 5 nodes with zone a, on 1 of the 5 others",
            id="gathered in a zone",
        ),
        pytest.param(
            "n0 n1 n5 n6",
            "aaaaabbbbb",
            "subnet-exhausted is on 4 of 10 nodes",
            id="spread over zones",
        ),
        pytest.param(
            "n0 n1 n2 n3 n4 n5 n6 n7 n8",
            "aaaaabbbbb",
            "subnet-exhausted is on 9 of 10 nodes, not on n9 alone",
            id="all but one",
        ),
    ],
)
def test_where_a_cause_gathers(failing: str, letters: str, expected: str) -> None:
    assert in_common([cause(*failing.split())], TEN, zones(letters)) == (expected,)
