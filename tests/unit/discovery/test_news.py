"""News tell a change once, and what is over before anyone saw it fail is none."""

from __future__ import annotations

import pytest

from cnilog.discovery.news import news, worth_telling
from cnilog.finding import Cause, Report

BLANK = Report()


def _report(confidence: str | None, *, recovered: bool = False, refuted: bool = False) -> Report:
    if confidence is None:
        return BLANK
    cause = Cause.model_validate(
        {
            "id": "subnet-exhausted",
            "title": "full",
            "confidence": confidence,
            "score": 0.5,
            "severity": "high",
            "recovered": recovered,
        }
    )
    return Report(refuted=(cause,)) if refuted else Report(causes=(cause,))


@pytest.mark.parametrize(
    ("before", "now", "event"),
    [
        pytest.param(_report(None), _report("possible"), None, id="a guess is no news"),
        pytest.param(_report(None), _report("likely"), "found", id="likely"),
        pytest.param(_report("possible"), _report("confirmed"), "found", id="no guess any more"),
        pytest.param(_report("likely"), _report("likely"), None, id="told before"),
        pytest.param(_report("likely"), _report("confirmed"), "surer", id="surer"),
        pytest.param(_report("confirmed"), _report("likely"), None, id="less sure, still likely"),
        pytest.param(
            _report("likely"), _report("possible", recovered=True), "recovered", id="over"
        ),
        pytest.param(_report("likely"), _report(None), "recovered", id="not found any more"),
        pytest.param(_report("likely"), _report("possible"), "withdrawn", id="doubted"),
        pytest.param(
            _report("likely"), _report("possible", refuted=True), "withdrawn", id="ruled out"
        ),
        pytest.param(
            _report(None), _report("possible", recovered=True), None, id="over when first seen"
        ),
    ],
)
def test_what_changed_is_told(before: Report, now: Report, event: str | None) -> None:
    told = [one.event for one in news(worth_telling(before), now)]

    assert told == ([event] if event else [])


@pytest.mark.parametrize(("told", "event"), [({"subnet-exhausted"}, "returned"), (set(), "found")])
def test_only_what_was_told_as_over_returns(told: set[str], event: str) -> None:
    before = worth_telling(_report("possible", recovered=True))

    assert [one.event for one in news(before, _report("likely"), told)] == [event]
