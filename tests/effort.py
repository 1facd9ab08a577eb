"""How many examples a property is tried on: a few with every change, ten times as many on request.

Each run draws others, so that many quick runs try as much as a long one.
"""

from __future__ import annotations

import os
from typing import Final

THOROUGH: Final = bool(os.environ.get("CNILOG_THOROUGH"))


def examples(count: int) -> int:
    """Return *count*, or ten times as many where ``CNILOG_THOROUGH`` is set."""
    return count * 10 if THOROUGH else count
