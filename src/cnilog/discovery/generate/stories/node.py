"""Nodes and software: manifests, sockets, iptables, checkpoints, the policy agent, probes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.discovery.generate.programs import (
    PROBES,
    crash_loop,
    exit_loop,
    ipamd_until,
    probe_fails,
    start,
    steady,
)
from cnilog.discovery.generate.stories.words import fail

if TYPE_CHECKING:
    from cnilog.discovery.generate.world import Node


def ip_families_disabled(node: Node) -> None:
    """Run a new image on a manifest that names no IP family."""

    def attempt(turn: Node) -> None:
        turn.play("ipamd", "ipamd-begin")
        turn.play("ipamd", "ipamd-apiserver")
        turn.play("ipamd", "ipamd-metadata")
        turn.say(
            "ipamd",
            "IPv4 and IPv6 are both disabled. One of them have to be enabled",
            level="error",
            caller="ipamd/ipamd.go:380",
        )
        fail(turn, "ipamd: failed to validate configuration")

    crash_loop(node, attempt)


def warm_prefix_zero(node: Node) -> None:
    """Refuse a contradictory environment before anything starts."""

    def attempt(turn: Node) -> None:
        if not turn.since(1, 12, 1):
            turn.say("aws-node", "Validating env variables ... ")
        turn.say(
            "aws-node",
            "Setting WARM_PREFIX_TARGET = 0 is not supported while WARM_IP_TARGET/"
            "MINIMUM_IP_TARGET is not set. Please configure either one of the WARM_{PREFIX/IP}"
            "_TARGET or MINIMUM_IP_TARGET env variables",
            level="error",
        )

    exit_loop(node, attempt)


def cri_socket(node: Node) -> None:
    """Wait for a container runtime socket that is not there."""
    crash_loop(node, lambda turn: ipamd_until(turn, "cri"))


def iptables_legacy(node: Node) -> None:
    """Fail to set up iptables."""

    def attempt(turn: Node) -> None:
        ipamd_until(turn, "iptables")
        fail(
            turn,
            "ipamd init: failed to set up host network: host network setup: failed to add chain: "
            "running [/usr/sbin/iptables -t nat -N AWS-SNAT-CHAIN-0 --wait]: exit status 3: "
            "iptables v1.8.4 (legacy): can't initialize iptables table `nat': Table does not exist "
            "(do you need to insmod?)",
        )

    crash_loop(node, attempt)


def checkpoint_corrupt(node: Node) -> None:
    """Find a checkpoint that ends in the middle."""

    def attempt(turn: Node) -> None:
        ipamd_until(turn, "checkpoint")
        fail(turn, "failed ipam state recovery from backing store: unexpected end of JSON input")

    crash_loop(node, attempt)


def npa_crash(node: Node) -> None:
    """Let the policy agent wait for an ipamd that it cannot reach, and panic."""
    start(node)
    target = "unix:/var/run/aws-node/ipamd.sock" if node.since(1, 23, 0) else "127.0.0.1:50051"
    for turn in range(4):
        node.play("npa", "npa-start", until="ipamd")
        error = "rpc error: code = DeadlineExceeded desc = context deadline exceeded"
        where = f" at {target}: {error}" if node.since(1, 23, 0) else f" {error}"
        node.say(
            "npa",
            f"Failed to connect to ipamd{where}",
            level="error",
            caller="runtime/proc.go:283",
            after=30,
        )
        node.event("BackOff", "Back-off restarting failed container aws-eks-nodeagent in pod")
        node.wait(10 * 2**turn)


def ebpf_maps(node: Node) -> None:
    """Fail to load the policy agent's eBPF programs on an old kernel."""
    start(node)
    for turn in range(4):
        node.play("npa", "npa-start", until="maps")
        node.say(
            "npa",
            "Unable to load events binary. Required for policy enforcement, exiting..",
            level="error",
            caller="ebpf/bpf_client.go:176",
        )
        node.wait(10 * 2**turn)


def ipamd_refused(node: Node) -> None:
    """Let pods come while ipamd does not serve; only the plugin tells."""
    for _ in range(5):
        sandbox = node.hexadecimal(64)
        target = (
            "dial unix /var/run/aws-node/ipamd.sock: connect: no such file or directory"
            if node.since(1, 23, 0)
            else "dial tcp 127.0.0.1:50051: connect: connection refused"
        )
        node.say(
            "plugin",
            f"Error received from AddNetwork grpc call for containerID {sandbox}: rpc error: "
            "code = Unavailable desc = connection error: desc = "
            f'"transport: Error while dialing: {target}"',
            level="error",
            caller="routed-eni-cni-plugin/cni.go:119",
            after=12,
        )


def exec_probe_slow(node: Node) -> None:
    """Kill a serving ipamd, because its probe gets no CPU."""
    for _ in range(3):
        start(node, pods=2)
        steady(node, 4)
        target = "unix:///var/run/aws-node/ipamd.sock" if node.since(1, 23, 0) else ":50051"
        probe = f"/app/grpc-health-probe -addr={target}"
        probe_fails(node, f'"command \\"{probe}\\" timed out"')
        node.event("Unhealthy", f'Liveness probe failed: command "{probe}" timed out', count=PROBES)
        node.event("Killing", "Container aws-node failed liveness probe, will be restarted")
        node.restarts.append(node.now)
        node.wait(12)
