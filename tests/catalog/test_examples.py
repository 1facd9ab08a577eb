"""Every pattern takes its own examples and leaves its near misses alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import proof
import pytest

from cnilog.catalog import load_catalog

if TYPE_CHECKING:
    from cnilog.catalog import Pattern
    from cnilog.catalog.model import Match, Reject

CATALOG = load_catalog()


def _examples(kind: str) -> list[object]:
    return [
        pytest.param(pattern, example, id=f"{pattern.id}-{index}")
        for pattern in CATALOG.patterns
        for index, example in enumerate(getattr(pattern.examples, kind))
    ]


@pytest.mark.parametrize(("pattern", "example"), _examples("match"))
def test_a_pattern_takes_its_example(pattern: Pattern, example: Match, tmp_path: Path) -> None:
    if example.sign:
        assert proof.has_sign(pattern, example, tmp_path, CATALOG)
        return
    found = proof.matches(pattern, example, tmp_path, CATALOG)
    values = {pair["name"]: pair["value"] for row in found["values"].to_list() for pair in row}

    assert found.height
    assert values | example.expect == values


@pytest.mark.parametrize(("pattern", "example"), _examples("reject"))
def test_a_pattern_leaves_its_near_miss(pattern: Pattern, example: Reject, tmp_path: Path) -> None:
    if example.sign:
        assert not proof.has_sign(pattern, example, tmp_path, CATALOG)
    else:
        found = proof.matches(pattern, example, tmp_path, CATALOG)

        assert not found.height
