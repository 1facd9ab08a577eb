"""People paste a few lines: one that names a cause makes it possible, and never more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilog.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

STATS = "IP/Prefix Address Pool stats: total: 28, assigned: 3, total prefixes: 0"
HELD = "AWS CNI is on a non schedulable node, will not try to attach any new IPs or ENIs right now"
FALLBACK = (
    "Prefix delegation is not supported on non-nitro instance m4.large hence falling back to "
    "default (secondary IP) mode"
)
NO_ANSWER = (
    'failed to get informer from cache: Get \\"https://10.100.0.1:443/apis/networking.k8s.aws\\": '
    "dial tcp 10.100.0.1:443: i/o timeout"
)
REACHED = "Successful communication with the Cluster! Cluster Version is: v1.30"
NAMED = "Found ENI Config Name: eu-west-1a"
USED = "ipamd: using custom network config: [0xc000112000], subnet-0a1b2c3d"
REFUSED = (
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for "
    'sandbox "0c1d": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: Error received '
    'from AddNetwork gRPC call: rpc error: code = Unavailable desc = connection error: desc = "'
    'transport: Error while dialing: dial tcp 127.0.0.1:50051: connect: connection refused"\n'
)
DENIED = (
    "Failed to call ec2:DescribeNetworkInterfaces for [eni-01]: UnauthorizedOperation: You are not "
    "authorized to perform this operation."
)


def line(second: int, message: str, level: str = "debug") -> str:
    ts = f"2024-05-14T{9 + second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.318Z"
    return f'{{"level":"{level}","ts":"{ts}","caller":"ipamd/ipamd.go:1","msg":"{message}"}}\n'


def causes(folder: Path, *lines: str) -> list[tuple[str, str]]:
    (folder / "ipamd.log").write_text("".join(lines), "utf-8")
    return [(one.id, one.confidence) for one in analyze(folder).causes]


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        (HELD, "node-unschedulable-no-scaling"),
        (FALLBACK, "prefix-delegation-unsupported"),
        (NO_ANSWER, "apiserver-unreachable"),
        (NAMED, "eniconfig-misconfigured"),
    ],
)
def test_one_pasted_line_makes_its_cause_possible(tmp_path: Path, message: str, cause: str) -> None:
    assert causes(tmp_path, line(0, message))[0] == (cause, "possible")


def test_of_causes_that_weigh_the_same_the_more_specific_one_comes_first(tmp_path: Path) -> None:
    missing = (
        "Missing IP addresses from IMDS. Non efa-only interface should have IP address associated "
        "with it eni-0a1b2c3d4e5f60718"
    )

    found = causes(tmp_path, line(0, missing, "error"))

    assert found == [("ipv6-only-eni-unsupported", "possible"), ("imds-stale", "possible")]


def test_a_long_log_must_show_the_shape(tmp_path: Path) -> None:
    steady = [line(second, STATS) for second in range(0, 600, 5)]

    assert causes(tmp_path, *steady, line(601, HELD)) == []


def test_what_healed_in_the_excerpt_is_no_hint(tmp_path: Path) -> None:
    found = causes(tmp_path, line(0, NO_ANSWER, "error"), line(5, REACHED, "info"))

    assert "apiserver-unreachable" not in dict(found)


def test_a_hint_is_not_listed_beside_a_cause_that_is_plain(tmp_path: Path) -> None:
    found = causes(tmp_path, line(0, HELD), line(5, DENIED, "error"))

    assert found[0][1] != "possible"
    assert "node-unschedulable-no-scaling" not in dict(found)


def test_an_eniconfig_that_was_used_is_no_hint(tmp_path: Path) -> None:
    assert causes(tmp_path, line(0, NAMED), line(0, USED)) == []


def test_a_plugin_that_is_called_speaks_against_a_node_that_never_had_its_role(
    tmp_path: Path,
) -> None:
    (tmp_path / "events.txt").write_text(REFUSED, "utf-8")
    found = [one.id for one in analyze(tmp_path).causes]

    assert {"probe-timeout-cpu", "apiserver-unreachable"} <= set(found[:3])
    assert "iam-missing-ipv4-permissions" not in found[:3]


FORBIDDEN = (
    'nodes is forbidden: User "system:serviceaccount:kube-system:aws-node" cannot list resource '
    '"nodes" in API group "" at the cluster scope'
)
NO_PLUGIN = 'plugin type="aws-cni" failed (add): failed to find plugin "aws-cni" in path [/opt/cni]'
NO_KIND = 'no matches for kind "ENIConfig" in version "crd.k8s.amazonaws.com/v1alpha1"'


@pytest.mark.parametrize("left", ['"', '\\"', '\\\\\\"', "\u201c"])
@pytest.mark.parametrize(
    ("said", "cause"),
    [
        (FORBIDDEN, "rbac-denied"),
        (NO_PLUGIN, "plugin-binary-missing"),
        (NO_KIND, "crd-missing"),
    ],
)
def test_quotes_are_read_however_often_they_were_escaped(
    said: str, cause: str, left: str, tmp_path: Path
) -> None:
    right = "\u201d" if left == "\u201c" else left
    pairs = said.split('"')
    text = "".join(
        one + ("" if n == len(pairs) - 1 else left if n % 2 == 0 else right)
        for n, one in enumerate(pairs)
    )
    (tmp_path / "pasted.txt").write_text(f"error: {text}\n", "utf-8")

    assert [one.id for one in analyze(tmp_path).causes][:1] == [cause]


def test_a_sandbox_that_was_not_there_in_time_is_no_matter_of_addresses(tmp_path: Path) -> None:
    late = (
        "Failed to create pod sandbox: rpc error: code = DeadlineExceeded desc = context deadline"
    )
    (tmp_path / "events.txt").write_text(f"{late} exceeded\n", "utf-8")
    found = [one.id for one in analyze(tmp_path).causes]

    assert found[0] == "container-runtime-fault"
    assert not {"eni-limit-reached", "subnet-exhausted"} & set(found[:3])
