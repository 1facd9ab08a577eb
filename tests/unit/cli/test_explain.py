"""``explain`` says of a line or an id what a person at a terminal wants to know next."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from cnilog.catalog import load_catalog
from cnilog.catalog.messages import VERB, dictionary
from cnilog.cli import app
from cnilog.discovery.explain import explain, named

CATALOG = load_catalog()


def _told(what: str) -> str:
    result = CliRunner().invoke(app, ["explain", what])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param(
            '{"level":"debug","ts":"2026-03-02T09:59:11.325Z","caller":"x.go:1",'
            '"msg":"Total number of interfaces found: 2 "}',
            ["ipamd (debug)", "ipamd's start", "an ordinary message", "IF NOTHING FOLLOWS IT"],
            id="a step of the start",
        ),
        pytest.param(
            'time="2026-03-02T09:58:30Z" level=info msg="Checking for IPAM connectivity... "',
            ["entrypoint (info)", "next: Copying config file", "ipamd-not-serving"],
            id="the last line of many a log",
        ),
        pytest.param(
            "Failed to allocate a private IP/Prefix addresses on ENI eni-0123456789abcdef0: "
            "InsufficientFreeAddressesInSubnet: The specified subnet does not have enough free "
            "addresses to satisfy the request.",
            ["cause subnet-exhausted", "what usually follows: ", "WHAT TO CHECK", "WHAT TO DO"],
            id="a cause",
        ),
        pytest.param(
            "Retrying waiting for IPAM-D",
            ["symptom ipamd-not-serving", "what brings it about: "],
            id="a symptom",
        ),
        pytest.param("CNINode is deleted", ["an ordinary message"], id="nothing wrong"),
    ],
)
def test_a_line_is_explained(line: str, says: list[str]) -> None:
    told = _told(line)

    assert [one for one in says if one not in told] == []
    assert max(map(len, told.splitlines()[1:])) <= 120  # the line itself is as long as it is


def test_every_cause_and_symptom_has_an_explanation_that_fits_the_terminal() -> None:
    from cnilog.cli.explain import _of_id

    for name in {name for one in CATALOG.patterns for name in (one.id, one.finding_id)}:
        text = list(_of_id(CATALOG, name, named(CATALOG, name)))

        assert "WHY" in text
        assert "HOW IT SHOWS" in text
        assert not any("\n" in line for line in text)


def test_every_error_of_the_dictionary_is_explained() -> None:
    errors = [one for one in dictionary().templates if one.level == "error"][::17]
    for one in errors:
        message = VERB.sub("x", one.text.replace("\\n", "\n").replace("\\t", "\t"))
        if sum(map(len, one.pieces)) > 12:
            assert one.text in {found.text for found in explain(CATALOG, message).templates}


@pytest.mark.parametrize(
    ("what", "near"),
    [
        pytest.param("subnet-exausted", "subnet-exhausted", id="an id with a slip"),
        pytest.param("Failed to reach the API server", "Unable to reach API Server", id="words"),
        pytest.param("qwertz uiop", "Give a whole line", id="nothing near"),
    ],
)
def test_what_is_not_known_names_what_comes_near(what: str, near: str) -> None:
    result = CliRunner().invoke(app, ["explain", what])

    assert result.exit_code == 2
    assert near in result.stderr
