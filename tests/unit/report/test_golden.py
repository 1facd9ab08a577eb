"""Every reporter writes the same four documents as it did before.

A change that is meant is looked at and kept: CNILOG_WRITE_GOLDEN=1 writes the files anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import reports

from cnilog.report import REPORTERS, render

GOLDEN = Path(__file__).parents[2] / "golden"
DOCUMENTS = {
    "founding": reports.founding,
    "healthy": reports.healthy,
    "fleet": lambda: reports.fleet(100),
    "hostile": lambda: reports.hostile(2),
}


@pytest.mark.parametrize("format", REPORTERS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_is_written_as_before(name: str, format: str) -> None:
    file = GOLDEN / f"{name}.{format}"
    # The page's look is judged by eye and in a browser; here its content.
    written = _without_style(render(DOCUMENTS[name](), format))
    if os.environ.get("CNILOG_WRITE_GOLDEN"):
        file.write_text(written, "utf-8")

    assert written == file.read_text("utf-8")


def _without_style(text: str) -> str:
    kept, skipping = [], False
    for line in text.splitlines(keepends=True):
        skipping = skipping or line.startswith(("<style>", "<script>"))
        if not skipping and "Content-Security-Policy" not in line:
            kept.append(line)
        if "</style>" in line or "</script>" in line:
            skipping = False
    return "".join(kept)
