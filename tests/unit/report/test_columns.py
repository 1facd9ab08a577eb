"""Lines are laid out in columns, wherever the text is made."""

from __future__ import annotations

import pytest

from cnilog.report.columns import laid_out, line


def test_a_long_line_wraps_under_its_mark() -> None:
    text = laid_out([line("one two three four", mark="1. ", indent=2)], width=24, color=False)

    assert text == "  1. one two three four\n"
    text = laid_out([line("one two three four five six", mark="1. ")], width=23, color=False)
    assert text == "1. one two three four\n   five six\n"


def test_a_command_never_wraps() -> None:
    command = "kubectl " + "x" * 100

    assert laid_out([line(command, wrap=False)], width=40, color=False) == command + "\n"


def test_a_notebook_gets_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)

    assert laid_out([line("a"), line("b")], width=40, color=False) == "a\nb\n"
