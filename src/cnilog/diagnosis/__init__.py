"""Weigh signs and facts: the causes, how sure, why, and what would settle it."""

from __future__ import annotations

from cnilog.diagnosis.diagnose import diagnose
from cnilog.diagnosis.setup import CONTEXT_LITERALS

__all__ = ["CONTEXT_LITERALS", "diagnose"]
