"""Each document gives the facts it holds, and no more than it can tell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnilog import documents, ingest
from cnilog.documents.instances import limits
from cnilog.finding import Document, Value

NODE = "ip-10-0-1-5.eu-west-1.compute.internal"


def facts(*texts: str, node: str | None = None) -> dict[str, Value]:
    read = [Document(f"{at}.txt", text, node=node) for at, text in enumerate(texts)]
    return {fact.name: fact.value for fact in documents.read(read)}


POD_TABLE = f"""\
NAMESPACE     NAME                   READY   STATUS    RESTARTS      AGE     IP         NODE
kube-system   pod/aws-node-2vx4d     0/1     Running   3 (96s ago)   6m41s   10.0.1.5   {NODE}
kube-system   pod/kube-proxy-8hq2z   1/1     Running   0             41d     10.0.1.5   {NODE}
"""
DESCRIBED = f"""\
Name:                 aws-node-2vx4d
Namespace:            kube-system
Node:                 {NODE}/10.0.1.5
Containers:
  aws-node:
    Image:          example.com/amazon-k8s-cni:v1.18.3
    Last State:     Terminated
      Reason:       OOMKilled
      Exit Code:    137
    Ready:          False
    Restart Count:  4
"""
TRUST = {
    "RoleName": "cni",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/issuer"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    "issuer:sub": "system:serviceaccount:kube-system:aws-node",
                    "issuer:aud": "sts.amazonaws.com",
                }
            },
        }
    ],
}
INSTANCE = {
    "InstanceId": "i-0a1b2c3d4e5f60718",
    "InstanceType": "m5.large",
    "PrivateDnsName": NODE,
    "SubnetId": "subnet-0a1b2c3d",
    "NetworkInterfaces": [{"NetworkInterfaceId": f"eni-{one}"} for one in range(3)],
}
TF = 'module "cni" {\n  attach_vpc_cni_policy = true\n'


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        pytest.param(POD_TABLE, "pods.aws_node.not_ready", 1, id="pods that are not ready"),
        pytest.param(POD_TABLE, "pods.aws_node.restart_period_s", 101.7, id="restart period"),
        pytest.param(POD_TABLE, "pods.kube_proxy.ready", 1, id="kube-proxy"),
        pytest.param(DESCRIBED, "pods.aws_node.exit_codes", ("137",), id="exit codes"),
        pytest.param(DESCRIBED, "pods.aws_node.reasons", ("OOMKilled",), id="reasons"),
        pytest.param(json.dumps(TRUST), "iam.trust.problems", (), id="trust"),
        pytest.param(json.dumps(INSTANCE), "ipamd.at_eni_limit", True, id="ENI limit"),
        pytest.param(json.dumps(INSTANCE), "node.subnet", "subnet-0a1b2c3d", id="subnet"),
        pytest.param(TF + "}", "terraform.vpc_cni_enable_ipv4", False, id="module's default"),
        pytest.param(
            f"NAME STATUS ROLES AGE VERSION\n{NODE}  Ready,SchedulingDisabled  <none>  4d  v1.29.1",
            "node.unschedulable",
            True,
            id="cordoned",
        ),
        pytest.param(
            "|  DescribeSubnets |\n|  AvailableIp  |  Id  |\n|  7 |  subnet-0a1b2c3d |",
            "subnets.free_addresses",
            7,
            id="table of subnets",
        ),
        pytest.param(
            '{"Spec":{"process":{"env":["WARM_ENI_TARGET=x","AWS_SECRET_ACCESS_KEY=k"]}}}',
            "env.problems",
            ("WARM_ENI_TARGET=x is no integer",),
            id="container's environment",
        ),
        pytest.param(
            '{"WARM_ENI_TARGET":1,"AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG":true}',
            "env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
            "true",
            id="effective settings",
        ),
    ],
)
def test_a_document_tells(text: str, name: str, value: Value) -> None:
    assert facts(text)[name] == value


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param(
            TF + "vpc_cni_enable_ipv4 = var.four }",
            "terraform.vpc_cni_enable_ipv4",
            id="an expression",
        ),
        pytest.param(
            TF.replace("true", "false"), "terraform.vpc_cni_enable_ipv4", id="not attached"
        ),
        pytest.param(
            '{"attach_vpc_cni_policy": true}', "terraform.vpc_cni_enable_ipv4", id="no module"
        ),
        pytest.param(
            "NAME  CREATED AT\neniconfigs.crd.k8s.amazonaws.com  2026-01-02T03:04:05Z",
            "crds.missing",
            id="one CRD asked for by name",
        ),
        pytest.param(
            json.dumps({**INSTANCE, "InstanceType": "zz9.big"}),
            "ipamd.at_eni_limit",
            id="new type",
        ),
        pytest.param(
            '{"Spec":{"process":{"env":["WARM_ENI_TARGET=1","AWS_SECRET_ACCESS_KEY=k"]}}}',
            "env.AWS_SECRET_ACCESS_KEY",
            id="a secret",
        ),
        pytest.param(
            '{"Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},'
            '"Action":"sts:AssumeRole"}]}',
            "iam.refused_actions",
            id="cluster's role",
        ),
    ],
)
def test_a_document_that_cannot_tell_does_not(text: str, name: str) -> None:
    assert name not in facts(text)


def test_the_trust_of_another_role_is_not_judged() -> None:
    other = json.dumps(TRUST).replace("aws-node", "ebs-csi").replace('"cni"', '"ebs"')
    account = (
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: aws-node\n  annotations:\n"
        "    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/cni\n"
    )

    assert "iam.trust.problems" in facts(other)
    assert "iam.trust.problems" not in facts(other, account)


def test_the_trust_of_another_cluster_is_named() -> None:
    one, two = "A" * 32, "B" * 32
    provider = "oidc.eks.eu-west-1.amazonaws.com/id/"
    trust = json.dumps(TRUST).replace("issuer", provider + one)
    cluster = {"cluster": {"identity": {"oidc": {"issuer": f"https://{provider}{two}"}}}}

    problems = facts(trust, json.dumps(cluster))["iam.trust.problems"]

    assert problems == (f"the OIDC provider {one} is of another cluster (this one's is {two})",)


def test_a_pool_meets_the_limit_of_its_node() -> None:
    enis = {"TotalIPs": 27, "AssignedIPs": 20, "ENIs": {f"eni-{one}": {} for one in range(3)}}
    node = {
        "kind": "Node",
        "metadata": {"name": NODE, "labels": {"node.kubernetes.io/instance-type": "m5.large"}},
    }

    assert facts(json.dumps(enis), json.dumps(node), node=NODE)["ipamd.at_eni_limit"] is True


@pytest.mark.parametrize(("type_", "without"), [("m4.large", ("m4.large",)), ("m5.large", ())])
def test_prefixes_need_nitro(type_: str, without: tuple[str, ...]) -> None:
    env = '{"Spec":{"process":{"env":["WARM_ENI_TARGET=1","ENABLE_PREFIX_DELEGATION=true"]}}}'

    found = facts(env, json.dumps({**INSTANCE, "InstanceType": type_}))

    assert found["prefix.unsupported_types"] == without


def test_both_backends_of_a_node_are_seen_together() -> None:
    rules = "*nat\n:AWS-SNAT-CHAIN-0 - [0:0]\n"
    legacy = f"# Generated by iptables-save v1.8.4 on Mon\n{rules}"
    nft = f"# Generated by iptables-nft-save v1.8.4 (nf_tables) on Mon\n{rules}"

    assert facts(legacy, nft, node=NODE)["iptables.backends"] == ("legacy", "nft")


def test_the_limits_are_those_of_the_table() -> None:
    assert (limits()["m5.large"].enis, limits()["m5.large"].addresses_per_eni) == (3, 10)
    assert not limits()["t2.micro"].nitro


def test_the_shared_evidence_reads_to_its_facts(shared: Path) -> None:
    folder = shared / "samples/evidence"
    wanted = json.loads((folder / "FACTS.json").read_text())
    found = documents.read(ingest.read(str(folder)).documents)
    told = {fact.name: fact.value for fact in found}

    missing = {*told["iam.ipv4.missing_actions"]} | {"ec2:DescribeSubnets"}  # type: ignore[misc]
    assert missing == {*wanted["policy"]["missing_for_ipv4"]}
    assert told["sa.role_arn"] == wanted["sa_role"]
    assert told["subnets.exhausted"] == tuple(wanted["subnet_free"])
    assert told["imds.hop_limit"] == wanted["hop_limit"]
    assert told["terraform.vpc_cni_enable_ipv4"] is False
    assert told["cloudtrail.denied_actions"] == (wanted["cloudtrail"]["action"],)
    assert wanted["trust"]["sub"] in str(told["iam.trust.problems"])


def _pool(*states: tuple[bool, str, str]) -> str:
    addresses = {
        f"10.0.1.{number}": {
            "IPAMKey": {"networkName": "aws-cni" if busy else "", "containerID": "", "ifName": ""},
            "AssignedTime": f"2026-03-02T10:{given}Z" if given else "0001-01-01T00:00:00Z",
            "UnassignedTime": f"2026-03-02T10:{back}Z" if back else "0001-01-01T00:00:00Z",
        }
        for number, (busy, given, back) in enumerate(states)
    }
    return json.dumps({"TotalIPs": len(states), "AssignedIPs": 1, "ENIs": {"eni-0a": addresses}})


@pytest.mark.parametrize(
    ("states", "cooling"),
    [
        pytest.param([(True, "05:00", ""), (False, "01:00", "04:45")], 1, id="just given back"),
        pytest.param([(True, "05:00", ""), (False, "01:00", "04:20")], 0, id="long given back"),
        pytest.param([(True, "05:00", "04:50"), (False, "", "")], 0, id="in use again"),
        pytest.param([(False, "", ""), (False, "", "")], 0, id="never used"),
    ],
)
def test_what_was_given_back_just_now_cools_down(
    states: list[tuple[bool, str, str]], cooling: int
) -> None:
    assert facts(_pool(*states))["ipamd.pool.cooling"] == cooling


def test_nothing_is_said_of_cooling_where_the_state_has_no_times() -> None:
    assert "ipamd.pool.cooling" not in facts('{"TotalIPs": 5, "AssignedIPs": 5}')
