"""Running nodes that get no further addresses or ENIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.discovery.generate import aws
from cnilog.discovery.generate.programs import (
    start,
    steady,
)
from cnilog.discovery.generate.stories.words import CALLS, IPAMD, POOL, say_not_allocated

if TYPE_CHECKING:
    from cnilog.discovery.generate.world import Node


def _pool_fails(node: Node, action: str, code: str, message: str) -> None:
    """Ask for more addresses every five seconds and be refused."""
    text = aws.refused(node, action, code, message)
    eni = node.names["eni"]
    node.say("ipamd", "Starting to increase pool size", level="debug", caller=IPAMD, after=5)
    node.say("ipamd", f"Trying to allocate 1 IP addresses on ENI {eni}", caller=IPAMD)
    say_not_allocated(node, text)


def _not_enough(node: Node) -> None:
    if not node.since(1, 9, 1):
        return
    node.say(
        "ipamd",
        "Unable to attach IPs/Prefixes for the ENI, subnet doesn't seem to have enough "
        "IPs/Prefixes. Consider using new subnet or carve a reserved range using "
        "create-subnet-cidr-reservation",
        level="error",
        caller=POOL,
    )
    for _ in range(3):
        node.say(
            "ipamd",
            "Recently we had InsufficientCidr error hence will wait for 2m0s before retrying",
            level="debug",
            caller=POOL,
            after=5,
        )


def _pod_without_address(node: Node) -> None:
    """Ask for a pod's address and get none."""
    names = {
        "workload": f"web-{node.hexadecimal(9)}-{node.hexadecimal(5)}",
        "sandbox": node.hexadecimal(64),
        "netns": f"/var/run/netns/cni-{node.hexadecimal(8)}",
    }
    node.names["assigned"] = node.names["total"]
    node.play("plugin", "plugin-add", until="backend", **names)
    node.play("ipamd", "ipamd-add", until="assign-pod", **names)
    function = "AssignPodIPAddress" if node.since(1, 20, 0) else "AssignPodIPv4Address"
    if not node.since(1, 16, 0):
        function = "assignPodIPv4AddressUnsafe"
    slot = "IP/Prefix addresses" if node.since(1, 9, 0) else "IP addresses"
    node.say("ipamd", f"{function}: no available {slot}", level="error", caller="rpc/rpc.pb.go:863")
    sandbox = names["sandbox"]
    node.say(
        "plugin",
        f"Failed to assign an IP address to container {sandbox}",
        level="error",
        caller="routed-eni-cni-plugin/cni.go:119",
    )
    node.event(
        "FailedCreatePodSandBox",
        "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network "
        f'for sandbox "{sandbox}": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: '
        "failed to assign an IP address to container",
        count=4,
    )


def subnet_exhausted(node: Node) -> None:
    """Run out of addresses in the subnet."""
    start(node, pods=2)
    steady(node, 0.5)
    message = "The specified subnet does not have enough free addresses to satisfy the request."
    for _ in range(4):
        code = "InsufficientFreeAddressesInSubnet"
        _pool_fails(node, "AssignPrivateIpAddresses", code, message)
        _not_enough(node)
        _pod_without_address(node)


def subnet_full_silently(node: Node) -> None:
    """Run out of addresses in a release that logs no error: ipamd asks, and nothing comes."""
    start(node, pods=2)
    for _ in range(4):
        eni = node.names["eni"]
        node.say("ipamd", "Starting to increase pool size", level="debug", caller=IPAMD, after=5)
        node.say("ipamd", f"Trying to allocate 1 IP addresses on ENI {eni}", caller=IPAMD)
        _pod_without_address(node)


def prefix_fragmented(node: Node) -> None:
    """Find no contiguous /28 although single addresses are free."""
    node.names["prefixes"] = "true"
    start(node, pods=2)
    message = (
        "There are not enough free cidr blocks in the specified subnet to satisfy the request."
    )
    for _ in range(4):
        _pool_fails(node, "AssignPrivateIpAddresses", "InsufficientCidrBlocks", message)
        _not_enough(node)
        _pod_without_address(node)


def api_throttled(node: Node) -> None:
    """Be throttled by EC2 while the fleet scales."""
    start(node, pods=2)
    for _ in range(8):
        message = "Request limit exceeded."
        _pool_fails(node, "AssignPrivateIpAddresses", "RequestLimitExceeded", message)


def eni_limit(node: Node) -> None:
    """Try to attach one ENI more than the instance type allows."""
    start(node, pods=2)
    kind = node.names["instance_type"]
    for _ in range(4):
        eni = "eni-0" + node.hexadecimal(16)
        node.say("ipamd", f"Created a new ENI: {eni}", caller=IPAMD, after=5)
        message = f"Interface count {node.names['max_enis'] + 1} exceeds the limit for {kind}"
        text = aws.refused(node, "AttachNetworkInterface", "AttachmentLimitExceeded", message)
        node.say(
            "ipamd", f"Failed to attach ENI {eni}: {text}", level="error", caller=IPAMD, after=0.6
        )
        node.say(
            "ipamd",
            "Failed to increase pool size due to not able to allocate ENI AllocENI: error "
            f"attaching ENI: {text}",
            level="error",
            caller=POOL,
        )
        _pod_without_address(node)


def security_group_missing(node: Node) -> None:
    """Create ENIs with a security group that is gone."""
    start(node, pods=2)
    group = "sg-0" + node.hexadecimal(16)
    for _ in range(4):
        text = aws.refused(
            node,
            "CreateNetworkInterface",
            "InvalidGroup.NotFound",
            f"The security group '{group}' does not exist",
        )
        where = f" for subnet {node.names['subnet']}" if node.since(1, 18, 0) else ""
        node.say(
            "ipamd",
            f"Failed to CreateNetworkInterface {text}{where}",
            level="error",
            caller=CALLS,
            after=5,
        )
        node.say(
            "ipamd",
            "Failed to increase pool size due to not able to allocate ENI AllocENI: failed to "
            f"create ENI: failed to create network interface: {text}",
            level="error",
            caller=POOL,
        )
