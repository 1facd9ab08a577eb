"""What users of the CNI asked for in vain: an answer that they can act on, on the terminal."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cnilog.analysis import analyze
from cnilog.finding import Report
from cnilog.report import render

SAMPLES = Path(__file__).parents[2] / "sample_logs"
NO_ADDRESS = "failed to assign an IP address to container"


@cache
def asked(name: str) -> Report:
    return analyze(SAMPLES / f"wish-{name}" / "logs")


@cache
def told(name: str) -> str:
    """Return the terminal's words, without its line breaks."""
    return " ".join(render(asked(name), "text").split())


def candidates(name: str) -> list[tuple[str, str]]:
    return [(one.id, one.confidence) for one in asked(name).causes]


def test_a_pod_without_an_address_gets_the_few_causes_and_no_claim() -> None:
    first = candidates("pod-without-address")[:3]

    assert {name for name, _ in first} == {
        "eni-limit-reached",
        "ip-pool-exhausted-transient",
        "subnet-exhausted",
    }
    assert {sure for _, sure in candidates("pod-without-address")} == {"possible"}


def test_a_pod_without_an_address_is_told_what_to_run_for_each_of_them() -> None:
    text = told("pod-without-address")

    assert NO_ADDRESS in text
    assert "kubectl debug node/NODE" in text
    assert "aws ec2 describe-subnets" in text
    assert "aws ec2 describe-instance-types" in text


def test_a_crash_loop_without_insight_is_read_for_what_it_waits_for() -> None:
    text = told("crash-loop")

    assert "The aws-node container waits for ipamd, which does not serve" in text
    assert "a restart every" in text
    assert "/var/log/aws-routed-eni/ipamd.log" in asked("crash-loop").next_steps[0].collect


def test_a_crash_loop_without_insight_claims_nothing() -> None:
    assert {sure for _, sure in candidates("crash-loop")} == {"possible"}


def test_a_full_subnet_is_named_although_no_error_was_logged() -> None:
    first = asked("subnet-full-no-error").causes[0]

    assert (first.id, first.confidence) == ("subnet-exhausted", "confirmed")
    assert first.title == "The subnet has no free addresses"
    assert "associate a secondary CIDR" in told("subnet-full-no-error")


def test_a_wait_for_ever_is_traced_to_the_trust_of_another_cluster() -> None:
    first = asked("trust-of-another-cluster").causes[0]

    assert (first.id, first.confidence) == ("iam-irsa-trust", "confirmed")
    assert any("is of another cluster" in one.text for one in first.reasons)
    assert "must name this cluster's OIDC provider" in told("trust-of-another-cluster")


def test_the_event_of_a_pod_without_an_address_says_used_free_and_cooling() -> None:
    notes = [one for one in asked("pod-event-and-pool").notes if one.startswith("pool")]

    assert len(notes) == 1
    assert "pool: 14 addresses on 1 ENI, 14 in use, 0 free, 0 cooling down (" in notes[0]
    assert "0 cooling down (enis.json:2)" in told("pod-event-and-pool")
