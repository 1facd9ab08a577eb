"""``cnilog iam`` says what is missing, adds it, and ends as asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cnilog.cli import app

READS = {"Effect": "Allow", "Action": ["ec2:Describe*", "ec2:CreateTags"], "Resource": "*"}
SIX = {"Statement": [READS, {"Effect": "Allow", "Action": "ec2:*Ipv6Addresses"}]}


@pytest.fixture
def policy(tmp_path: Path) -> str:
    path = tmp_path / "policy.json"
    path.write_text(json.dumps(SIX))
    return str(path)


def run(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["iam", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_step_the_log_line_and_the_statement_are_named(policy: str) -> None:
    code, text, _ = run(policy, "--mode", "ipv4")

    assert code == 0
    assert "ec2:AssignPrivateIpAddresses" in text
    assert "the start fails" in text
    assert "shows as: Failed to allocate a private IP/Prefix addresses on ENI" in text
    assert '"Effect": "Allow"' in text


@pytest.mark.parametrize(("mode", "code"), [("ipv4", 1), ("ipv6", 0)])
def test_fail_ends_with_one_where_the_mode_cannot_work(policy: str, mode: str, code: int) -> None:
    assert run(policy, "--mode", mode, "--fail")[0] == code


def test_json_is_whole(policy: str) -> None:
    found = json.loads(run(policy, "--format", "json")[1])

    assert {one["mode"] for one in found["answers"]} >= {"ipv4", "ipv6", "pod-eni"}


def test_a_trust_policy_is_judged_without_a_policy(tmp_path: Path) -> None:
    sub = {"oidc.eks.eu-west-1.amazonaws.com/id/A:sub": "system:serviceaccount:kube-system:other"}
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/x"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": sub},
    }
    path = tmp_path / "trust.json"
    path.write_text(json.dumps({"Statement": [trust]}))

    code, text, _ = run(str(path), "--fail")

    assert (code, "aws-node may not assume the role" in text) == (1, True)


@pytest.mark.parametrize("text", ["{}", "not a policy", '{"Statement": [{"Effect": "Allow"}]}'])
def test_what_is_no_policy_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text)

    code, _, trouble = run(str(path))

    assert code == 2
    assert len(trouble.splitlines()) == 1


def test_a_version_that_is_none_is_refused(policy: str) -> None:
    assert run(policy, "--version", "new")[0] == 2


def test_an_attached_policy_that_is_not_here_may_allow_it(tmp_path: Path) -> None:
    names = ("AmazonEKSWorkerNodePolicy", "our-own")
    rows = [{"PolicyName": one, "PolicyArn": f"arn:aws:iam::aws:policy/{one}"} for one in names]
    path = tmp_path / "attached.json"
    path.write_text(json.dumps({"AttachedPolicies": rows}))

    code, text, _ = run(str(path), "--mode", "ipv4", "--fail")

    assert (code, "attached but not read, and may allow it: our-own" in text) == (0, True)


def test_a_trust_policy_of_another_role_is_said_to_be_left_out(tmp_path: Path) -> None:
    statement = {"Effect": "Allow", "Principal": {"Federated": "p"}, "Action": "sts:AssumeRole"}
    trust = {"Role": {"RoleName": "cni", "AssumeRolePolicyDocument": {"Statement": [statement]}}}
    (tmp_path / "trust.json").write_text(json.dumps(trust), "utf-8")
    (tmp_path / "sa.yaml").write_text(
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: aws-node\n  annotations:\n"
        "    eks.amazonaws.com/role-arn: arn:aws:iam::111122223333:role/other\n",
        "utf-8",
    )
    text = run(str(tmp_path))[1]

    assert "not judged: it is of role cni, and the service account names other" in text


@pytest.mark.parametrize(
    ("version", "fails"), [("1.21.0", False), ("1.22.1", True), ("1.22.2", False)]
)
def test_two_releases_end_their_start_without_describe_security_groups(
    tmp_path: Path, version: str, fails: bool
) -> None:
    tags = {"Statement": [{"Effect": "Allow", "Action": "ec2:CreateTags", "Resource": "*"}]}
    (tmp_path / "policy.json").write_text(json.dumps(tags), "utf-8")
    text = run(str(tmp_path), "--mode", "ipv4", "--version", version)[1]

    assert ("ec2:DescribeSecurityGroups (v1.22.0 to v1.22.1)" in text) is fails


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        pytest.param('{"Statement": [', "line 1, column", id="cut off"),
        pytest.param("[" * 100_000, "nested too deep", id="deep"),
        pytest.param('{"Version": ' + "9" * 5_000 + "}", "a number that is too long", id="long"),
    ],
)
def test_what_is_no_json_is_told(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "policy.json"
    path.write_text(text)
    code, _, error = run(str(path))

    assert (code, error.count("\n")) == (2, 1)
    assert wrong in error
