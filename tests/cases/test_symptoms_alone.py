"""A symptom alone is nobody's fault: first come the candidates of its place and of the mode."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cnilog.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

IPV6 = {"ENABLE_IPv4": "false", "ENABLE_IPv6": "true", "ENABLE_PREFIX_DELEGATION": "true"}
IPV4 = {"ENABLE_IPv4": "true", "ENABLE_IPv6": "false"}
SANDBOX = (
    "  Warning  FailedCreatePodSandBox  2m (x12 over 4m)  kubelet  Failed to create pod sandbox: "
    'rpc error: code = Unknown desc = failed to setup network for sandbox "0c1d2e3f": plugin '
    'type="aws-cni" name="aws-cni" failed (add): {said}'
)
NO_ADDRESS = "add cmd: failed to assign an IP address to container"
NETWORK = "add command: failed to setup network"
NOT_READY = (
    "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady "
    "message:Network plugin returns error: cni plugin not initialized"
)
WAITS = (
    'time="2026-01-05T09:15:10Z" level=info msg="Starting IPAM daemon... "\n'
    'time="2026-01-05T09:15:11Z" level=info msg="Checking for IPAM connectivity... "'
)
PODS = (
    "NAMESPACE     NAME             READY   STATUS                  RESTARTS      AGE\n"
    "kube-system   aws-node-2vx4d   0/2     Init:CrashLoopBackOff   7 (21s ago)   12m"
)
NEVER_FILLED = (
    '{"level":"debug","ts":"2026-01-05T09:15:10.000Z","caller":"datastore/data_store.go:673",'
    '"msg":"AssignPodIPv4Address: IP address pool stats: total 0, assigned 0"}\n'
    '{"level":"error","ts":"2026-01-05T09:15:10.000Z","caller":"datastore/data_store.go:734",'
    '"msg":"DataStore has no available IP/Prefix addresses"}'
)
ALONE = [
    pytest.param("paste.txt", "Retrying waiting for IPAM-D", ["iam-missing-ipv4-permissions",
                 "manifest-version-skew"], id="entrypoint waits, one line"),
    pytest.param("aws-node.log", WAITS, ["iam-missing-ipv4-permissions", "manifest-version-skew"],
                 id="entrypoint waits"),
    pytest.param("events.txt", SANDBOX.format(said=NO_ADDRESS), ["eni-limit-reached",
                 "ip-pool-exhausted-transient", "subnet-exhausted"], id="no address"),
    pytest.param("ipamd.log", NEVER_FILLED, ["subnet-exhausted", "ip-pool-exhausted-transient"],
                 id="a pool without an address"),
    pytest.param("events.txt", SANDBOX.format(said=NETWORK), ["netlink-dataplane"],
                 id="address, and no network"),
    pytest.param("paste.txt", NOT_READY, ["cni-config-missing", "iam-missing-ipv4-permissions"],
                 id="no configuration"),
    pytest.param("pods.txt", PODS, ["imds-unreachable"], id="init container fails"),
]  # fmt: skip
STALLS = [  # the last line of a start, and what the next step needs
    ("Testing communication with server", "apiserver-unreachable"),
    ("Discovered region: eu-west-1", "imds-unreachable"),
    ("Found ENI: eni-0a1b2c3d, MAC 0a:1b:2c:3d:4e:5f, device 0", "iam-irsa-trust"),
    ("Begin ipam state recovery from backing store", "ipam-state-corrupt"),
    ("Get Node Info for: ip-10-0-1-5.ec2.internal", "rbac-denied"),
    ("Trying to allocate 5 IP addresses on ENI eni-0a1b2c3d", "iam-missing-ipv4-permissions"),
    ("Created a new ENI: eni-0a1b2c3d", "iam-missing-ipv4-permissions"),
]


def daemonset(tag: str, env: dict[str, str]) -> str:
    container = {
        "name": "aws-node",
        "image": f"example.com/amazon-k8s-cni:{tag}",
        "env": [{"name": name, "value": value} for name, value in env.items()],
    }
    spec = {"template": {"spec": {"containers": [container]}}}
    return json.dumps({"kind": "DaemonSet", "metadata": {"name": "aws-node"}, "spec": spec})


def told(folder: Path, **files: str) -> list[tuple[str, str]]:
    for name, text in files.items():
        (folder / name).write_text(text + "\n", "utf-8")
    return [(one.id, one.confidence) for one in analyze(folder).causes]


@pytest.mark.parametrize(("name", "text", "first"), ALONE)
def test_a_symptom_has_the_candidates_of_its_place(
    tmp_path: Path, name: str, text: str, first: list[str]
) -> None:
    found = told(tmp_path, **{name: text})

    assert [one for one, _ in found[: len(first)]] == first
    assert {sure for _, sure in found} == {"possible"}


@pytest.mark.parametrize(("last", "cause"), STALLS)
def test_a_start_that_stops_is_read_for_the_step_it_stopped_at(
    tmp_path: Path, last: str, cause: str
) -> None:
    lines = [("Starting L-IPAMD v1.18.3  ...", 1), (last, 3)]
    text = "\n".join(
        json.dumps({"level": "info", "ts": f"2026-01-05T09:15:0{second}.010Z", "msg": message})
        for message, second in lines
    )

    assert told(tmp_path, **{"ipamd.log": text})[0] == (cause, "possible")


@pytest.mark.parametrize(
    ("env", "cause"),
    [(IPV6, "iam-missing-ipv6-permissions"), (IPV4, "iam-missing-ipv4-permissions")],
    ids=["ipv6", "ipv4"],
)
def test_the_mode_of_the_cluster_says_which_permissions_come_first(
    tmp_path: Path, env: dict[str, str], cause: str
) -> None:
    found = told(tmp_path, **{"aws-node.log": WAITS, "daemonset.json": daemonset("v1.22.0", env)})

    assert found[0] == (cause, "possible")


def test_a_pod_of_an_ipv6_cluster_waits_for_no_warm_pool(tmp_path: Path) -> None:
    text = SANDBOX.format(said=NO_ADDRESS)
    found = told(tmp_path, **{"events.txt": text, "daemonset.json": daemonset("v1.18.3", IPV6)})

    assert {"iam-missing-ipv6-permissions", "subnet-fragmented-prefix"} == {
        one for one, _ in found[:2]
    }
    assert "ip-pool-exhausted-transient" not in dict(found)


def test_an_environment_older_than_its_image_is_a_skew_and_no_wrong_value(tmp_path: Path) -> None:
    files = {"aws-node.log": WAITS, "daemonset.json": daemonset("v1.18.3", {"MAX_ENI": "-1"})}
    found = told(tmp_path, **files)

    assert found[0] == ("manifest-version-skew", "confirmed")
    assert "env-misconfigured" not in dict(found)
