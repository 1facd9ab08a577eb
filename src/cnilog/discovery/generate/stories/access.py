"""Starts that fail at credentials, policies and endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.discovery.generate import aws
from cnilog.discovery.generate.programs import (
    crash_loop,
    ipamd_until,
)
from cnilog.discovery.generate.stories.words import CALLS, fail, say_not_allocated

if TYPE_CHECKING:
    from cnilog.discovery.generate.world import Node


def _describe_fails(node: Node, text: str) -> None:
    ipamd_until(node, "ec2")
    if node.since(1, 19, 4):
        node.say(
            "ipamd",
            f"checkAPIErrorAndBroadcastEvent resulted in {text}",
            level="debug",
            caller=CALLS,
            after=0.9,
        )
    node.say(
        "ipamd",
        f"Failed to call ec2:DescribeNetworkInterfaces for [{node.names['eni']}]: {text}",
        level="error",
        caller=CALLS,
        after=0.4,
    )
    cause = f": {text}" if node.since(1, 11, 3) else ""
    fail(node, f"ipamd init: failed to retrieve attached ENIs info{cause}")


def _assign_fails(node: Node, text: str) -> None:
    ipamd_until(node, "assign")
    say_not_allocated(node, text)
    if node.since(1, 13, 0):
        fail(node, f"error while trying to increase datastore pool: {text}")
    else:
        fail(node, text)


def ipv6_only_policy(node: Node) -> None:
    """Die on the first IPv4 action, again and again, for the policy allows only IPv6."""

    def attempt(turn: Node) -> None:
        text = aws.missing_allow(turn, "AssignPrivateIpAddresses")
        _assign_fails(turn, text)
        if turn.since(1, 11, 3):
            turn.event(
                "MissingIAMPermissions",
                "Unauthorized operation: failed to call ec2:AssignPrivateIpAddresses due to "
                "missing permissions. Please refer https://github.com/aws/amazon-vpc-cni-k8s/"
                "blob/master/docs/iam-policy.md to attach relevant policy to IAM role",
                count=2,
            )

    crash_loop(node, attempt)


def explicit_deny(node: Node) -> None:
    """Be refused by a service control policy."""
    because = "with an explicit deny in a service control policy"
    crash_loop(
        node,
        lambda turn: _assign_fails(
            turn, aws.unauthorized(turn, "AssignPrivateIpAddresses", because=because)
        ),
    )


def irsa_trust(node: Node) -> None:
    """Have a role that does not trust the service account."""
    crash_loop(node, lambda turn: _describe_fails(turn, aws.web_identity_refused(turn)))


def no_credentials(node: Node) -> None:
    """Have no role at all."""
    crash_loop(node, lambda turn: _describe_fails(turn, aws.no_credentials(turn)))


def ec2_unreachable(node: Node) -> None:
    """Have no route to the EC2 endpoint."""
    problem = "dial tcp 10.0.3.7:443: i/o timeout"
    crash_loop(
        node,
        lambda turn: _describe_fails(
            turn, aws.no_answer(turn, "ec2", "DescribeNetworkInterfaces", problem)
        ),
    )


def imds_blocked(node: Node) -> None:
    """Get no answer from instance metadata."""

    def attempt(turn: Node) -> None:
        turn.play("ipamd", "ipamd-begin")
        turn.play("ipamd", "ipamd-apiserver")
        text = aws.no_metadata(turn)
        turn.say(
            "ipamd",
            f"Failed to retrieve region data from instance metadata {text}",
            level="error",
            caller="ipamd/ipamd.go:380",
            after=12,
        )
        fail(
            turn,
            "ipamd: can not initialize with AWS SDK interface: instance metadata: "
            f"failed to retrieve region data: {text}",
        )

    crash_loop(node, attempt)
