"""Write the report's JSON Schema, where other programs look for it."""

from __future__ import annotations

from pathlib import Path

from cnilog.report import json

PUBLISHED = Path(__file__).parents[1] / "docs/report.schema.json"

if __name__ == "__main__":
    PUBLISHED.write_text(json.schema(), encoding="utf-8")
    print(PUBLISHED)
