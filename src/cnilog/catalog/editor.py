"""Tell editors what a pattern file may hold: JSON Schema, with descriptions to show on hover."""

from __future__ import annotations

import json
from typing import Any

from cnilog.catalog.model import Pattern


def pattern_schema() -> str:
    """Return the JSON Schema (2020-12) of a pattern file.

    It is as lenient as the loader: one text stands for a list of one, a signal's name for a
    condition on it, and ``2s`` for a number of milliseconds.
    """
    schema = Pattern.model_json_schema()
    schema.pop("description", None)
    schema["properties"].pop("family", None)  # the folder says it
    _lenient(schema)
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cnilog pattern",
        "description": "What is wrong in an AWS VPC CNI, how it shows in logs, and what to do.",
    }
    return json.dumps({**schema, **head}, indent=2, ensure_ascii=False) + "\n"


def _lenient(schema: dict[str, Any]) -> None:
    shapes = schema["$defs"]
    signal = shapes["Signal"]["properties"]
    for key in ("component", "level", "container", "contains", "also", "without"):
        several = signal[key]
        aside = {name: several.pop(name) for name in ("default", "title") if name in several}
        several.pop("minItems", None)
        signal[key] = {"anyOf": [several["items"], several], **aside}
    for shape in shapes.values():
        for key in ("within", "for", "every", "tolerance", "window"):
            if key in shape.get("properties", {}):
                shape["properties"][key] = {
                    "description": "a duration: 500ms, 2s, 5m, 1h, 1d; or milliseconds",
                    "anyOf": [
                        {"type": "integer", "exclusiveMinimum": 0},
                        {"type": "string", "pattern": r"^\d+(\.\d+)?\s*(ms|s|m|h|d)$"},
                        {"type": "null"},
                    ],
                }
    for key in ("seen", "stalls"):
        shapes["When"]["properties"][key]["anyOf"].append(
            {"type": "string", "description": "the name of a signal"}
        )
