"""The EC2 actions that the CNI calls, from its own source: when, in which mode, what is lost.

`cnilog.documents.needs` answers questions about them.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Need(NamedTuple):
    """One action: when it is called, what the log shows without it, whether the start fails."""

    action: str
    modes: tuple[str, ...]
    since: str  # releases, both included
    step: str
    log: str
    fatal: bool
    must: bool  # without it the mode does not work; the others cost addresses or leave ENIs behind
    until: str = "99.0.0"
    # Kinds of resources that must all be allowed (docs/iam-policy.md in the CNI's repository, its
    # scoped-down policy); without any, a policy must allow the action on "*".
    resources: tuple[str, ...] = ()


ACTIONS: Final = (  # in the order in which a start calls them
    Need(
        action="ec2:DescribeNetworkInterfaces",
        modes=("ipv4", "ipv6"),
        since="1.0.0",
        must=True,
        step="first AWS call of the start (DescribeAllENIs)",
        log="Failed to call ec2:DescribeNetworkInterfaces for",
        fatal=True,
    ),
    Need(
        action="ec2:CreateTags",
        resources=("network-interface",),
        modes=("ipv4", "ipv6"),
        since="1.1.0",
        must=True,
        step="tagging of managed ENIs at start (v1.8.0 and later), and on creation",
        log="Failed to tag the newly created ENI",
        fatal=True,
    ),
    Need(
        action="ec2:DescribeInstanceTypes",
        modes=("ipv4", "ipv6"),
        since="1.6.0",
        must=True,
        step="limits of an instance type that is not in the built-in table",
        log="Failed calling DescribeInstanceTypes for",
        fatal=True,
    ),
    Need(
        action="ec2:AssignPrivateIpAddresses",
        resources=("network-interface",),
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.0.0",
        must=True,
        step="filling of the pool at start, then every 5 s",
        log="Failed to allocate a private IP/Prefix addresses on ENI",
        fatal=True,
    ),
    Need(
        action="ec2:CreateNetworkInterface",
        resources=("network-interface", "subnet"),
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.0.0",
        must=True,
        step="creation of a further ENI; without it pods get the addresses of the first ENI only",
        log="Failed to CreateNetworkInterface",
        fatal=False,
    ),
    Need(
        action="ec2:AttachNetworkInterface",
        resources=("network-interface", "instance"),
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.0.0",
        must=True,
        step="attachment of a further ENI",
        log="Failed to attach ENI",
        fatal=False,
    ),
    Need(
        action="ec2:DescribeInstances",
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.0.0",
        must=True,
        step="search for a free device number",
        log="awsGetFreeDeviceNumber: Unable to retrieve instance data",
        fatal=False,
    ),
    Need(
        action="ec2:ModifyNetworkInterfaceAttribute",
        resources=("network-interface",),
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.0.0",
        must=True,
        step="delete-on-termination and security groups of ENIs",
        log="AllocENI: unable to change the ENI's attribute",
        fatal=False,
    ),
    Need(
        action="ec2:DetachNetworkInterface",
        resources=("network-interface", "instance"),
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.0.0",
        must=True,
        step="giving ENIs back",
        log="Failed to detach ENI",
        fatal=False,
    ),
    Need(
        action="ec2:DeleteNetworkInterface",
        resources=("network-interface",),
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.0.0",
        must=True,
        step="giving ENIs back",
        log="FreeENI: failed to free ENI",
        fatal=False,
    ),
    Need(
        action="ec2:UnassignPrivateIpAddresses",
        resources=("network-interface",),
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.5.0",
        must=True,
        step="giving addresses back (WARM_IP_TARGET, prefixes)",
        log="Failed to deallocate a private IP address",
        fatal=False,
    ),
    Need(
        action="ec2:AssignIpv6Addresses",
        resources=("network-interface",),
        modes=("ipv6",),
        since="1.10.0",
        must=True,
        step="the node's /80 prefix at start; without it pods get no address",
        log="Failed to allocate IPv6 Prefixes on ENI",
        fatal=False,
    ),
    Need(
        action="ec2:DescribeSubnets",
        modes=("ipv4", "prefix-delegation"),
        since="1.18.0",
        until="1.21.99",
        must=False,
        step="choice of the subnet of a further ENI",
        log="Failed to call ec2:DescribeSubnets",
        fatal=False,
    ),
    Need(
        action="ec2:DescribeSubnets",
        modes=("ipv4", "prefix-delegation", "custom-networking"),
        since="1.22.0",
        must=True,
        step="exclusion check of every ENI",
        log="failed to check subnet exclusion for ENI",
        fatal=False,
    ),
    Need(
        action="ec2:DescribeSubnets",
        modes=("ipv6",),
        since="1.22.0",
        must=True,
        step="exclusion check of the primary ENI at start",
        log="checking to exclude configured subnet, error",
        fatal=True,
    ),
    # v1.22.0 and v1.22.1 end the start on a refusal (nodeInit returns what RefreshCustomSGIDs
    # gives); v1.22.2 took the call back
    Need(
        action="ec2:DescribeSecurityGroups",
        modes=("ipv4", "prefix-delegation", "ipv6"),
        since="1.22.0",
        until="1.22.1",
        must=True,
        step="security groups of ENIs in secondary subnets, read at start",
        log="unable to describe security groups",
        fatal=True,
    ),
    Need(
        action="ec2:DescribeSecurityGroups",
        modes=("custom-networking",),
        since="1.22.0",
        until="1.22.0",
        must=True,
        step="security groups of ENIs in secondary subnets, read at start",
        log="unable to describe security groups",
        fatal=True,
    ),
    Need(
        action="ec2:UnassignIpv6Addresses",
        resources=("network-interface",),
        modes=("ipv6",),
        since="1.22.0",
        must=False,
        step="giving the prefix of an excluded ENI back",
        log="Failed to deallocate IPv6 Prefixes",
        fatal=False,
    ),
)
