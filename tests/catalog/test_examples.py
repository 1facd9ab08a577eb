"""Every pattern takes its own examples and leaves its near misses alone."""

from __future__ import annotations

import pytest

from cnilog.catalog import Pattern, load_catalog
from cnilog.proof import prove

CATALOG = load_catalog()


@pytest.mark.parametrize("pattern", CATALOG.patterns, ids=lambda pattern: pattern.id)
def test_a_pattern_holds_its_own_proof(pattern: Pattern) -> None:
    tried, wrong = prove(pattern)

    assert tried
    assert wrong == []
