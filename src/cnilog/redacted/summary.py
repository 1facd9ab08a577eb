"""What a redaction did: how much of each kind, and what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or member that is not in the copy."""

    file: str  # as the copy would call it
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What one redaction did."""

    files: int  # files and members written
    size_bytes: int  # of their texts, before
    replaced: Mapping[str, int]  # occurrences by kind
    distinct: Mapping[str, int]  # different originals by kind; secrets are not told apart
    left_out: tuple[LeftOut, ...]
    damaged: tuple[LeftOut, ...]  # in the copy up to where they were damaged
    mapping: tuple[tuple[str, str, str], ...] = ()  # kind, original, stand-in; only on request
