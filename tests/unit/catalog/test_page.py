"""A pattern's page says all that its file says, and no line of a log is structure in it."""

from __future__ import annotations

import pytest

from cnilog.catalog import load_catalog
from cnilog.catalog.page import index, page

PATTERNS = load_catalog().patterns


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.id)
def test_a_page_has_every_part_and_every_example(pattern) -> None:  # type: ignore[no-untyped-def]
    text = page(pattern)

    assert text.startswith("# ")
    assert "## Why" in text
    for example in (*pattern.examples.match, *pattern.examples.reject):
        assert example.log.rstrip() in text


def test_every_pattern_is_listed_under_its_family() -> None:
    families = dict.fromkeys(sorted({pattern.family for pattern in PATTERNS}), "says")
    text = index(load_catalog(), families)

    assert [pattern.id for pattern in PATTERNS if f"[`{pattern.id}`]" not in text] == []
