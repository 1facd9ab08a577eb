"""Look-alikes: a failure is never laid at the door of the cause that it resembles."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import pytest

from cnilog.analysis import analyze
from cnilog.discovery.generate import SCENARIOS, generate
from cnilog.finding import Report

ADDRESSES = {
    "subnet-exhausted",
    "subnet-fragmented-prefix",
    "eni-limit-reached",
    "ip-pool-exhausted-transient",
}
ACCESS = {
    "iam-missing-ipv4-permissions",
    "iam-explicit-deny",
    "iam-irsa-trust",
    "iam-no-credentials",
}
ENDPOINTS = {"imds-unreachable", "aws-endpoint-unreachable", "proxy-misconfigured"}
CONTROL = {"apiserver-unreachable", "kube-proxy-down", "apiserver-tls", "rbac-denied"}
KILLS = {"probe-timeout-cpu", "oom-killed", "container-runtime-fault"}
GROUPS = {
    "subnet-exhausted": ADDRESSES,
    "prefix-fragmented": ADDRESSES,
    "eni-limit": ADDRESSES,
    "scale-up": ADDRESSES | ACCESS,
    "ipv6-only-policy": ACCESS,
    "explicit-deny": ACCESS,
    "irsa-trust": ACCESS | ENDPOINTS,
    "no-credentials": ACCESS | ENDPOINTS,
    "imds-blocked": ENDPOINTS | ACCESS,
    "ec2-unreachable": ENDPOINTS | ACCESS,
    "api-throttled": ENDPOINTS | ADDRESSES,
    "apiserver-down": CONTROL,
    "rbac-denied": CONTROL,
    "late-api-server": CONTROL,
    "probe-timeout": KILLS,
    "warm-prefix-zero": KILLS | ADDRESSES,
    "checkpoint-corrupt": KILLS,
}


def report(tmp_path: Path, files: dict[str, bytes]) -> Report:
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return analyze(tmp_path)


def blamed(found: Report) -> set[str]:
    return {one.id for one in found.causes if one.confidence != "possible"}


SDKS = cycle(["v1.18.3", "v1.22.4"])  # a release of each
ROWS = [(name, alike, era) for (name, alike), era in zip(GROUPS.items(), SDKS, strict=False)]


@pytest.mark.parametrize(("name", "alike", "era"), ROWS, ids=list(GROUPS))
def test_only_the_cause_itself_is_claimed_of_its_group(
    name: str, alike: set[str], era: str, tmp_path: Path
) -> None:
    own = SCENARIOS[name].cause
    found = blamed(report(tmp_path, generate(name, era=era, seed=11)))

    assert found & (alike - {own}) == set()


POD = """\
Name:                 aws-node-2vx4d
Namespace:            kube-system
Node:                 ip-10-0-1-5.eu-west-1.compute.internal/10.0.1.5
Containers:
  aws-node:
    Image:          example.com/amazon-k8s-cni:v1.18.3
    Last State:     Terminated
      Reason:       {reason}
      Exit Code:    {code}
    Ready:          False
    Restart Count:  7
