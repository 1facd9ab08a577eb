"""Every literal holds one of the few texts that are looked for."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from cnilog.catalog import load_catalog
from cnilog.ingest.hitting import SAFE, alternation, hitting_set


def test_every_literal_of_the_catalog_is_hit() -> None:
    literals = load_catalog().literals
    texts = hitting_set(literals, "IP stats - total IPs: 28, assigned IPs: 28")

    assert texts is not None
    assert [literal for literal in literals if not re.search(alternation(texts), literal)] == []
    assert all(SAFE.fullmatch(text) for text in texts)


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=20), st.text(max_size=200))
def test_there_is_a_set_or_it_is_said_that_there_is_none(literals: list[str], sample: str) -> None:
    texts = hitting_set(literals, sample)

    if texts is not None:
        assert all(re.search(alternation(texts), literal) for literal in literals)


def test_no_text_is_looked_for_that_the_time_of_another_hour_holds() -> None:
    texts = hitting_set(
        ["begun 09:", "ended 09:", "asked 09:", "given 09:"], "2026-01-05T08:15:03.010Z"
    )

    assert texts is not None
    assert not re.search(alternation(texts), "0105 09:15:02.010117")
