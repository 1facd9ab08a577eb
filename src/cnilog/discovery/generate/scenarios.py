"""Every scenario: its name, the cause an analysis should find, and where it can happen.

A story takes a node that has said nothing yet and lives through the failure on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.discovery.generate.stories import access, addresses, control, healthy, node

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilog.discovery.generate.world import Node


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story: what happens, the cause to find, and where it can happen."""

    name: str
    cause: str | None  # null: nothing is wrong
    tells: str
    live: Callable[[Node], None]
    since: str = "1.7.0"
    until: str = "99.0.0"
    nodes: int = 1
    certain: bool = True  # the logs alone determine the cause
    said_by: tuple[str, ...] = ("ipamd",)  # programs of which any tells it; others only suffer


_ALL: Final = (
    Scenario("healthy", None, "starts and runs", healthy.healthy),
    Scenario("scale-up", None, "many pods come", healthy.scale_up),
    Scenario("scale-down", None, "pods go, addresses cool down", healthy.scale_down),
    Scenario("rolling-upgrade", None, "the DaemonSet is rolled", healthy.rolling_upgrade, nodes=2),
    Scenario(
        "late-api-server",
        None,
        "kube-proxy is late at boot; all heals",
        healthy.late_api_server,
        "1.11.3",
    ),
    Scenario(
        "ipv6-only-policy",
        "iam-missing-ipv4-permissions",
        "the role's policy allows only the IPv6 actions",
        access.ipv6_only_policy,
    ),
    Scenario(
        "explicit-deny", "iam-explicit-deny", "an SCP denies an EC2 action", access.explicit_deny
    ),
    Scenario("irsa-trust", "iam-irsa-trust", "the role does not trust aws-node", access.irsa_trust),
    Scenario("no-credentials", "iam-no-credentials", "the node has no role", access.no_credentials),
    Scenario(
        "ec2-unreachable", "aws-endpoint-unreachable", "no route to EC2", access.ec2_unreachable
    ),
    Scenario(
        "imds-blocked", "imds-unreachable", "instance metadata is blocked", access.imds_blocked
    ),
    Scenario(
        "apiserver-down",
        "apiserver-unreachable",
        "the service address gives no answer",
        control.apiserver_down,
        "1.11.3",
    ),
    Scenario("subnet-exhausted", "subnet-exhausted", "no free address", addresses.subnet_exhausted),
    Scenario(
        "subnet-full-silently",
        "subnet-exhausted",
        "no free address, and no error",
        addresses.subnet_full_silently,
        certain=False,
    ),
    Scenario(
        "prefix-fragmented",
        "subnet-fragmented-prefix",
        "no contiguous /28",
        addresses.prefix_fragmented,
        "1.9.1",
    ),
    Scenario("api-throttled", "ec2-api-throttled", "EC2 throttles", addresses.api_throttled),
    Scenario("eni-limit", "eni-limit-reached", "one ENI too many", addresses.eni_limit),
    Scenario(
        "security-group-missing",
        "security-group-missing",
        "a security group was deleted",
        addresses.security_group_missing,
    ),
    Scenario(
        "rbac-denied",
        "rbac-denied",
        "the ClusterRole lacks ENIConfigs",
        control.rbac_denied,
        "1.13.0",
        said_by=("aws-node",),
    ),
    Scenario(
        "ip-families-disabled",
        "manifest-version-skew",
        "the manifest names no IP family",
        node.ip_families_disabled,
        "1.10.0",
    ),
    Scenario(
        "warm-prefix-zero",
        "env-misconfigured",
        "WARM_PREFIX_TARGET=0",
        node.warm_prefix_zero,
        "1.9.0",
        said_by=("aws-node",),
    ),
    Scenario(
        "cri-socket",
        "cri-socket-unreachable",
        "the runtime's socket is not there",
        node.cri_socket,
        "1.10.0",
        "1.11.5",
        certain=False,
    ),
    Scenario("iptables-legacy", "iptables-backend", "no nat table", node.iptables_legacy),
    Scenario(
        "checkpoint-corrupt",
        "ipam-state-corrupt",
        "ipam.json is cut",
        node.checkpoint_corrupt,
        "1.12.0",
    ),
    Scenario(
        "npa-crash",
        "manifest-version-skew",
        "the policy agent cannot reach ipamd",
        node.npa_crash,
        "1.20.0",
        certain=False,
        said_by=("npa",),
    ),
    Scenario(
        "ebpf-load",
        "network-policy-agent",
        "eBPF does not load",
        node.ebpf_maps,
        "1.20.0",
        said_by=("npa",),
    ),
    Scenario(
        "ipamd-refused",
        "probe-timeout-cpu",
        "only the plugin's side is there",
        node.ipamd_refused,
        certain=False,
        said_by=("plugin",),
    ),
    Scenario(
        "probe-timeout",
        "probe-timeout-cpu",
        "a healthy ipamd is killed by its probe",
        node.exec_probe_slow,
        certain=False,
        said_by=("kubelet", "events"),
    ),
)
SCENARIOS: Final = {scenario.name: scenario for scenario in _ALL}
