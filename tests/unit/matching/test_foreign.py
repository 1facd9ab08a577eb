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
