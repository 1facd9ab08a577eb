"""What is put off is sound: every regex of the code compiles, and then stays compiled."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module

import pytest

import cnilog
from cnilog import lazily


def _regexes(value: object) -> list[lazily._Regex]:
    if isinstance(value, lazily._Regex):
        return [value]
    inner = value.values() if isinstance(value, dict) else value
    return (
        [found for one in inner for found in _regexes(one)]
        if isinstance(inner, tuple | list) or isinstance(value, dict)
        else []
    )


def test_every_regex_of_the_code_compiles() -> None:
    modules = [name for _, name, _ in pkgutil.walk_packages(cnilog.__path__, "cnilog.")]
    constants = [
        value
        for name in modules
        if not name.endswith("__main__")
        for value in vars(import_module(name)).values()
    ]
    found = [one for value in constants for one in _regexes(value)]
    assert len(found) > 100
    for one in found:
        re.compile(one.pattern, one._flags)


def test_a_regex_is_as_the_one_it_stands_for() -> None:
    late, early = lazily.regex(r"(?P<word>\w+) ", re.ASCII), re.compile(r"(?P<word>\w+) ", re.ASCII)
    assert late.sub(r"\g<word>", "a b é c") == early.sub(r"\g<word>", "a b é c")
    assert (late.pattern, late.flags, late.groups) == (early.pattern, early.flags, early.groups)
    assert late.search is late.search, "asked for once, it stays"


def test_a_wrong_regex_is_told_when_it_is_used() -> None:
    late = lazily.regex("(")
    with pytest.raises(re.error):
        late.match("")
