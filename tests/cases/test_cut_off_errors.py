"""A line that says where and not why: what its source can mean there, and never more than possible.

The causes are those that the code has at each place, most likely first.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cnilog.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

IPAMD = [
    ("Unable to reach API Server", "apiserver-unreachable"),
    ("Failed to check API server connectivity", "apiserver-unreachable"),
    ("Failed to create kube client", "apiserver-unreachable"),
    ("Failed to get host node", "rbac-denied"),
    ("Failed to set eniConfig node label", "rbac-denied"),
    ("error while retrieving eniconfig", "eniconfig-misconfigured"),
    ("Failed to add feature custom networking into CNINode", "rbac-denied"),
    ("DescribeAllENIs: failed to get local ENI metadata", "imds-unreachable"),
    ("get instance metadata: failed to retrieve subnet-ids", "imds-unreachable"),
    ("IP pool reconcile: Failed to get attached ENI info", "imds-unreachable"),
    ("failed to load AWS config", "iam-no-credentials"),
    ("Failed to call EC2 to describe ENIs, aborting reconcile", "iam-missing-ipv4-permissions"),
    ("Failed to attach ENI eni-0a1b2c3d", "eni-limit-reached"),
    ("Failed to allocate IPv6 Prefixes on ENI eni-0a1b2c3d", "iam-missing-ipv6-permissions"),
    ("Error trying to set up ENI eni-0a1b2c3d", "netlink-dataplane"),
    ("unable to update host iptables rules for VPC CIDRs due to error", "iptables-backend"),
    ("Error running http API", "port-conflict"),
    ("ipamd: failed to validate configuration", "env-misconfigured"),
    ("Failed to parse WARM_ENI_TARGET; using default: 1", "env-misconfigured"),
]
AGENT = [
    ("problem running manager", "crd-missing"),
    ("Failed to listen on unix socket", "port-conflict"),
    ("Not found any interface starting with prefixes and the hash", "network-policy-agent"),
]
ENTRYPOINT = [
    ("Failed to install CNI binaries", "disk-full-or-readonly"),
    ("Failed to get primary MAC from IMDS", "imds-unreachable"),
    ("Failed to use iptables-nft", "iptables-backend"),
]


def zap(second: int, message: str, level: str = "error") -> str:
    ts = f"2026-01-05T09:15:{second:02d}.010Z"
    return json.dumps({"level": level, "ts": ts, "caller": "x/x.go:1", "msg": message}) + "\n"


def told(folder: Path, name: str, text: str) -> list[tuple[str, str]]:
    (folder / name).write_text(text, "utf-8")
    return [(one.id, one.confidence) for one in analyze(folder).causes]


@pytest.mark.parametrize(("message", "cause"), IPAMD)
def test_a_step_of_ipamd_has_the_causes_of_its_place(
    tmp_path: Path, message: str, cause: str
) -> None:
    found = told(tmp_path, "ipamd.log", zap(1, message) + zap(11, message))

    assert found[0] == (cause, "possible")
    assert {sure for _, sure in found} == {"possible"}


@pytest.mark.parametrize(("message", "cause"), IPAMD)
def test_a_sentence_pasted_without_its_level_says_the_same(
    tmp_path: Path, message: str, cause: str
) -> None:
    assert told(tmp_path, "paste.txt", f"{message}\n")[0] == (cause, "possible")


@pytest.mark.parametrize(("message", "cause"), AGENT)
def test_a_step_of_the_policy_agent_has_the_causes_of_its_place(
    tmp_path: Path, message: str, cause: str
) -> None:
    assert told(tmp_path, "network-policy-agent.log", zap(1, message))[0] == (cause, "possible")


@pytest.mark.parametrize(("message", "cause"), ENTRYPOINT)
def test_a_step_of_the_entrypoint_has_the_causes_of_its_place(
    tmp_path: Path, message: str, cause: str
) -> None:
    line = f'time="2026-01-05T09:15:03Z" level=error msg="{message}"\n'

    assert told(tmp_path, "aws-node.log", line)[0] == (cause, "possible")


def test_a_call_without_its_error_is_one_that_was_not_answered(tmp_path: Path) -> None:
    line = zap(1, "add cmd: Error received from AddNetwork gRPC call")
    (tmp_path / "plugin.log").write_text(line, "utf-8")

    assert [one.id for one in analyze(tmp_path).symptoms] == ["ipamd-connection-refused"]


@pytest.mark.parametrize(
    "message",
    [
        "DescribeAllENIs: failed to get local ENI metadata",
        "Failed to get host node",
        "Failed to call EC2 to describe ENIs, aborting reconcile",
    ],
)
def test_a_step_that_went_on_is_no_trouble(tmp_path: Path, message: str) -> None:
    after = zap(9, "Successfully Reconciled ENI/IP pool", "debug")

    assert told(tmp_path, "ipamd.log", zap(1, message) + after) == []


def test_the_error_behind_the_colon_decides(tmp_path: Path) -> None:
    line = zap(1, "Failed to get host node: Unauthorized")
    found = told(tmp_path, "ipamd.log", line + line)

    assert found[0] == ("apiserver-unreachable", "likely")


def test_a_role_that_pod_identity_may_not_assume_is_no_missing_permission(tmp_path: Path) -> None:
    refused = (
        "Failed to allocate IPv6 Prefixes on ENI eni-0a1b2c3d: operation error EC2: "
        "AssignIpv6Addresses, get identity: get credentials: failed to refresh cached credentials,"
        " failed to load credentials, : [3f2a]: (AccessDeniedException): Unauthorized Exception!"
        " EKS does not have permissions to assume the associated role."
    )

    assert [name for name, _ in told(tmp_path, "ipamd.log", zap(1, refused))][:1] == [
        "iam-irsa-trust"
    ]
