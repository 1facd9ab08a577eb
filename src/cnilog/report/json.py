r"""Write a report as JSON: the contract that other programs rely on, schema 1.

    {"schema": 1, "cnilog": "0.1.0", "verdict": "…", "accounting": {…}, "causes": […], …}

Text is complete up to a bound, and secrets are masked. Characters that act on a terminal are
written as JSON escapes (``\u202e``), which lose nothing: a parser gives them back.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cnilog.errors import SourceError
from cnilog.finding import Report
from cnilog.lazily import regex
from cnilog.report.safety import INVISIBLE, masked

if TYPE_CHECKING:
    import re

    from cnilog.report import View

_INVISIBLE = regex(f"[{INVISIBLE}]")


def write(report: Report, view: View) -> str:
    """Return the document, indented, keys in the order of the model."""
    document = masked(report, redact=bool(view.redact)).model_dump(mode="json")
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return _INVISIBLE.sub(_escaped, text) + "\n"


def read(text: str, *, file: str) -> Report:
    """Return the report that *text* holds.

    Raises:
        SourceError: It is no report, or one of another schema.
    """
    try:
        return Report.model_validate_json(text)
    except ValueError as error:
        raise SourceError(
            f"{file}: is no report of schema 1. Make one with cnilog analyze --format json"
        ) from error


def schema() -> str:
    """Return the JSON Schema of the document, as it is published in the documentation."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Report.model_json_schema(mode="serialization"),
        "title": "cnilog report, schema 1",
        "additionalProperties": True,  # keys may be added; none is renamed or removed
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _escaped(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))
