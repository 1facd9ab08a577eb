"""Write a redacted copy of a source: a file, a folder, an archive, whatever lies in it.

Two passes: the first learns the names that have no shape of their own (`cnilog.redaction`), the
second writes the copy, wrapped as the original was. What cannot be read is left out and said so.
"""

from __future__ import annotations

from cnilog.redacted.copy import redact
from cnilog.redacted.summary import LeftOut, Summary

__all__ = ["LeftOut", "Summary", "redact"]
