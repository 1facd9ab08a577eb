"""What the CNI's own scripts and probes say is known for theirs, of every release."""

from __future__ import annotations

import re

import pytest

from cnilog.catalog.messages import Template, dictionary
from cnilog.catalog.versions import number
from cnilog.ingest.sayings import SAID, STAMPED

LOGRUS: tuple[int, int, int] = (1, 12, 1)  # the release in which Go replaced the shell scripts
PRINTED = "print"  # the level of what is not logged
OF_SCRIPTS = [one for one in dictionary().templates if one.component in {"entrypoint", "init"}]
# Texts that are an error's own words and stand behind a sentence, or the health probe's.
SMALL = re.compile(r"[a-z%>]")


def said(one: Template) -> bool:
    """Return whether logrus prints *one* as a sentence."""
    late = (number(one.last) or (9_999,)) >= LOGRUS
    return late and one.level != PRINTED and not SMALL.match(one.text)


def probed(one: Template) -> bool:
    """Return whether the health probe prints *one* by Go's plain logger."""
    late = (number(one.last) or (9_999,)) > (1, 13)  # those of the shell scripts had gone by then
    return late and one.level == "info" and bool(SMALL.match(one.text))


def test_there_are_such_sentences() -> None:
    assert sum(map(said, OF_SCRIPTS)) > 40
    assert sum(map(probed, OF_SCRIPTS)) > 8


@pytest.mark.parametrize("one", [*filter(said, OF_SCRIPTS)], ids=lambda one: one.text)
def test_a_sentence_of_the_scripts_is_known(one: Template) -> None:
    assert re.search(SAID, one.text.replace("%s", "WARM_IP_TARGET"))


@pytest.mark.parametrize("one", [*filter(probed, OF_SCRIPTS)], ids=lambda one: one.text)
def test_a_sentence_of_the_health_probe_is_known(one: Template) -> None:
    assert re.search(STAMPED, one.text)
