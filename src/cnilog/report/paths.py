"""Shorten paths: what all files of a report share is told once."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING

from cnilog.report.safety import mend

if TYPE_CHECKING:
    from cnilog.finding import Report


def within(report: Report) -> tuple[Report, str]:
    """Return the report with paths from the folder or archive that all files share, and that."""
    files = [re.split(r"(?<=[/!])", source.file)[:-1] for source in report.sources]
    shared = list(takewhile(lambda parts: len(set(parts)) == 1, zip(*files, strict=False)))
    folder = "".join(parts[0] for parts in shared)
    if folder in {"", "/"}:
        return report, ""

    def shorten(key: str, text: str) -> str:
        return text.replace(folder, "") if key in {"file", "text", "notes", "missing"} else text

    return mend(report, shorten), folder.rstrip("/!")
