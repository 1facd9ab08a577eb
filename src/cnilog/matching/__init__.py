"""Find the records that signals describe, and the shapes in time that patterns describe."""

from __future__ import annotations

from cnilog.matching.match import find, match
from cnilog.matching.signs import signs

__all__ = ["find", "match", "signs"]
