"""What lies beside the logs: tables and policies, as kubectl and the AWS CLI print them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.discovery.generate.world import Node

ACCOUNT: Final = "210987654321"
OIDC: Final = "oidc.eks.eu-central-1.amazonaws.com/id/9F0C1D2E3B4A59687766554433221100"
IPV4_ACTIONS: Final = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:AttachNetworkInterface",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeInstances",
    "ec2:DescribeTags",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeInstanceTypes",
    "ec2:DescribeSubnets",
    "ec2:DetachNetworkInterface",
    "ec2:ModifyNetworkInterfaceAttribute",
    "ec2:UnassignPrivateIpAddresses",
)
IPV6_ACTIONS: Final = (
    "ec2:AssignIpv6Addresses",
    "ec2:DescribeInstances",
    "ec2:DescribeTags",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeInstanceTypes",
)


def policy(*actions: str) -> str:
    """Return an IAM policy that allows *actions* and the tags the CNI sets."""
    tags = {
        "Effect": "Allow",
        "Action": ["ec2:CreateTags"],
        "Resource": ["arn:aws:ec2:*:*:network-interface/*"],
    }
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow, tags]}, indent=2) + "\n"


def trust(subject: str = "system:serviceaccount:kube-system:aws-node") -> str:
    """Return a trust policy that lets *subject* assume the role."""
    condition = {f"{OIDC}:aud": "sts.amazonaws.com", f"{OIDC}:sub": subject}
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{OIDC}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": condition},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"


def pod_table(failing: Sequence[Node], running: Sequence[Node], *, ago_s: int, age: str) -> str:
    """Return ``kubectl -n kube-system get all -o wide``.

    *failing* nodes show aws-node not ready, restarted as often as the node remembers, last
    *ago_s* seconds ago, in pods of that *age*; *running* nodes show an older pod that is ready.
    """
    head = ["NAME", "READY", "STATUS", "RESTARTS", "AGE", "IP", "NODE"]
    rows = [[*head, "NOMINATED NODE", "READINESS GATES"]]
    for node in failing:
        restarts = f"{len(node.restarts)} ({ago_s}s ago)"
        rows.append(_row(f"pod/{node.names['pod']}", "0/1", restarts, age, node))
    rows.extend(_row(f"pod/{node.names['pod']}", "1/1", "0", "41d", node) for node in running)
    rows.extend(
        _row(f"pod/kube-proxy-{node.names['commit'][:5]}", "1/1", "0", "41d", node)
        for node in (*failing, *running)
    )
    return _columns(rows) + "\n" + _daemonsets(len(failing), len(running))


def _row(name: str, ready: str, restarts: str, age: str, node: Node) -> list[str]:
    where = [node.names["ip"], node.names["node"], "<none>", "<none>"]
    return [name, ready, "Running", restarts, age, *where]


def _daemonsets(failing: int, running: int) -> str:
    both = str(failing + running)
    head = ["NAME", "DESIRED", "CURRENT", "READY", "UP-TO-DATE", "AVAILABLE", "AGE"]
    aws_node = ["daemonset.apps/aws-node", both, both, str(running), str(failing), str(running)]
    kube_proxy = ["daemonset.apps/kube-proxy", *[both] * 5]
    return _columns([head, [*aws_node, "212d"], [*kube_proxy, "212d"]])


def _columns(rows: list[list[str]]) -> str:
    widths = [max(map(len, column)) + 3 for column in zip(*rows, strict=True)]
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n"
        for row in rows
    )
