"""A message is found in the dictionary by the texts between its template's verbs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilog.catalog.messages import VERB, Template


def template(text: str) -> Template:
    return Template("ipamd", "error", "v1.0.0", "v1.21.1", "", text)


@pytest.mark.parametrize(
    ("text", "message", "fits"),
    [
        ("Failed to find %s on %v", "Failed to find eth1 on node", True),
        ("Failed to find %s on %v", "Failed to find  on x", True),
        ("Failed to find %s on %v", "  Failed to find eth1 on node\n", True),
        ("Failed to find %s on %v", "Also: Failed to find eth1 on node", False),
        ("Failed to find %s on %v", "Failed to find eth1", False),
        ("%s is on %s", "on it is", False),
        ("%d of %d", "1 of 2", True),
        ("Retrying", "Retrying", True),
        ("Retrying", "Retrying later", False),
        ("Retrying", "Retrying%!(EXTRA string=later)", True),
        (r"one\n\ttwo %s", "one\n\ttwo three", True),
        ("a (b) %s", "a (b) c", True),
    ],
)
def test_fits(text: str, message: str, fits: bool) -> None:
    assert template(text).fits(message) == fits


WORDS = st.lists(st.sampled_from(["Failed", " to ", "%s", "%d", "%v", "x", "(", "\n"]), max_size=6)


@given(words=WORDS, message=st.text(st.sampled_from("Failed to x(1\n%!"), max_size=30))
def test_fits_what_its_verbs_may_stand_for(words: list[str], message: str) -> None:
    text = "".join(words)
    filled = VERB.sub("1", text) + message[:1]
    shape = ".*?".join(map(re.escape, VERB.split(text.strip()))) + r"(?:%!.*)?\s*"
    for one in (message, filled, filled[:-1], filled[1:]):
        assert template(text).fits(one) == bool(re.fullmatch(shape, one.strip(), re.DOTALL))
