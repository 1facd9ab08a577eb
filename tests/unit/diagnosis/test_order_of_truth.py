"""The order of truth: what outranks what, what is never claimed, and what is said about it.

A made-up catalog of few patterns, so that each rule stands alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from made_up import pattern, report, says, sure

from cnilog.analysis import analyze
from cnilog.finding import Cause, Fact, Report

if TYPE_CHECKING:
    from pathlib import Path

WAITS = pattern("not-serving", "symptom", signals=says("waiting"))
DENIED = pattern("denied", signals=says("denied", "conclusive"), explains=("not-serving",))
VAGUE = pattern("vague", signals=says("timeout", "weak"), explains=("not-serving",))
POLICY = {
    "fact": "iam.ipv4.missing_actions",
    "confirms": "value is not empty",
    "refutes": "value is empty",
}
PROVED = pattern(
    "denied", signals=says("denied", "conclusive"), explains=("not-serving",), evidence=[POLICY]
)


def policy(*missing: str) -> Fact:
    return Fact("iam.ipv4.missing_actions", missing, "policy.json", 3)


def test_one_ambiguous_line_never_makes_likely() -> None:
    assert sure(report([VAGUE], ("n1", "timeout"))) == [("vague", "possible")]


def test_an_ambiguous_line_that_keeps_coming_and_explains_much_never_makes_likely() -> None:
    lines = [("n1", text) for _ in range(50) for text in ("timeout", "waiting")]

    assert sure(report([VAGUE, WAITS], *lines)) == [("vague", "possible")]


def test_one_conclusive_line_confirms() -> None:
    assert sure(report([DENIED], ("n1", "denied"))) == [("denied", "confirmed")]


def test_symptoms_alone_leave_candidates_by_how_common_they_are() -> None:
    rare = pattern("rare-one", frequency="rare", explains=("not-serving",))
    common = pattern("usual-one", frequency="common", explains=("not-serving",))

    assert sure(report([rare, common, WAITS], ("n1", "waiting"))) == [
        ("usual-one", "possible"),
        ("rare-one", "possible"),
    ]


def test_a_symptom_may_name_the_cause_to_think_of_first() -> None:
    rare = pattern("rare-one", frequency="rare", explains=("not-serving",))
    common = pattern("usual-one", frequency="common", explains=("not-serving",))
    waits = pattern("not-serving", "symptom", signals=says("waiting"), usual="rare-one")

    assert sure(report([rare, common, waits], ("n1", "waiting"))) == [
        ("rare-one", "possible"),
        ("usual-one", "possible"),
    ]


def test_a_symptom_of_few_causes_tells_more_than_how_common_a_cause_is() -> None:
    vague = [
        pattern(f"usual-{n}", frequency="common", explains=("not-serving",)) for n in range(13)
    ]
    told = pattern("told", frequency="occasional", explains=("not-serving", "stalled"))
    stalls = pattern("stalled", "symptom", signals=says("asking"))

    found = report([*vague, told, WAITS, stalls], ("n1", "waiting"), ("n1", "asking"))

    assert sure(found)[0] == ("told", "possible")


def test_a_document_proves_what_only_symptoms_speak_for() -> None:
    found = report([PROVED, WAITS], ("n1", "waiting"), facts=(policy("ec2:DescribeSubnets"),))

    assert sure(found) == [("denied", "confirmed")]
    assert found.causes[0].values["missing_actions"] == ("ec2:DescribeSubnets",)


def test_a_document_rules_out_and_the_reason_is_kept() -> None:
    found = report([PROVED, WAITS], ("n1", "waiting"), facts=(policy(),))

    assert sure(found) == []
    assert [one.id for one in found.refuted] == ["denied"]
    assert any(one.effect == "refutes" for one in found.refuted[0].reasons)


def test_a_document_proves_nothing_without_a_sign_of_trouble() -> None:
    quiet = report([PROVED, WAITS], ("n1", "all is well"), facts=(policy("ec2:DescribeSubnets"),))

    assert sure(quiet) == []


def test_a_log_against_a_document_is_shown_with_both_places() -> None:
    found = report([PROVED], ("n1", "denied"), facts=(policy(),))

    assert len(found.notes) == 1
    assert "n1.log:1" in found.notes[0]
    assert "policy.json" in found.notes[0]


def test_what_contradicts_the_log_is_to_be_settled_before_anything_is_mended() -> None:
    first = report([PROVED], ("n1", "denied"), facts=(policy(),)).causes[0]
    agreed = report([PROVED], ("n1", "denied"), facts=(policy("ec2:CreateTags"),)).causes[0]

    assert first.remediation[0].startswith("Settle first what disagrees with the log")
    assert "policy.json" in first.remediation[0]
    assert agreed.remediation == ()


def test_a_specific_line_that_a_document_rules_out_is_noted_too() -> None:
    strong = pattern("denied", signals=says("denied"), evidence=[POLICY])
    found = report([strong], ("n1", "denied"), facts=(policy(),))

    assert [one.id for one in found.refuted] == ["denied"]
    assert "n1.log:1" in found.notes[0]


def test_what_healed_is_low_and_below_what_still_fails() -> None:
    signals = says("denied", "conclusive") | {"ok": {"contains": "serving"}}
    healed = pattern("healed", signals=signals, recovers="ok")
    still = pattern("still", signals=says("no address"))
    lines = [("n1", "denied"), ("n1", "serving"), ("n1", "no address")]
    found = report([healed, still], *lines)

    assert sure(found) == [("still", "likely"), ("healed", "possible")]
    assert [one.recovered for one in found.causes] == [False, True]


def test_trouble_after_the_success_is_not_healed() -> None:
    signals = says("denied", "conclusive") | {"ok": {"contains": "serving"}}
    healed = pattern("healed", signals=signals, recovers="ok")
    found = report([healed], ("n1", "denied"), ("n1", "serving"), ("n1", "denied"))

    assert sure(found) == [("healed", "confirmed")]


def test_healed_on_one_node_and_failing_on_another_is_failing() -> None:
    signals = says("denied", "conclusive") | {"ok": {"contains": "serving"}}
    healed = pattern("healed", signals=signals, recovers="ok")
    found = report([healed], ("n1", "denied"), ("n1", "serving"), ("n2", "denied"))

    assert sure(found) == [("healed", "confirmed")]


DEEP = pattern("kube-proxy-down", signals=says("no proxy", "conclusive"), explains=("shallow",))
SHALLOW = pattern("shallow", signals=says("i/o timeout", "conclusive"))


def explained(one: Report) -> list[tuple[str, tuple[str, ...]]]:
    return [(cause.id, cause.explained_by) for cause in one.causes]


def test_a_deeper_cause_outranks_what_it_brings_about() -> None:
    lines = [("n1", "i/o timeout")] * 9 + [("n1", "no proxy")]

    assert explained(report([SHALLOW, DEEP], *lines)) == [
        ("kube-proxy-down", ()),
        ("shallow", ("kube-proxy-down",)),
    ]


def test_a_deeper_cause_on_another_node_explains_nothing_here() -> None:
    found = explained(report([SHALLOW, DEEP], ("n1", "i/o timeout"), ("n2", "no proxy")))

    assert sorted(found) == [("kube-proxy-down", ()), ("shallow", ())]


def test_a_proved_cause_leaves_no_guesses_on_its_node() -> None:
    guess = pattern("guess", explains=("not-serving",))

    assert sure(report([DENIED, guess, WAITS], ("n1", "denied"), ("n1", "waiting"))) == [
        ("denied", "confirmed")
    ]


def test_another_node_keeps_its_own_candidates_and_next_steps() -> None:
    step = {"collect": "the node's routes", "look_for": "a route"}
    guess = pattern("guess", explains=("not-serving",), confirm_with=[step])
    found = report([DENIED, guess, WAITS], ("n1", "denied"), ("n2", "waiting"))

    assert sure(found) == [("denied", "confirmed"), ("guess", "possible")]
    assert [one.collect for one in found.next_steps] == ["the node's routes"]


def test_a_symptom_is_folded_under_a_cause_of_its_own_node_only() -> None:
    here = report([DENIED, WAITS], ("n1", "denied"), ("n1", "waiting"))
    there = report([DENIED, WAITS], ("n1", "denied"), ("n2", "waiting"))

    assert [one.explained_by for one in here.symptoms] == [("denied",)]
    assert [one.explained_by for one in there.symptoms] == [()]


def test_noise_takes_the_line_from_all_but_conclusive_signals() -> None:
    noise = pattern("harmless", "noise", signals=says("timeout"))
    certain = pattern("certain", signals=says("timeout", "conclusive"))

    assert sure(report([noise, VAGUE], ("n1", "timeout"))) == []
    assert sure(report([noise, certain], ("n1", "timeout"))) == [("certain", "confirmed")]


def version(text: str) -> tuple[str, str]:
    return "n1", f"Starting L-IPAMD {text}  ..."


def test_a_fault_of_another_release_is_doubted() -> None:
    bug = pattern(
        "bug", signals=says("crash", "conclusive"), versions=">=1.18.0 <1.18.3", fixed_in="1.18.3"
    )
    lines = ("n1", "crash")

    assert sure(report([bug], version("v1.18.2"), lines)) == [("bug", "confirmed")]
    assert sure(report([bug], version("v1.18.3"), lines)) == [("bug", "possible")]


def test_the_release_that_mends_it_is_named() -> None:
    bug = pattern(
        "bug", signals=says("crash", "conclusive"), versions=">=1.18.0 <1.18.3", fixed_in="1.18.3"
    )
    found: Cause = report([bug], version("v1.18.2"), ("n1", "crash")).causes[0]

    assert "you run v1.18.2; fixed in 1.18.3" in [one.text for one in found.reasons]


def test_a_text_that_the_release_never_printed_is_doubted() -> None:
    old = pattern("old", signals=says("retrying", "conclusive", versions="<=1.12.0"))

    assert sure(report([old], version("v1.11.0"), ("n1", "retrying"))) == [("old", "confirmed")]
    assert sure(report([old], version("v1.18.0"), ("n1", "retrying"))) == [("old", "possible")]


def test_two_patterns_of_one_cause_are_one_finding() -> None:
    one = pattern("bug-one", cause="bug", signals=says("crash"))
    two = pattern("bug-two", cause="bug", signals=says("panic"))

    assert [cause.id for cause in report([one, two], ("n1", "crash"), ("n1", "panic")).causes] == [
        "bug"
    ]


def test_documents_alone_tell_what_they_would_bring_about(tmp_path: Path) -> None:
    link = tmp_path / "99-default.link"
    link.write_text("[Match]\nOriginalName=*\n\n[Link]\nMACAddressPolicy=persistent\n", "utf-8")
    persistent = analyze(tmp_path)
    link.write_text("[Match]\nOriginalName=*\n\n[Link]\nMACAddressPolicy=none\n", "utf-8")

    assert sure(persistent) == [("systemd-udev-mac", "possible")]
    assert sure(analyze(tmp_path)) == []
