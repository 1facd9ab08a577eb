"""What is fuzzed: one function a target, from bytes of a stranger to a broken promise or nothing.

A target may raise `CnilogError`; every other exception is a finding, and so is an assertion of
its own. Small targets are for many executions, `read` and `analyze` for the parts together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fuzz import ingesting, judging, showing

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Target:
    """A function that is fed, and how long its inputs get."""

    run: Callable[[bytes], None]
    longest: int = 4096  # bytes
    heavy: bool = False  # milliseconds an execution: frames are made


TARGETS: Final = {
    "text": Target(ingesting.text),
    "skimmed": Target(ingesting.skimmed),
    "compressed": Target(ingesting.compressed),
    "archives": Target(ingesting.archives, 16_384),
    "names": Target(ingesting.names, 512),
    "escapes": Target(ingesting.escapes, 1024),
    "formats": Target(ingesting.formats, heavy=True),
    "line-envelopes": Target(ingesting.line_envelopes, heavy=True),
    "document-envelopes": Target(ingesting.document_envelopes, 16_384, heavy=True),
    "read": Target(ingesting.read, 8192, heavy=True),
    "folders": Target(ingesting.folders, 8192, heavy=True),
    "documents": Target(judging.documents, 8192),
    "iam": Target(judging.iam, 8192),
    "catalog": Target(judging.catalog),
    "expressions": Target(judging.expressions, 512),
    "selections": Target(judging.selections, 256),
    "explain": Target(judging.explanations, 512),
    "analyze": Target(judging.analyses, 8192, heavy=True),
    "judgements": Target(judging.judgements, 2048, heavy=True),
    "masking": Target(showing.masking, 2048),
    "redaction": Target(showing.redaction, 1024),
    "reporters": Target(showing.reporters, 2048, heavy=True),
    "saved-reports": Target(showing.saved_reports, 8192),
    "tables": Target(showing.tables, 1024, heavy=True),
}
