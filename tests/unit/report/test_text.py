"""The terminal's report says the answer first, and nothing in a log can take the terminal over."""

from __future__ import annotations

import unicodedata

import pytest
import reports

from cnilog.report import View, render


def lines(text: str) -> list[str]:
    return text.splitlines()


def test_the_verdict_is_the_first_line() -> None:
    assert lines(render(reports.founding()))[0] == reports.founding().verdict


def test_only_the_verdict_where_only_that_is_asked_for() -> None:
    text = render(reports.founding(), "text", View(detail="verdict"))

    assert text == reports.founding().verdict + "\n"


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("build", [reports.founding, reports.healthy, reports.fleet])
def test_no_line_is_wider_than_the_terminal_but_for_commands(build, width) -> None:  # type: ignore[no-untyped-def]
    text = render(build(), "text", View(width=width))

    wide = [line.strip() for line in lines(text) if len(line) > width]
    assert [line for line in wide if not line.startswith(("aws ", "kubectl ", "sudo "))] == []


def test_a_command_stands_unbroken_on_its_own_line() -> None:
    text = render(reports.founding(), "text", View(width=60))

    assert "kubectl -n kube-system rollout restart daemonset aws-node" in [
        line.strip() for line in lines(text)
    ]


def test_a_folded_symptom_is_told_with_its_cause_and_not_beside_it() -> None:
    text = render(reports.founding(), "text", View(width=120))

    assert "brings about ipamd-not-serving ×214 every 2.0 s" in text
    assert "aws-node waits for ipamd" not in text
    assert "A link goes up and down (link-flaps)" in text


def test_guesses_beside_a_named_cause_are_one_line_each() -> None:
    text = render(reports.founding(), "text", View(width=120))

    assert "2 · possible: kube-proxy does not run (kube-proxy-down)" in lines(text)


def test_guesses_alone_are_told_with_what_is_seen_and_what_to_collect() -> None:
    guesses = (reports.missing_permissions((), confirmed=False), reports.founding().causes[1])
    undecided = reports.founding().model_copy(update={"causes": guesses})
    text = render(undecided, "text", View(width=120))

    order = ["Seen  aws-node waits for ipamd", "1 · POSSIBLE", "2 · possible", "Next", "Read"]
    assert sorted(order, key=text.index) == order
    assert lines(text).count("  Fix, if this is the cause") == 1
    assert "  Fix" not in lines(text)


def test_paths_are_told_from_the_folder_that_all_share() -> None:
    case = "/var/tmp/case/bundle.tgz!var_log/"
    moved = reports.healthy().model_copy(
        update={
            "sources": tuple(
                reports.healthy().sources[0].model_copy(update={"file": case + name})
                for name in ("a/ipamd.log", "a/plugin.log", "b/ipamd.log")
            ),
            "notes": (f"{case}a/plugin.log: looks odd",),
        }
    )
    text = render(moved, "text", View(width=120))

    assert "3 files in /var/tmp/case/bundle.tgz!var_log, 900 lines" in text
    assert "Note        a/plugin.log: looks odd" in text


def test_the_same_text_is_told_once() -> None:
    text = render(reports.fleet(), "text", View(width=120))

    assert text.count("      InsufficientFreeAddressesInSubnet") == 1
    assert text.count("  the same") == 2


def test_all_evidence_with_its_surroundings_where_all_is_asked_for() -> None:
    brief, full = (
        render(reports.founding(), "text", View(detail=detail)) for detail in ("normal", "all")
    )

    assert "line before" not in brief
    assert "line before" in full
    assert "aws-node-sqj9w.log:14" not in brief
    assert "aws-node-sqj9w.log:14" in full


def test_without_colour_there_is_no_escape_at_all() -> None:
    assert "\x1b" not in render(reports.founding(), "text", View(color=False))


def test_colours_are_the_terminals_own_sixteen() -> None:
    text = render(reports.founding(), "text", View(color=True))

    assert "\x1b[1;31m" in text
    assert "38;5" not in text
    assert "38;2" not in text


@pytest.mark.parametrize("detail", ["normal", "all"])
def test_no_character_of_a_log_acts_on_the_terminal(detail) -> None:  # type: ignore[no-untyped-def]
    text = render(reports.hostile(), "text", View(detail=detail))

    acting = {char for char in text if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}}
    assert acting == {"\n"}


@pytest.mark.parametrize("detail", ["verdict", "normal", "all"])
def test_no_secret_is_shown(detail) -> None:  # type: ignore[no-untyped-def]
    text = render(reports.hostile(), "text", View(detail=detail))

    assert [secret for secret in reports.SECRETS if secret in text] == []


def test_two_thousand_findings_stay_readable() -> None:
    assert len(lines(render(reports.hostile(2_000), "text"))) < 500


def test_a_huge_message_is_cut_with_a_mark() -> None:
    text = render(reports.hostile(), "text")

    assert "characters)" in text
    assert len(text) < 40_000
