"""The README shows what the command prints, and every link in it leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnilog.analysis import analyze
from cnilog.report import View, render

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_report_shown_is_the_one_that_is_printed() -> None:
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    report = analyze(ROOT / "sample_logs/ipv6-only-policy/logs")
    printed = render(report, "text", View(width=80)).splitlines()

    assert shown
    assert shown[1].splitlines()[:6] == printed[:6]


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_it_is_short_enough_to_be_read() -> None:
    assert len(README.splitlines()) < 120


def test_the_notebook_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(ROOT)

    assert example
    exec(example[1], {})
