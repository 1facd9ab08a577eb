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


def trust(subject: str = "system:serviceaccount:kube-system:aws-node", provider: str = OIDC) -> str:
    """Return a trust policy that lets *subject* of the cluster of *provider* assume the role."""
    condition = {f"{provider}:aud": "sts.amazonaws.com", f"{provider}:sub": subject}
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": condition},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"


def cluster(provider: str = OIDC) -> str:
    """Return ``aws eks describe-cluster`` of the cluster with that OIDC provider."""
    found = {
        "name": "demo",
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16", "ipFamily": "ipv4"},
        "identity": {"oidc": {"issuer": f"https://{provider}"}},
    }
    return json.dumps({"cluster": found}, indent=4) + "\n"


def subnets(free: dict[str, int]) -> str:
    """Return ``aws ec2 describe-subnets`` with the free addresses of each subnet."""
    rows = [
        {"SubnetId": name, "AvailableIpAddressCount": count, "State": "available"}
        for name, count in free.items()
    ]
    return json.dumps({"Subnets": rows}, indent=4) + "\n"


def pool(node: Node, *, cooling: int = 0) -> str:
    """Return ipamd's introspection of its pool: assigned, cooling, and free addresses."""
    now = node.now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    network = node.names["ip"].rsplit(".", 1)[0]
    addresses: dict[str, Any] = {}
    for index in range(node.names["total"]):
        address, busy = f"{network}.{100 + index}", index < node.names["assigned"]
        key = {
            "networkName": "aws-cni" if busy else "",
            "containerID": node.hexadecimal(64) if busy else "",
            "ifName": "eth0" if busy else "",
        }
        cools = not busy and index < node.names["assigned"] + cooling
        addresses[address] = {
            "Address": address,
            "IPAMKey": key,
            "AssignedTime": now if busy else "0001-01-01T00:00:00Z",
            "UnassignedTime": now if cools else "0001-01-01T00:00:00Z",
        }
    cidrs = {
        f"{one}/32": {"Cidr": {"IP": one, "Mask": "/////w=="}, "IPAddresses": {one: state}}
        for one, state in addresses.items()
    }
    eni = {"ID": node.names["eni"], "IsPrimary": True, "AvailableIPv4Cidrs": cidrs}
    counts = {"TotalIPs": node.names["total"], "AssignedIPs": node.names["assigned"]}
    state = {**counts, "ENIs": {node.names["eni"]: eni}}
    keyed = {"0": state} if node.since(1, 20, 0) else state
    return json.dumps(keyed, indent=1) + "\n"


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
