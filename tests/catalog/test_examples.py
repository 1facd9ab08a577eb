"""Every pattern takes its own examples and leaves its near misses alone."""

from __future__ import annotations

import pytest

from cnilog.catalog import Pattern, load_catalog
from cnilog.proof import prove, prove_all

CATALOG = load_catalog()


@pytest.fixture(scope="module")
def proved() -> dict[str, tuple[int, list[str]]]:
    """Return what was tried of each pattern, and what was wrong."""
    names = [pattern.id for pattern in CATALOG.patterns]
    return dict(zip(names, prove_all(CATALOG.patterns), strict=True))


@pytest.mark.parametrize("pattern", CATALOG.patterns, ids=lambda pattern: pattern.id)
def test_a_pattern_holds_its_own_proof(
    pattern: Pattern, proved: dict[str, tuple[int, list[str]]]
) -> None:
    tried, wrong = proved[pattern.id]

    assert tried
    assert wrong == []


def test_what_does_not_hold_is_said_alone_and_among_others() -> None:
    pattern = CATALOG.by_id["env-misconfigured"]
    turned = pattern.examples.model_copy(
        update={"match": pattern.examples.reject, "reject": pattern.examples.match}
    )
    spoiled = pattern.model_copy(update={"examples": turned})
    tried, wrong = prove(spoiled)

    assert len(wrong) == tried
    assert prove_all([pattern, spoiled]) == [(tried, []), (tried, wrong)]
