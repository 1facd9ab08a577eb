"""What the CNI's programs do in time: start, serve, get stuck, get killed.

Start-up order, loop periods, back-offs and the restart rules are those of the CNI's source and
manifests; each number names its constant.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from cnilog.discovery.generate.lines import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilog.discovery.generate.world import Node

POOL_PERIOD: Final = 5.0  # ipPoolMonitorInterval
RECONCILE_EVERY: Final = 12  # nodeIPPoolReconcileInterval 60 s, counted in pool periods
RETRY_PERIOD: Final = 2.009  # 1 s sleep + up to 1 s of the probe's connect time-out
KILLED_AFTER: Final = 90.0  # initialDelay 60 s + 3 failures 10 s apart, and the grace period
PROBES, PROBE_PERIOD = 3, 10.0  # failureThreshold, and seconds between two probes
BACK_OFF: Final = (10.0, 20.0, 40.0, 80.0, 160.0, 300.0)  # kubelet's CrashLoopBackOff

IPAMD_START: Final = (
    "ipamd-begin",
    "ipamd-apiserver",
    "ipamd-metadata",
    "ipamd-node-init",
    "ipamd-prescale",
    "ipamd-serve",
)
MARKS: Final = {
    "apiserver": "ipamd-apiserver",
    "cache": "ipamd-apiserver",
    "imds": "ipamd-metadata",
    "instance-type": "ipamd-metadata",
    "host-network": "ipamd-node-init",
    "iptables": "ipamd-node-init",
    "ec2": "ipamd-node-init",
    "setup-eni": "ipamd-node-init",
    "cri": "ipamd-node-init",
    "checkpoint": "ipamd-node-init",
    "node": "ipamd-node-init",
    "assign": "ipamd-prescale",
}


def init_container(node: Node, *, until: str | None = None) -> None:
    """Run the init container."""
    node.play("init", "init-go" if node.since(1, 12, 1) else "init-bash", until=until)
    node.wait(2)


def entrypoint(node: Node, *, until: str | None = None) -> None:
    """Run the aws-node container's entrypoint."""
    script = "entrypoint-go" if node.since(1, 12, 1) else "entrypoint-json"
    node.play("aws-node", script, until=until)


def ipamd_until(node: Node, mark: str) -> None:
    """Start ipamd and stop at the step with that mark, as a process that hangs there."""
    for script in IPAMD_START:
        node.play("ipamd", script, until=mark)
        if MARKS[mark] == script:
            return


def start(node: Node, *, pods: int = 3) -> None:
    """Start a healthy node: init, entrypoint, ipamd, then *pods* workloads."""
    init_container(node)
    entrypoint(node, until="wait")
    for script in IPAMD_START:
        node.play("ipamd", script)
    serve(node, pods=pods)


def serve(node: Node, *, pods: int) -> None:
    """Notice that ipamd serves, install the configuration, give *pods* their addresses."""
    node.wait(1)
    script = "entrypoint-go" if node.since(1, 12, 1) else "entrypoint-json"
    node.play("aws-node", script, resume="wait")
    for _ in range(pods):
        add_pod(node)


def _workload(node: Node) -> dict[str, Any]:
    return {
        "workload": f"web-{node.hexadecimal(9)}-{node.hexadecimal(5)}",
        "sandbox": node.hexadecimal(64),
        "netns": f"/var/run/netns/cni-{node.hexadecimal(8)}-{node.hexadecimal(4)}",
    }


def add_pod(node: Node) -> dict[str, Any]:
    """Give an address to a new pod; return the pod's names."""
    pod = _workload(node)
    node.wait(node.random.uniform(0.2, 3))
    node.play("kubelet", "kubelet-add", **pod)
    node.play("plugin", "plugin-add", until="backend", **pod)
    node.play("ipamd", "ipamd-add", **pod)
    node.names["assigned"] += 1
    node.play("plugin", "plugin-answer", **pod)
    return pod


def delete_pod(node: Node, pod: dict[str, Any]) -> None:
    """Take the address of *pod* back."""
    node.wait(node.random.uniform(0.2, 3))
    node.play("ipamd", "ipamd-del", **pod)
    node.names["assigned"] -= 1
    node.play("plugin", "plugin-del", **pod)


def steady(node: Node, minutes: float) -> None:
    """Let the pool manager run its loop for that long."""
    for tick in range(int(minutes * 60 / POOL_PERIOD)):
        node.wait(POOL_PERIOD)
        node.play("ipamd", "ipamd-tick")
        if tick % RECONCILE_EVERY == RECONCILE_EVERY - 1:
            node.play("ipamd", "ipamd-reconcile")


def waiting(node: Node, seconds: float) -> None:
    """Let the entrypoint wait for ipamd; only v1.10.1 to v1.12.0 say so."""
    begin = node.now
    if node.since(1, 10, 1) and not node.since(1, 12, 1):
        for _ in range(int(seconds / RETRY_PERIOD)):
            node.say("aws-node", "Retrying waiting for IPAM-D", after=RETRY_PERIOD)
    node.wait(max(0.0, seconds - (node.now - begin).total_seconds()))


def crash_loop(node: Node, attempt: Callable[[Node], None], *, restarts: int = 3) -> None:
    """Start, fail as *attempt* does, be killed by the liveness probe, and again."""
    init_container(node)
    for turn in range(restarts + 1):
        begin = node.now
        entrypoint(node, until="wait")
        attempt(node)
        waiting(node, max(0.0, KILLED_AFTER - (node.now - begin).total_seconds()))
        if turn < restarts:
            _killed(node)
            node.wait(BACK_OFF[0])  # the pod had run long enough for the back-off to stay short


def _killed(node: Node) -> None:
    target = "unix:///var/run/aws-node/ipamd.sock" if node.since(1, 23, 0) else ":50051"
    said = f"timeout: failed to connect service {{quote}}{target}{{quote}} within 5s"
    probe_fails(node, f"<\n\t{said.format(quote=chr(34))}\n >")
    message = said.format(quote='\\"')
    node.event("Unhealthy", f"Liveness probe failed: {message}", count=PROBES)
    node.event("Killing", "Container aws-node failed liveness probe, will be restarted", count=1)
    node.restarts.append(node.now)


def probe_fails(node: Node, output: str) -> None:
    """Let kubelet say that the liveness probe failed, as often as it must to kill a container."""
    end = node.now
    for turn in reversed(range(PROBES)):
        ts = end - turn * timedelta(seconds=PROBE_PERIOD)
        text = (
            f'"Probe failed" probeType="Liveness" pod="kube-system/{node.names["pod"]}" '
            f'containerName="aws-node" probeResult="failure" output={output}'
        )
        node.lines.append(Line(ts, "kubelet", "warn", "prober.go:107", text))


def exit_loop(node: Node, attempt: Callable[[Node], None], *, restarts: int = 4) -> None:
    """Start, end by itself as *attempt* does, and again after kubelet's back-off."""
    for turn in range(restarts + 1):
        attempt(node)
        if turn < restarts:
            node.restarts.append(node.now)
            node.event("BackOff", "Back-off restarting failed container aws-node in pod", count=1)
            node.wait(BACK_OFF[min(turn, len(BACK_OFF) - 1)])
