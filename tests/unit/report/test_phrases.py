"""The words that reporters share say what is known, and no more."""

from __future__ import annotations

import pytest
import reports

from cnilog.finding import Report
from cnilog.report import phrases


def silent(report: Report, **update: object) -> Report:
    return report.model_copy(update={"verdict": "", **update})


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            silent(reports.founding()),
            "The aws-node role may not call ec2:AssignPrivateIpAddresses and 5 more "
            "(confirmed, 3 of 3 nodes).",
            id="confirmed",
        ),
        pytest.param(
            silent(reports.founding(), causes=(reports.missing_permissions((), confirmed=False),)),
            "The logs cannot tell the cause. The one candidate: The aws-node role may not call "
            "ec2:AssignPrivateIpAddresses and 5 more.",
            id="one candidate",
        ),
        pytest.param(silent(reports.healthy()), "Nothing wrong found.", id="healthy"),
        pytest.param(
            silent(reports.healthy(), missing=("ipamd.log",)),
            "Nothing wrong found in what was given; what is missing is named below.",
            id="something missing",
        ),
        pytest.param(
            silent(reports.founding(), causes=()),
            "No cause found for what is seen: aws-node waits for ipamd.",
            id="symptoms only",
        ),
        pytest.param(
            silent(reports.founding(), causes=(), symptoms=()),
            "No known cause found; 1 kind of error lines that no pattern knows.",
            id="unknown shapes only",
        ),
        pytest.param(Report(), "Nothing could be read.", id="nothing"),
    ],
)
def test_the_verdict_is_one_true_sentence(report: Report, expected: str) -> None:
    assert phrases.verdict(report) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.03, "30 ms"), (2, "2.0 s"), (59.96, "1 m"), (100, "1 m 40 s"), (3600, "1 h"),
     (11100, "3 h 5 m"), (3605, "1 h"), (187200, "2 d 4 h"), (3599.9, "1 h")],
)  # fmt: skip
def test_a_duration_reads_as_people_say_it(seconds: float, expected: str) -> None:
    assert phrases.duration(seconds) == expected
