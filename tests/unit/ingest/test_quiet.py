"""Lines of no interest are left undecoded, and every other one is not."""

from __future__ import annotations

import polars as pl
import pytest

from cnilog.ingest import quiet
from cnilog.ingest.keep import Keep
from cnilog.ingest.quiet import hush


def zap(message: str, *, level: str = "info", at: str = "09:15:02.104Z") -> str:
    return f'{{"level":"{level}","ts":"2026-01-05T{at}","caller":"ipamd/x.go:1","msg":"{message}"}}'


def hushed(*lines: str, levels: tuple[str, ...] = ("error", "fatal")) -> list[str]:
    """Return which of *lines*, between two plain ones each side, are passed over."""
    border = [zap("first"), zap("last")]
    texts = [border[0], *lines, border[1]]
    frame = pl.DataFrame({"of": 0, "of_line": range(1, len(texts) + 1), "text": texts})
    frame = frame.cast({"of": pl.UInt32, "of_line": pl.UInt32})
    found = hush(frame, [len(texts)], Keep.of(("wanted text",), levels))
    assert found.rest.height + found.passed.height == len(texts)
    return found.passed["text"].to_list()


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(zap("IP pool stats"), id="info"),
        pytest.param(zap("IP pool stats", level="debug"), id="debug"),
        pytest.param(zap(r"a \" quote"), id="a quote within"),
    ],
)
def test_a_plain_record_of_no_interest_is_passed_over(line: str) -> None:
    assert hushed(line) == [line]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(zap("a wanted text"), id="a literal"),
        pytest.param(zap("Starting L-IPAMD v1.18.1"), id="a start"),
        pytest.param(zap("x", level="error"), id="an error"),
        pytest.param(zap("x", at="09:15:61.104Z"), id="seconds past 59"),
        pytest.param(zap("x", at="29:15:01.104Z"), id="an hour past 23"),
        pytest.param(zap("x", at="09:15:01.104+0200"), id="another zone"),
        pytest.param(zap(r"\u0077anted text"), id="a literal in escapes"),
        pytest.param(zap('a " loose quote'), id="a loose quote"),
        pytest.param(zap("x").replace("ipamd/x.go:1", "entrypoint.sh"), id="the shell"),
        pytest.param(zap("x")[:-1], id="torn"),
        pytest.param("\tat main.go:1", id="no record"),
    ],
)
def test_what_must_be_decoded_is_left(line: str) -> None:
    assert hushed(line) == []


def test_warnings_are_left_where_they_are_asked_for() -> None:
    line = zap("x", level="warn")

    assert hushed(line) == [line]
    assert hushed(line, levels=("warn", "error")) == []


def test_the_first_and_the_last_before_a_start_are_left() -> None:
    start = zap("Starting L-IPAMD v1.18.1")
    lines = [zap("a"), zap("b"), zap("c"), start, zap("d"), zap("e"), zap("f")]

    assert hushed(*lines) == [zap("a"), zap("b"), zap("e"), zap("f")]


def test_the_texts_that_are_chosen_later_find_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quiet, "PAYS", 0)
    quiet._texts.cache_clear()
    lines = [
        zap("a wanted text"),
        zap("plain"),
        zap("Starting L-IPAMD v1.18.1"),
        zap("x"),
        zap("y"),
    ]
    found = hushed(*lines, zap("z"))
    quiet._texts.cache_clear()

    assert found == [zap("y"), zap("z")]
