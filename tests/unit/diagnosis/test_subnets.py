"""A full subnet is a proof only where nodes use it."""

from __future__ import annotations

import pytest
from made_up import pattern, report, says, sure

from cnilog import documents
from cnilog.finding import Document, Fact

FULL = pattern(
    "full",
    signals=says("no address", "weak"),
    evidence=[
        {"fact": "subnets.exhausted", "confirms": "value is not empty"},
        {"fact": "subnets.some_exhausted", "supports": "value is not empty"},
    ],
)
WANTS = ("n1", "no address")
MINE = ("n1", "Found subnet-id: subnet-0aaa1111")


def listed(**free: int) -> tuple[Fact, ...]:
    rows = ", ".join(
        f'{{"SubnetId": "subnet-{name}", "AvailableIpAddressCount": {count}}}'
        for name, count in free.items()
    )
    return documents.read([Document("subnets.json", f'{{"Subnets": [{rows}]}}')])


def test_the_full_subnet_of_the_node_proves_it() -> None:
    facts = listed(**{"0aaa1111": 0, "0bbb2222": 200})

    assert sure(report([FULL], MINE, WANTS, facts=facts)) == [("full", "confirmed")]


def test_another_full_subnet_proves_nothing() -> None:
    facts = listed(**{"0aaa1111": 200, "0bbb2222": 0})

    assert sure(report([FULL], MINE, WANTS, facts=facts)) == [("full", "possible")]


def test_one_of_several_speaks_for_it_where_nothing_says_which_is_used() -> None:
    found = report([FULL], WANTS, facts=listed(**{"0aaa1111": 200, "0bbb2222": 0})).causes[0]

    assert found.confidence == "possible"
    assert any("some_exhausted" in one.text for one in found.reasons)


def test_the_only_subnet_that_was_asked_about_is_meant() -> None:
    assert sure(report([FULL], WANTS, facts=listed(**{"0bbb2222": 0}))) == [("full", "confirmed")]


def test_the_subnet_of_an_eniconfig_is_used() -> None:
    config = (
        "apiVersion: crd.k8s.amazonaws.com/v1alpha1\nkind: ENIConfig\nmetadata: {name: a}\n"
        "spec: {subnet: subnet-0bbb2222, securityGroups: [sg-01]}\n"
    )
    facts = (*documents.read([Document("eniconfig.yaml", config)]), *listed(**{"0bbb2222": 0}))

    assert sure(report([FULL], MINE, WANTS, facts=facts)) == [("full", "confirmed")]


@pytest.mark.parametrize("count", ["true", "null", '"7"', "1.5", "[]", "12345678901234567890123"])
def test_what_is_no_count_is_no_free_address(count: str) -> None:
    rows = f'{{"SubnetId": "subnet-0aaa1111=2", "AvailableIpAddressCount": {count}}}'
    text = f'{{"Subnets": [{rows}, {{"SubnetId": "a=b", "AvailableIpAddressCount": 3}}]}}'

    facts = documents.read([Document("subnets.json", text)])

    assert [fact.value for fact in facts if fact.name == "subnets.each"] == [("a=b=3",)]
    assert sure(report([FULL], MINE, WANTS, facts=facts)) == [("full", "possible")]
