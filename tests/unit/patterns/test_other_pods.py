"""What the pods of others say is not about aws-node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilog.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

DENIED = (
    "WebIdentityErr: failed to retrieve credentials caused by: AccessDenied: "
    "Not authorized to perform sts:AssumeRoleWithWebIdentity"
)


@pytest.mark.parametrize("container", ["cluster-autoscaler", "coredns", "controller"])
def test_a_refusal_of_another_pod_is_no_cause(container: str, tmp_path: Path) -> None:
    log = tmp_path / "all.log"
    log.write_text(f"[pod/{container}-7d9f8b6c5-x2x2x/{container}] {DENIED}\n", "utf-8")

    assert not analyze(log).causes


def test_the_same_refusal_of_aws_node_is_one(tmp_path: Path) -> None:
    log = tmp_path / "all.log"
    log.write_text(f"[pod/aws-node-x2x2x/aws-node] {DENIED}\n", "utf-8")

    assert [cause.id for cause in analyze(log).causes] == ["iam-irsa-trust"]
