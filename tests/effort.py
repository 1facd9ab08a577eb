"""How many examples a property is tried on: a few with every change, ten times as many on request.

Each run draws others, so that many quick runs try as much as a long one.
"""

from __future__ import annotations

import os
from typing import Final

TIMES: Final = 10 if os.environ.get("CNILOG_THOROUGH") else 1


def examples(count: int) -> int:
    """Return *count*, or ten times as many where ``CNILOG_THOROUGH`` is set."""
    return count * TIMES
