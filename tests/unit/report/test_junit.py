"""JUnit: a cause that the logs support fails, a guess does not."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
import reports

from cnilog.report import render


def suites(report) -> ET.Element:  # type: ignore[no-untyped-def]
    return ET.fromstring(render(report, "junit").encode())


def test_a_confirmed_cause_is_a_failed_case_that_points_at_a_file() -> None:
    case = suites(reports.founding()).find(".//testcase[@name='iam-missing-ipv4-permissions']")

    assert case is not None
    assert case.find("failure") is not None
    assert (case.get("file"), case.get("line")) == ("role-policy.json", "7")


def test_a_possible_cause_is_skipped() -> None:
    case = suites(reports.founding()).find(".//testcase[@name='kube-proxy-down']")

    assert case is not None
    assert case.find("failure") is None
    assert case.find("skipped") is not None


def test_a_recovered_cause_is_skipped() -> None:
    case = suites(reports.fleet()).find(".//testcase[@name='imds-unreachable']/skipped")

    assert case is not None


def test_a_healthy_input_is_one_case_that_passed() -> None:
    root = suites(reports.healthy())

    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("1", "0", "0")


@pytest.mark.parametrize("build", [reports.founding, reports.fleet, reports.hostile])
def test_the_totals_are_those_of_the_cases(build) -> None:  # type: ignore[no-untyped-def]
    root = suites(build())

    assert int(root.get("tests", "")) == len(root.findall(".//testcase"))
    assert int(root.get("failures", "")) == len(root.findall(".//failure"))
    assert int(root.get("skipped", "")) == len(root.findall(".//skipped"))


def test_hostile_text_is_no_element_and_leaks_nothing() -> None:
    text = render(reports.hostile(), "junit")

    assert ET.fromstring(text.encode()).findall(".//script") == []
    assert [secret for secret in reports.SECRETS if secret in text] == []


def test_thousands_of_findings_stay_bounded() -> None:
    assert len(render(reports.hostile(2_500), "junit")) < 5_500_000
