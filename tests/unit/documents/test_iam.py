"""Policies in any wrapping give the actions that the role lacks, role by role."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from cnilog import documents
from cnilog.documents.permissions import permissions, statement
from cnilog.finding import Document, Fact

SIX = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "ec2:AssignIpv6Addresses",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeInstanceTypes",
            ],
            "Resource": "*",
        },
        {"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"},
    ],
}
FOUR = {"Statement": {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}}


def document(value: Any, file: str = "policy.json") -> Document:
    return Document(file, value if isinstance(value, str) else json.dumps(value, indent=1))


def facts(*values: Any) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in documents.read([document(one, f"{at}.json") for at, one in enumerate(values)]):
        found.setdefault(fact.name, []).append(fact)
    return found


@pytest.mark.parametrize(
    "wrapped",
    [
        pytest.param(SIX, id="bare"),
        pytest.param({"PolicyVersion": {"Document": SIX, "VersionId": "v2"}}, id="policy version"),
        pytest.param({"RoleName": "cni", "PolicyDocument": SIX}, id="role's own"),
        pytest.param({"PolicyVersion": {"Document": quote(json.dumps(SIX))}}, id="URL-encoded"),
        pytest.param(quote(json.dumps(SIX)), id="URL-encoded, bare"),
        pytest.param(SIX["Statement"], id="list of statements"),
        pytest.param({"values": {"policy": json.dumps(SIX)}}, id="string in a plan"),
    ],
)
def test_the_missing_actions_are_named_in_every_wrapping(wrapped: object) -> None:
    found = facts(wrapped)

    assert "ec2:AssignPrivateIpAddresses" in found["iam.ipv4.missing_actions"][0].value  # type: ignore[operator]
    assert found["iam.ipv6.missing_actions"][0].value == ()


def test_policies_of_one_role_add_up() -> None:
    assert facts(SIX, FOUR)["iam.ipv4.missing_actions"][0].value == ()


ROLES = (
    {"RoleName": "cni", "PolicyDocument": SIX},
    {"RoleName": "other", "PolicyDocument": FOUR},
)


def test_policies_of_two_roles_are_kept_apart() -> None:
    found = permissions([document(one) for one in ROLES], modes=("ipv4",))

    assert [(one.role, bool(one.missing)) for one in found] == [("cni", True), ("other", False)]


def test_nothing_is_missing_where_one_of_two_roles_may_be_the_one() -> None:
    found = facts(*ROLES)["iam.ipv4.missing_actions"]

    assert [fact.value for fact in found] == [()]


def test_the_role_that_trusts_aws_node_is_the_one_that_counts() -> None:
    subject = {"StringEquals": {"o:sub": "system:serviceaccount:kube-system:aws-node"}}
    allow = {"Effect": "Allow", "Principal": {"Federated": "o"}, "Condition": subject}
    trust = {"Statement": [allow | {"Action": "sts:AssumeRoleWithWebIdentity"}]}
    found = facts(*ROLES, {"Role": {"RoleName": "cni", "AssumeRolePolicyDocument": trust}})

    assert [bool(fact.value) for fact in found["iam.ipv4.missing_actions"]] == [True]


def test_the_role_of_the_service_account_is_the_one_that_counts() -> None:
    account = {
        "kind": "ServiceAccount",
        "metadata": {
            "name": "aws-node",
            "annotations": {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/a/cni"},
        },
    }
    one = {"RoleName": "cni", "PolicyDocument": FOUR}
    two = {"RoleName": "other", "PolicyDocument": SIX}

    found = facts(account, one, two)["iam.ipv4.missing_actions"]

    assert [fact.value for fact in found] == [()]


def attached(*names: str) -> dict[str, Any]:
    rows = [{"PolicyName": one, "PolicyArn": f"arn:aws:iam::aws:policy/{one}"} for one in names]
    return {"AttachedPolicies": rows}


def test_the_managed_policy_is_complete_for_ipv4_only() -> None:
    found = facts(attached("AmazonEKS_CNI_Policy"))

    assert found["iam.ipv4.missing_actions"][0].value == ()
    assert found["iam.ipv6.missing_actions"][0].value == ("ec2:AssignIpv6Addresses",)


def test_an_attached_policy_that_was_not_read_leaves_it_open() -> None:
    found = facts(attached("AmazonEKSWorkerNodePolicy", "our-own"))

    assert "iam.ipv4.missing_actions" not in found


def test_an_attached_policy_that_was_read_does_not() -> None:
    found = facts(attached("our-own"), SIX)

    assert found["iam.ipv4.missing_actions"][0].value


def test_a_policy_of_another_program_says_nothing() -> None:
    other = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}

    assert not facts(other)
    assert documents.kind(document(other)) is None


@pytest.mark.parametrize(
    "actions",
    [
        pytest.param(["ec2:DescribeInstanceTypes", "autoscaling:*"], id="autoscaler"),
        pytest.param(["ec2:CreateNetworkInterface", "ec2:Describe*"], id="another ENI user"),
    ],
)
def test_a_policy_that_looks_at_ec2_is_not_the_cni_s(actions: list[str]) -> None:
    assert not facts({"Statement": [{"Effect": "Allow", "Action": actions, "Resource": "*"}]})


def test_an_organisation_s_policy_denies_and_allows_nothing() -> None:
    deny = {"Effect": "Deny", "Action": "ec2:AttachNetworkInterface", "Resource": "*"}

    assert set(facts({"Statement": [deny]})) == {"iam.denied_actions"}


def test_a_policy_of_that_name_in_the_account_is_not_that_of_aws() -> None:
    own = {"PolicyName": "AmazonEKS_CNI_Policy", "PolicyArn": "arn:aws:iam::111122223333:policy/x"}

    assert "iam.ipv4.missing_actions" not in facts({"AttachedPolicies": [own]})


def test_what_depends_on_a_condition_is_neither_missing_nor_allowed() -> None:
    condition = {"StringEquals": {"aws:ResourceTag/cluster.k8s.amazonaws.com/name": "demo"}}
    allow = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": condition}
    found = facts({"Statement": [allow]})

    assert "iam.ipv4.missing_actions" not in found
    assert found["iam.condition_keys"][0].value == (
        "aws:ResourceTag/cluster.k8s.amazonaws.com/name",
    )


def test_the_simulation_of_aws_says_what_is_refused() -> None:
    said = {"ec2:CreateTags": "explicitDeny", "ec2:AssignPrivateIpAddresses": "implicitDeny"}
    rows = [{"EvalActionName": one, "EvalDecision": word} for one, word in said.items()]
    found = facts({"EvaluationResults": [*rows, {"EvalActionName": "s3:x", "EvalDecision": "no"}]})

    assert found["iam.denied_actions"][0].value == ("ec2:CreateTags",)
    assert found["iam.ipv4.missing_actions"][0].value == ("ec2:AssignPrivateIpAddresses",)
    assert "iam.ipv6.missing_actions" not in found


def test_a_denial_and_a_condition_are_told_apart() -> None:
    deny = {"Effect": "Deny", "Action": "ec2:CreateTags", "Resource": "*"}
    tagged = {
        "Effect": "Allow",
        "Action": "ec2:DeleteNetworkInterface",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:ResourceTag/cluster.k8s.amazonaws.com/name": "demo"}},
    }

    found = facts({"Statement": [*SIX["Statement"], deny, tagged]})  # type: ignore[misc]

    assert found["iam.denied_actions"][0].value == ("ec2:CreateTags",)
    assert found["iam.conditional_actions"][0].value == ("ec2:DeleteNetworkInterface",)


@pytest.mark.parametrize(
    ("version", "lacking"),
    [
        ("1.19.3", ()),
        ("v1.22.0-eksbuild.1", ("ec2:DescribeSubnets", "ec2:DescribeSecurityGroups")),
        ("v1.22.2-eksbuild.1", ("ec2:DescribeSubnets",)),
    ],
)
def test_what_is_needed_depends_on_the_release(version: str, lacking: tuple[str, ...]) -> None:
    answer = permissions([document(SIX)], modes=("ipv6",), version=version)[0]

    assert answer.lacking == lacking


def test_the_statement_to_add_is_all_that_was_missing() -> None:
    lacking = permissions([document(SIX)], modes=("ipv4",))[0]
    added = {"Statement": statement(one.action for one in lacking.missing)}

    assert not permissions([document(SIX), document(added)], modes=("ipv4",))[0].missing
