"""Editors are told the language as it is."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from cnilog.catalog import DEFAULT
from cnilog.catalog.editor import pattern_schema
from cnilog.catalog.load import NO_PATTERNS

PUBLISHED = Path(__file__).parents[3] / "docs/pattern.schema.json"
CHECK = jsonschema.Draft202012Validator(json.loads(pattern_schema()))


def test_the_published_schema_is_that_of_the_code() -> None:
    assert PUBLISHED.read_text("utf-8") == pattern_schema()


def test_every_shipped_pattern_fits_the_schema() -> None:
    files = [path for path in DEFAULT.rglob("*.yaml") if path.name not in NO_PATTERNS]
    wrong = [p.name for p in files if not CHECK.is_valid(yaml.safe_load(p.read_text("utf-8")))]

    assert files
    assert wrong == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"kind": "reason"}, id="unknown kind"),
        pytest.param({"tags": ["x"]}, id="unknown key"),
        pytest.param({"when": {"seen": {"signal": "a", "within": "soon"}}}, id="no duration"),
        pytest.param({"examples": {"match": [], "reject": []}}, id="no example"),
    ],
)
def test_what_the_loader_refuses_the_schema_refuses(change: dict[str, object]) -> None:
    text = (DEFAULT / "symptoms/pool-empty.yaml").read_text("utf-8")

    assert not CHECK.is_valid({**yaml.safe_load(text), **change})
