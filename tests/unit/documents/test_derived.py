"""What two documents say only together, and what they leave open."""

from __future__ import annotations

import json

import pytest

from cnilog import documents
from cnilog.finding import Document, Value

RULES = """\
0:	from all lookup local
512:	from all to 10.0.1.7 lookup main
1024:	from all fwmark 0x80/0x80 lookup main
1536:	from 10.0.1.8 lookup 2
32766:	from all lookup main
"""
ROUTES = """\
default via 10.0.0.1 dev eth1 table 2
10.0.0.1 dev eth1 table 2 scope link
default via 10.0.0.1 dev eth0
local 10.0.1.5 dev eth0 table local proto kernel
"""
TAG = "aws:ResourceTag/cluster.k8s.amazonaws.com/name"


def facts(*texts: str, names: tuple[str, ...] = ()) -> dict[str, Value]:
    files = [*names, *(f"{number}.txt" for number in range(len(texts)))]
    read = [Document(file, text) for file, text in zip(files, texts, strict=False)]
    return {fact.name: fact.value for fact in documents.read(read)}


def checkpoint(*addresses: str) -> str:
    rows = [{"networkName": "aws-cni", "containerID": one, "ipv4": one} for one in addresses]
    return json.dumps({"version": "vpc-cni-ipam/1", "allocations": rows})


def pool(*ranges: str) -> str:
    eni = {"ID": "eni-0a", "AvailableIPv4Cidrs": {one: {} for one in ranges}}
    return json.dumps({"0": {"TotalIPs": 16, "AssignedIPs": 4, "ENIs": {"eni-0a": eni}}})


GIVEN = tuple(f"10.0.1.{number}" for number in range(16, 20))


@pytest.mark.parametrize(
    ("given", "ranges", "strange"),
    [
        pytest.param(GIVEN, ("10.0.1.16/28",), False, id="all in a prefix"),
        pytest.param(GIVEN, tuple(f"{one}/32" for one in GIVEN), False, id="each by itself"),
        pytest.param((*GIVEN, "10.9.9.9"), ("10.0.1.16/28",), False, id="one that just went"),
        pytest.param(GIVEN, ("10.0.2.16/28",), True, id="none of them"),
        pytest.param(GIVEN[:2], ("10.0.2.16/28",), False, id="too few to tell"),
    ],
)
def test_a_checkpoint_is_held_against_the_pool(
    given: tuple[str, ...], ranges: tuple[str, ...], strange: bool
) -> None:
    assert bool(facts(checkpoint(*given), pool(*ranges))["checkpoint.problems"]) is strange


def test_a_checkpoint_alone_is_only_looked_at_for_itself() -> None:
    assert facts(checkpoint(*GIVEN))["checkpoint.problems"] == ()


def test_rules_and_routes_of_a_healthy_node_have_no_problem() -> None:
    found = facts(RULES, ROUTES)

    assert (found["rules.problems"], found["routes.problems"]) == ((), ())


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        pytest.param(RULES.replace("1024:", "1025:"), "1024", id="no rule for node ports"),
        pytest.param(
            RULES + "30400:\tfrom 10.0.1.5 lookup 30400\n", "nm-cloud-setup", id="foreign"
        ),
    ],
)
def test_rules_that_break_pods_are_named(rules: str, problem: str) -> None:
    assert problem in str(facts(rules)["rules.problems"])


def test_rules_of_a_node_without_pods_lack_nothing() -> None:
    assert (
        facts("0:\tfrom all lookup local\n32766:\tfrom all lookup main\n")["rules.problems"] == ()
    )


def test_a_table_of_pods_without_a_default_route_is_named() -> None:
    without = ROUTES.replace("default via 10.0.0.1 dev eth1 table 2\n", "")

    assert "table 2" in str(facts(RULES, without)["routes.problems"])


def test_the_routes_of_one_table_say_nothing_of_the_others() -> None:
    assert "routes.problems" not in facts(RULES, "default via 10.0.0.1 dev eth0\n")


LISTING = """\
total 8
-rw-r--r-- 1 root root 292 Mar  2 10:00 10-aws.conflist
-rw-r--r-- 1 root root 110 Mar  2 10:00 {other}
"""


@pytest.mark.parametrize(
    ("other", "first"),
    [("05-cilium.conflist", "05-cilium.conflist"), ("99-x.conf", "10-aws.conflist")],
)
def test_the_runtime_takes_the_first_configuration_by_name(other: str, first: str) -> None:
    assert facts(LISTING.format(other=other))["conflist.first"] == first


def test_files_of_the_folder_are_as_good_as_its_listing() -> None:
    ours = '{"cniVersion":"0.4.0","name":"aws-cni","plugins":[{"type":"aws-cni"}]}'
    theirs = '{"cniVersion":"0.3.1","name":"m","type":"multus"}'
    found = facts(ours, theirs, names=("net.d/10-aws.conflist", "net.d/00-multus.conf"))

    assert found["conflist.first"] == "00-multus.conf"


def test_one_file_says_nothing_of_others() -> None:
    theirs = '{"cniVersion":"0.3.1","name":"m","type":"multus"}'

    assert "conflist.first" not in facts(theirs, names=("net.d/00-multus.conf",))


def scoped(**env: str) -> dict[str, Value]:
    allow = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
    policy = {"Statement": [allow | {"Condition": {"StringEquals": {TAG: "demo"}}}]}
    rows = [
        {"name": name, "value": value} for name, value in {"ENABLE_IPv4": "true", **env}.items()
    ]
    main = {"name": "aws-node", "image": "x/amazon-k8s-cni:v1.18.3", "env": rows}
    spec = {"template": {"spec": {"containers": [main]}}}
    daemonset = {"kind": "DaemonSet", "metadata": {"name": "aws-node"}, "spec": spec}
    return facts(json.dumps(policy), json.dumps(daemonset))


def test_a_policy_by_cluster_tag_needs_the_cluster_s_name() -> None:
    assert scoped()["iam.unset_tags"] == (TAG,)
    assert scoped(CLUSTER_NAME="demo")["iam.unset_tags"] == ()


def role(*rules: tuple[str, str, list[str]]) -> str:
    rows = [
        {"apiGroups": [group], "resources": [resource], "verbs": verbs}
        for group, resource, verbs in rules
    ]
    return json.dumps({"kind": "ClusterRole", "metadata": {"name": "aws-node"}, "rules": rows})


READ = ["get", "list", "watch"]
OLD = (
    ("crd.k8s.amazonaws.com", "eniconfigs", READ),
    ("", "pods", READ),
    ("", "nodes", READ),
    ("", "namespaces", READ),
)


def test_the_role_of_an_old_release_lacks_nothing_that_every_release_needs() -> None:
    found = facts(role(*OLD))

    assert found["clusterrole.missing_rules"] == ()
    assert found["clusterrole.missing_cninodes"]


def test_the_role_of_a_new_release_lacks_nothing() -> None:
    found = facts(role(*OLD, ("vpcresources.k8s.aws", "cninodes", READ)))

    assert found["clusterrole.missing_cninodes"] == ()


def test_an_api_error_is_told_by_cloudtrail() -> None:
    event = {
        "eventSource": "ec2.amazonaws.com",
        "eventName": "AssignPrivateIpAddresses",
        "errorCode": "Client.InsufficientFreeAddressesInSubnet",
    }

    assert facts(json.dumps({"Records": [event]}))["cloudtrail.errors"] == (
        "AssignPrivateIpAddresses:InsufficientFreeAddressesInSubnet",
    )
