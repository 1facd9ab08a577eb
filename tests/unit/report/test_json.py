"""The JSON document is the contract: complete, parseable, and safe to print."""

from __future__ import annotations

import json

import pytest
import reports

from cnilog.errors import SourceError, UnknownNameError
from cnilog.report import json as document
from cnilog.report import render

KEYS = {
    "schema", "cnilog", "accounting", "sources", "versions", "causes", "symptoms", "noise",
    "unknown", "next_steps",
}  # fmt: skip
CAUSE_KEYS = {
    "id", "title", "confidence", "score", "severity", "nodes", "first_seen", "last_seen", "count",
    "period_s", "recovered", "values", "explains", "reasons", "evidence", "remediation",
    "confirm_with", "references",
}  # fmt: skip


def test_the_contract_keys_are_there() -> None:
    found = json.loads(render(reports.founding(), "json"))

    assert found["schema"] == 1
    assert set(found) >= KEYS
    assert set(found["causes"][0]) >= CAUSE_KEYS


def test_times_are_rfc_3339_in_utc() -> None:
    found = json.loads(render(reports.founding(), "json"))

    assert found["causes"][0]["first_seen"] == "2024-05-14T00:18:20Z"


@pytest.mark.parametrize("build", [reports.founding, reports.healthy, reports.fleet])
def test_a_saved_report_reads_back_as_it_was(build) -> None:  # type: ignore[no-untyped-def]
    assert document.read(render(build(), "json"), file="x.json") == build()


def test_hostile_text_is_given_back_whole_by_a_parser_and_acts_on_no_terminal() -> None:
    text = render(reports.hostile(), "json")

    assert json.loads(text)["verdict"] == reports.HOSTILE
    assert [char for char in "\x1b\x9b\u202e\u200b\u2066\x07" if char in text] == []


def test_no_secret_is_written() -> None:
    text = render(reports.hostile(), "json")

    assert [secret for secret in reports.SECRETS if secret in text] == []


def test_what_is_no_report_is_refused_in_one_sentence() -> None:
    with pytest.raises(SourceError, match=r"^x\.json: is no report of schema 1"):
        document.read('{"schema": 2}', file="x.json")


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"Known: .*json.*text"):
        render(reports.healthy(), "xml")
