"""What another program says of its own calls is not laid at the CNI's door."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import cnilog

if TYPE_CHECKING:
    from pathlib import Path

REFUSED = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"


def _line(**group: str) -> str:
    entry = {"level": "error", "ts": "2026-03-02T10:00:01.000Z", "msg": "Reconciler error"}
    return json.dumps({**entry, **group, "error": REFUSED})


@pytest.mark.parametrize(
    ("line", "causes"),
    [
        pytest.param(_line(controllerGroup="elbv2.k8s.aws"), [], id="the load balancer's"),
        pytest.param(_line(**{"reconciler group": "cert-manager.io"}), [], id="an old release"),
        pytest.param(_line(controllerGroup="networking.k8s.aws"), ["iam-irsa-trust"], id="agent"),
        pytest.param(_line(controllerGroup=""), ["iam-irsa-trust"], id="of core objects"),
        pytest.param(f"[pod/app-1/app] {_line()}", [], id="another pod's container"),
    ],
)
def test_a_refused_role_counts_where_its_program_may_be_the_cnis(
    line: str, causes: list[str], tmp_path: Path
) -> None:
    source = tmp_path / "controller.log"
    source.write_text(f"{line}\n")

    assert cnilog.analyze(source).causes["id"].to_list() == causes


LIMIT = (
    'msg="Unable to maintain ip pool of node" error="unable to attach ENI at index 3: '
    'AttachmentLimitExceeded: Interface count 4 exceeds the limit for t3.medium"'
)


@pytest.mark.parametrize(
    ("line", "causes"),
    [
        pytest.param(f"level=warning {LIMIT} subsys=ipam", [], id="Cilium's"),
        pytest.param(f"level=warning {LIMIT}", ["eni-limit-reached"], id="nobody's"),
    ],
)
@pytest.mark.parametrize("time", ["", 'time="2026-03-02T10:00:01Z" '])
def test_an_operator_of_another_network_has_its_own_limits(
    line: str, causes: list[str], time: str, tmp_path: Path
) -> None:
    source = tmp_path / "operator.log"
    source.write_text(f"{time}{line}\n")

    assert cnilog.analyze(source).causes["id"].to_list() == causes
