"""Policies written in Terraform count as those that the AWS CLI prints."""

from __future__ import annotations

import pytest

from cnilog.documents.hcl import terraform_policies
from cnilog.documents.permissions import permissions
from cnilog.finding import Document

pytest.importorskip("hcl2", reason="python-hcl2 is not installed")

SOURCE = """
data "aws_iam_policy_document" "six" {
  statement {
    actions   = ["ec2:AssignIpv6Addresses", "ec2:DescribeNetworkInterfaces"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "four" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["ec2:*"], Resource = "*" }]
  })
}
"""
COMPUTED = """
data "aws_iam_policy_document" "cni" {
  statement {
    actions   = concat(local.actions, ["ec2:AssignIpv6Addresses"])
    resources = ["*"]
  }
}
"""
HEREDOC = """
resource "aws_iam_role_policy" "cni" {
  policy = <<POLICY
{"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
POLICY
}
"""


def missing(text: str) -> dict[str | None, int]:
    found = permissions([Document("main.tf", text)], modes=("ipv4",))
    return {one.role: len(one.lacking) for one in found}


def test_each_block_is_judged_by_itself() -> None:
    assert missing(SOURCE) == {"aws_iam_policy_document.six": 11, "aws_iam_policy.four": 0}


def test_a_policy_in_a_heredoc_is_read() -> None:
    assert missing(HEREDOC) == {"aws_iam_role_policy.cni": 0}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(COMPUTED, id="computed actions"),
        pytest.param(SOURCE[:80], id="cut"),
        pytest.param("aws_iam_policy is a word", id="prose"),
        pytest.param("x = {" * 2_000 + "aws_iam_policy", id="too deep"),
    ],
)
def test_what_cannot_be_told_says_nothing(text: str) -> None:
    assert not terraform_policies(text)
