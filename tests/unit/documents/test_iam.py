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


def test_policies_of_two_roles_are_kept_apart() -> None:
    one = {"RoleName": "cni", "PolicyDocument": SIX}
    two = {"RoleName": "other", "PolicyDocument": FOUR}

    found = facts(one, two)["iam.ipv4.missing_actions"]

    assert [bool(fact.value) for fact in found] == [True, False]


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
    [("1.19.3", ()), ("v1.22.0-eksbuild.1", ("ec2:DescribeSubnets",))],
)
def test_what_is_needed_depends_on_the_release(version: str, lacking: tuple[str, ...]) -> None:
    answer = permissions([document(SIX)], modes=("ipv6",), version=version)[0]

    assert answer.lacking == lacking


def test_the_statement_to_add_is_all_that_was_missing() -> None:
    lacking = permissions([document(SIX)], modes=("ipv4",))[0]
    added = {"Statement": statement(one.action for one in lacking.missing)}

    assert not permissions([document(SIX), document(added)], modes=("ipv4",))[0].missing
