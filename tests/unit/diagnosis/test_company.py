"""A cause must account for all that a line says."""

from __future__ import annotations

from made_up import pattern, report, says, sure

SANDBOX = pattern("sandbox-failed", "symptom", signals=says("sandbox"))
ANSWERED = pattern("no-address", "symptom", signals=says("no address"))
ABSENT = pattern("agent-gone", frequency="common", explains=("sandbox-failed",))
EMPTY = pattern("usual-pool", explains=("sandbox-failed", "no-address"))
ALL = [SANDBOX, ANSWERED, ABSENT, EMPTY]


def test_what_explains_half_of_a_line_is_below_what_explains_all_of_it() -> None:
    found = report(ALL, ("n1", "sandbox: no address"))

    assert sure(found) == [("usual-pool", "possible"), ("agent-gone", "possible")]
    assert "it would not explain no-address, which the same lines show" in [
        one.text for cause in found.causes if cause.id == "agent-gone" for one in cause.reasons
    ]


def test_a_symptom_may_say_which_cause_does_not_show_so() -> None:
    never = pattern("never", "symptom", signals=says("never"), against=("usual-pool",))
    found = report([SANDBOX, ABSENT, EMPTY, never], ("n1", "sandbox, never"), ("n1", "no address"))

    assert sure(found)[0] == ("agent-gone", "possible")
    assert "it does not show as never" in [
        one.text for cause in found.causes if cause.id == "usual-pool" for one in cause.reasons
    ]


def test_symptoms_of_different_lines_may_have_different_causes() -> None:
    found = report(ALL, ("n1", "sandbox"), ("n1", "no address"))

    assert not [one for cause in found.causes for one in cause.reasons if one.effect == "refutes"]
    assert {name for name, _ in sure(found)} == {"agent-gone", "usual-pool"}
