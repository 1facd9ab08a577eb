"""The founding case: what the logs alone can say, and what each document beside them changes."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from cnilog.analysis import analyze
from cnilog.discovery.generate import papers
from cnilog.finding import Report

SAMPLES = Path(__file__).parents[2] / "sample_logs"
CAUSE = "iam-missing-ipv4-permissions"


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    shutil.copytree(SAMPLES / "ipv6-only-policy-logs-alone/logs", folder)
    return folder


def _change(folder: Path, change: object) -> Report:
    for path in folder.glob("aws-node-*.log"):
        lines = path.read_text("utf-8").splitlines()
        path.write_text("\n".join(change(lines)) + "\n", "utf-8")  # type: ignore[operator]
    return analyze(folder)


def test_logs_alone_rank_it_first_and_claim_nothing(alone: Path) -> None:
    first = analyze(alone).causes[0]

    assert (first.id, first.confidence) == (CAUSE, "possible")


def test_logs_alone_ask_for_the_log_and_the_policy(alone: Path) -> None:
    asked = " ".join(step.collect for step in analyze(alone).next_steps)

    assert "ipamd.log" in asked
    assert "policies" in asked


def test_the_period_of_the_loop_and_of_the_restarts_are_reasons(alone: Path) -> None:
    reasons = " ".join(reason.text for reason in analyze(alone).causes[0].reasons)

    assert "every 2.01 s" in reasons
    assert "liveness kills" in reasons


def test_the_policy_proves_it_action_by_action() -> None:
    first = analyze(SAMPLES / "ipv6-only-policy/logs").causes[0]

    assert (first.id, first.confidence) == (CAUSE, "confirmed")
    assert "ec2:AssignPrivateIpAddresses" in first.values["missing_actions"]


def test_the_fix_comes_in_three_forms_and_a_restart() -> None:
    steps = " ".join(analyze(SAMPLES / "ipv6-only-policy/logs").causes[0].remediation)

    for words in (
        "ec2:AssignPrivateIpAddresses",
        "vpc_cni_enable_ipv4 = true",
        "AmazonEKS_CNI_Policy",
        "kubectl -n kube-system rollout restart daemonset aws-node",
    ):
        assert words in steps


def test_a_complete_policy_rules_it_out_and_says_so(alone: Path) -> None:
    (alone / "policy.json").write_text(papers.policy(*papers.IPV4_ACTIONS), "utf-8")
    report = analyze(alone)

    assert CAUSE not in [cause.id for cause in report.causes]
    assert CAUSE in [cause.id for cause in report.refuted]


def test_a_complete_policy_and_a_wrong_subject_make_it_the_trust() -> None:
    first = analyze(SAMPLES / "irsa-trust-wrong-subject/logs").causes[0]

    assert (first.id, first.confidence) == ("iam-irsa-trust", "confirmed")


def test_another_period_changes_the_score(alone: Path) -> None:
    before = analyze(alone).causes[0].score

    def slower(lines: list[str]) -> list[str]:
        start = iter(range(0, 10_000, 11))
        return [re.sub(r"T\d\d:\d\d:\d\d", lambda _: _clock(next(start)), line) for line in lines]

    after = next(cause for cause in _change(alone, slower).causes if cause.id == CAUSE)

    assert after.score < before
    assert any("has 2 s" in reason.text for reason in after.reasons)


def _clock(second: int) -> str:
    return f"T10:{second // 60:02d}:{second % 60:02d}"


def test_a_success_after_it_leaves_nothing_to_find(alone: Path) -> None:
    def heal(lines: list[str]) -> list[str]:
        done = json.loads(lines[-1]) | {"ts": "2026-03-02T10:09:00.000Z"}
        done["msg"] = "Copying config file ... "
        return [*lines, json.dumps(done, separators=(",", ":"))]

    (alone / "get-all.txt").unlink()

    assert _change(alone, heal).causes == ()


def test_a_release_that_never_printed_it_is_doubted(alone: Path) -> None:
    before = analyze(alone).causes[0].score
    (alone / "ipamd.log").write_text(
        '{"level":"info","ts":"2026-03-02T10:03:00.000Z","caller":"aws-k8s-agent/main.go:28",'
        '"msg":"Starting L-IPAMD v1.18.3  ..."}\n',
        "utf-8",
    )
    report = analyze(alone)
    after = next(cause for cause in report.causes if cause.id == CAUSE)

    assert after.score < before
    assert any("never printed" in reason.text for reason in after.reasons)