"""
EVENTS = """\
LAST SEEN   TYPE      REASON      OBJECT               MESSAGE
31s         Warning   Unhealthy   pod/aws-node-2vx4d   {message}
"""
PROBED = 'Liveness probe failed: timeout: failed to connect service ":50051" within 5s'
BACK_OFF = "Back-off restarting failed container aws-node in pod"


@pytest.mark.parametrize(
    ("reason", "code", "message", "claims"),
    [
        pytest.param("OOMKilled", 137, PROBED, {"oom-killed"}, id="out of memory"),
        pytest.param(
            "Error", 137, PROBED, set(), id="killed by its probe, or by what it waits for"
        ),
        pytest.param("Error", 1, BACK_OFF, set(), id="ended by itself"),
    ],
)
def test_how_a_container_ended_tells_memory_from_probes_and_exits(
    reason: str, code: int, message: str, claims: set[str], tmp_path: Path
) -> None:
    files = {
        "pod.txt": POD.format(reason=reason, code=code).encode(),
        "events.txt": EVENTS.format(message=message).encode(),
    }

    assert blamed(report(tmp_path, files)) == claims


PODS = """\
NAMESPACE     NAME               READY   STATUS             RESTARTS   AGE   IP          NODE
kube-system   kube-proxy-8hq2z   {ready}     {status}   3          41d   10.0.1.5    {node}
"""


@pytest.mark.parametrize(
    ("ready", "status", "elsewhere", "first"),
    [
        pytest.param("0/1", "CrashLoopBackOff", False, "kube-proxy-down", id="it is down here"),
        pytest.param("1/1", "Running         ", False, "apiserver-unreachable", id="it runs here"),
        pytest.param("0/1", "CrashLoopBackOff", True, "apiserver-unreachable", id="down elsewhere"),
    ],
)
def test_kube_proxy_is_blamed_where_it_is_down_and_nowhere_else(
    ready: str, status: str, elsewhere: bool, first: str, tmp_path: Path
) -> None:
    files = dict(generate("apiserver-down", era="v1.18.3", seed=11, nodes=2))
    nodes = sorted({path.split("/")[0] for path in files})
    here = {path: data for path, data in files.items() if path.startswith(nodes[0])}
    node = nodes[1] if elsewhere else nodes[0]
    table = PODS.format(ready=ready, status=status, node=node)
    both = {**here, **{p: d for p, d in files.items() if p.startswith(nodes[1]) and "init" in p}}
    found = report(tmp_path, {**both, "pods.txt": table.encode()})

    assert found.causes[0].id == first


EVENT = "Failed to create pod sandbox: rpc error: code = Unknown desc = {}"
STARTED = (
    "Installed /host/opt/cni/bin/egress-cni\n"
    'time="2026-03-02T10:00:01Z" level=info msg="Checking for IPAM connectivity... "\n'
    'time="2026-03-02T10:00:02Z" level=info msg="Copying config file... "\n'
    'time="2026-03-02T10:00:02Z" level=error msg="Failed to wait for IPAM daemon to complete"'
    ' error="exit status 1"\n'
)
NOT_OWNER = (
    "2026-03-02T10:00:01.120Z [ERROR] Failed to allocate a private IP addresses on ENI"
    " eni-0a1b2c3d4e5f60718: AuthFailure: You are not the owner of network interface"
    " 'eni-0a1b2c3d4e5f60718'.\n\tstatus code: 403, request id: 1d2c3b4a\n"
)
ERRNO = "add command: failed to setup network: setupNS: failed to add pod rule: file exists"
NOT_YET = (
    "  Warning  NetworkNotReady         4m22s (x17 over 4m54s)  kubelet  network is not ready:"
    " container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady"
    " message:Network plugin not initialized\n"
    "  Warning  FailedCreatePodSandBox  4m20s                   kubelet  "
    + EVENT.format(
        'failed to setup network for sandbox "0c1d": plugin type="aws-cni" name="aws-cni"'
    )
    + " failed (add): add cmd: failed to assign an IP address to container\n"
)
WAITS = (
    'time="2026-03-02T10:00:01Z" level=info msg="Starting IPAM daemon... "\n'
    'time="2026-03-02T10:00:01Z" level=info msg="Checking for IPAM connectivity... "\n'
)
FULL = (
    "2018-05-14T09:21:07Z [DEBUG] UnAssignIPv4Address: IP address pool stats: total:14, assigned"
    " 14, pod(Name: web-0, Namespace: shop, Container 5c1f)\n"
    "2018-05-14T09:21:07Z [WARN] UnassignIPv4Address: Failed to find pod web-0 namespace shop"
    " Container 5c1f\n"
)
NAMED_AND_NOT = [
    pytest.param("events.txt", NOT_YET, "eni-limit-reached", ACCESS | CONTROL, id="a plugin runs"),
    pytest.param(
        "aws-node.log", WAITS, "iam-missing-ipv4-permissions", KILLS, id="it has never served"
    ),
    pytest.param("ipamd.log", FULL, "eni-limit-reached", ACCESS | CONTROL, id="full pool, DELs"),
    pytest.param(
        "events.txt", EVENT.format(ERRNO), "netlink-dataplane", {"netns-gone"}, id="errno"
    ),
    pytest.param("aws-node.log", STARTED, "port-conflict", ACCESS | ENDPOINTS, id="it had served"),
    pytest.param(
        "aws-node.log",
        STARTED.replace("egress-cni", "egress-v4-cni"),
        "iam-missing-ipv4-permissions",
        {"port-conflict"},
        id="v1.12 does not wait",
    ),
    pytest.param(
        "ipamd.log", NOT_OWNER, "iam-missing-ipv4-permissions", {"iam-no-credentials"}, id="owner"
    ),
]


@pytest.mark.parametrize(("file", "text", "first", "never"), NAMED_AND_NOT)
def test_a_line_is_not_laid_at_the_door_of_what_it_rules_out(
    file: str, text: str, first: str, never: set[str], tmp_path: Path
) -> None:
    named = [one.id for one in report(tmp_path, {file: text.encode()}).causes]

    assert named[0] == first
    assert never.isdisjoint(named[:3])


def test_a_refusal_that_the_roles_policy_allows_is_somebody_elses_deny(tmp_path: Path) -> None:
    line = (
        "2026-03-02T10:00:01.120Z [ERROR] Failed to attach ENI eni-0a1b2c3d4e5f60718: "
        "UnauthorizedOperation: You are not authorized to perform this operation.\n"
    )
    policy = '{"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}'
    found = report(tmp_path, {"ipamd.log": line.encode(), "policy.json": policy.encode()})

    assert (found.causes[0].id, found.causes[0].confidence) == ("iam-explicit-deny", "possible")
    assert [one.id for one in found.refuted] == ["iam-missing-ipv4-permissions"]
    assert any("ipamd.log:1" in note and "policy.json" in note for note in found.notes)
