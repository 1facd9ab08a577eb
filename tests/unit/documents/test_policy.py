"""The evaluator answers as AWS does for the part of the grammar that it decides."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilog.documents.policy import judge, statements

ACTIONS = ("ec2:AttachNetworkInterface", "ec2:CreateTags", "ec2:DescribeSubnets")
WORDS = st.sampled_from(
    [
        *ACTIONS,
        "*",
        "ec2:*",
        "ec2:Describe*",
        "EC2:createtags",
        "ec2:?reateTags",
        "s3:*",
        "ec2:[C]*",
    ]
)


def oracle(document: list[dict[str, object]], action: str) -> str:
    """Say it the long way: deny wins, then allow, conditions leave it open."""

    def fits(word: str) -> bool:
        shape = re.escape(word).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(shape, action, re.IGNORECASE) is not None

    about = []
    for one in document:
        key = "Action" if "Action" in one else "NotAction"
        if any(map(fits, one[key])) is (key == "Action"):  # type: ignore[arg-type]
            about.append(one)
    if any(one["Effect"] == "Deny" and "Condition" not in one for one in about):
        return "denied"
    if not any(one["Effect"] == "Allow" for one in about):
        return "missing"
    if any(one["Effect"] == "Deny" for one in about):
        return "conditional"
    sure = any(one["Effect"] == "Allow" and "Condition" not in one for one in about)
    return "allowed" if sure else "conditional"


STATEMENT = st.builds(
    lambda effect, key, words, condition: {"Effect": effect, key: words, **condition},
    st.sampled_from(["Allow", "Deny"]),
    st.sampled_from(["Action", "NotAction"]),
    st.lists(WORDS, min_size=1, max_size=3),
    st.sampled_from([{}, {"Condition": {"Bool": {"aws:SecureTransport": "true"}}}]),
)


@given(st.lists(STATEMENT, max_size=4), st.sampled_from(ACTIONS))
def test_every_statement_is_weighed_as_the_rules_say(
    document: list[dict[str, object]], action: str
) -> None:
    verdict = judge(statements({"Statement": document}), [action])
    answer = (
        "denied"
        if verdict.denied
        else "missing"
        if verdict.missing
        else "conditional"
        if verdict.conditional
        else "allowed"
    )

    assert answer == oracle(document, action)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({"Statement": {"Effect": "Allow", "Action": "ec2:*"}}, id="scalars"),
        pytest.param({"Statement": [{"Effect": "Allow", "NotAction": "s3:*"}]}, id="NotAction"),
    ],
)
def test_what_is_not_in_a_list_counts_too(document: object) -> None:
    assert not judge(statements(document), ACTIONS).missing


def test_a_trust_statement_allows_no_action() -> None:
    trust = {"Effect": "Allow", "Principal": "*", "Action": "*"}

    assert judge(statements({"Statement": [trust]}), ACTIONS).missing == ACTIONS


ENI = "arn:aws:ec2:*:*:network-interface/*"
ON = {"ec2:AttachNetworkInterface": ("network-interface", "instance")}


@pytest.mark.parametrize(
    ("resource", "answer"),
    [
        pytest.param("*", "allowed", id="everything"),
        pytest.param([ENI, "arn:aws:ec2:*:*:instance/*"], "allowed", id="every kind"),
        pytest.param(["arn:aws:ec2:*"], "allowed", id="every resource of EC2"),
        pytest.param(["arn:aws:ec2:*:*:*/*"], "allowed", id="any kind"),
        pytest.param(
            ["arn:aws-cn:ec2:cn-north-1:111122223333:*"], "allowed", id="one region and account"
        ),
        pytest.param([ENI], "missing", id="one kind of two"),
        pytest.param("arn:aws:s3:::bucket/*", "missing", id="another service"),
        pytest.param([ENI, "arn:aws:ec2:*:*:instance/i-0a"], "conditional", id="one instance"),
        pytest.param([ENI, "arn:aws:ec2:*:*:instance/i-*"], "allowed", id="every id there is"),
    ],
)
def test_an_action_needs_every_kind_of_its_resources(resource: object, answer: str) -> None:
    allow = {"Effect": "Allow", "Action": "ec2:*", "Resource": resource}
    verdict = judge(statements({"Statement": [allow]}), list(ON), ON)
    found = [word for word in ("missing", "conditional", "denied") if getattr(verdict, word)]

    assert found == ([] if answer == "allowed" else [answer])


def test_a_denial_for_another_kind_of_resource_denies_nothing() -> None:
    rows = [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": "ec2:*", "Resource": "arn:aws:ec2:*:*:volume/*"},
    ]

    assert judge(statements({"Statement": rows}), list(ON), ON).denied == ()


def test_an_action_without_resources_of_its_own_must_be_allowed_on_all() -> None:
    allow = {"Effect": "Allow", "Action": "ec2:DescribeSubnets", "Resource": ENI}

    assert judge(statements({"Statement": [allow]}), ["ec2:DescribeSubnets"], ON).missing
