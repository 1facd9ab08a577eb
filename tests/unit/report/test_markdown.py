"""A ticket's text is redacted, and no log line becomes structure in it."""

from __future__ import annotations

import pytest
import reports
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from cnilog.report import View, render
from cnilog.report.markdown import code, fenced, prose


def tokens(text: str) -> list[Token]:
    parsed = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
    return [inner for token in parsed for inner in (token, *(token.children or ()))]


def test_names_are_replaced_by_itself() -> None:
    text = render(reports.founding(), "markdown")

    assert "ip-10-1-0-7" not in text


def test_names_stay_where_that_is_asked_for() -> None:
    assert "ip-10-1-0-7" in render(reports.founding(), "markdown", View(redact=False))


def test_the_first_line_is_the_verdict() -> None:
    first = render(reports.founding(), "markdown").splitlines()[0]

    assert first == f"**{reports.founding().verdict}**"


def test_evidence_folds() -> None:
    text = render(reports.founding(), "markdown")

    assert text.count("<details>") == text.count("</details>") == 1


def test_a_command_is_a_code_block_inside_its_step() -> None:
    blocks = [
        t.content for t in tokens(render(reports.founding(), "markdown")) if t.type == "fence"
    ]

    assert "kubectl -n kube-system rollout restart daemonset aws-node\n" in blocks


def test_a_hostile_report_has_only_our_structure() -> None:
    ours = {"<details>", "</details>", "<summary>", "</summary>", "<sub>", "</sub>", "<!-- -->"}
    found = tokens(render(reports.hostile(), "markdown"))

    assert not [t for t in found if t.type in {"link_open", "image", "table_open"}]
    assert {t.content for t in found if t.type == "html_inline"} <= ours
    assert not [t for t in found if t.type == "html_block" and "script" in t.content]
    headings = [t.tag for t in found if t.type == "heading_open"]
    assert set(headings) == {"h3"}


@given(st.text())
def test_any_text_as_prose_stays_one_paragraph_of_text(text: str) -> None:
    found = {t.type for t in tokens(prose(text))}

    assert found <= {
        "paragraph_open",
        "inline",
        "text",
        "paragraph_close",
        "html_inline",
        "text_special",
    }


@pytest.mark.parametrize(
    "text", ["1. one", "- two", "# three", "_four_", "__0__", "snake_case 5*5*5"]
)
def test_prose_reads_as_it_was_written(text: str) -> None:
    found = tokens(prose(text))

    assert "".join(t.content for t in found if t.type in {"text", "text_special"}) == text


@given(st.text(alphabet="`~ab\n "))
def test_any_text_in_a_fence_stays_in_it(text: str) -> None:
    found = tokens(fenced(text) + "after")

    assert [t.type for t in found][:1] == ["fence"]
    assert found[0].content.rstrip("\n") == text.rstrip("\n")
    assert found[-2].content == "after"


@given(st.text(alphabet="`ab<*_ ", min_size=1))
def test_any_text_in_a_code_span_stays_in_it(text: str) -> None:
    found = tokens("x " + code(text) + " y")

    assert {t.type for t in found} <= {
        "paragraph_open", "inline", "text", "code_inline", "paragraph_close",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["@team", "#12", "https://evil.example", "www.evil.example"])
def test_the_site_makes_no_link_of_it(text: str) -> None:
    assert text not in prose(text)


def test_no_secret_is_written() -> None:
    text = render(reports.hostile(), "markdown")

    assert [secret for secret in reports.SECRETS if secret in text] == []


def test_two_thousand_findings_fit_a_ticket() -> None:
    assert len(render(reports.hostile(2_000), "markdown")) < 65_536
