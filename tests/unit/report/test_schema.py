"""The published JSON Schema is that of the reports."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import reports

from cnilog.report import json as document
from cnilog.report import render

PUBLISHED = Path(__file__).parents[3] / "docs/report.schema.json"


def test_the_published_schema_is_that_of_the_model() -> None:
    advice = "run scripts/write_report_schema.py, and say so in the changelog"

    assert PUBLISHED.read_text("utf-8") == document.schema(), advice


@pytest.mark.parametrize(
    "build", [reports.founding, reports.healthy, reports.fleet, reports.hostile]
)
def test_a_report_follows_it(build) -> None:  # type: ignore[no-untyped-def]
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    written = json.loads(render(build(), "json"))

    jsonschema.Draft202012Validator.check_schema(schema)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(written)) == []


def test_a_report_with_another_confidence_does_not_follow_it() -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads(PUBLISHED.read_text("utf-8"))
    written = json.loads(render(reports.founding(), "json"))
    written["causes"][0]["confidence"] = "certain"

    assert list(jsonschema.Draft202012Validator(schema).iter_errors(written))
