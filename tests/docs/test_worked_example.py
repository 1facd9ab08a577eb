"""The documented sum is the one that the program computes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnilog.analysis import analyze

REPOSITORY = Path(__file__).parents[2]
ROW = re.compile(r"^\| (\d\.\d\d) \| (\w+) \| (.+) \|$", re.M)
TOTAL = re.compile(r"^\| \*\*(\d\.\d\d)\*\* \| \*\*(\w+)\*\* \|", re.M)


def test_the_worked_example_is_what_comes_out() -> None:
    page = (REPOSITORY / "docs/diagnosis.md").read_text("utf-8")
    first = analyze(REPOSITORY / "sample_logs/ipv6-only-policy-logs-alone/logs").causes[0]
    rows = ROW.findall(page)

    assert rows == [(f"{one.weight:.2f}", one.effect, one.text) for one in first.reasons]
    assert TOTAL.findall(page) == [(f"{first.score:.2f}", first.confidence)]
    assert sum(float(weight) for weight, _, _ in rows) == pytest.approx(first.score, abs=0.005)
