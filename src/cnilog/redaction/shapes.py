r"""What identifiers look like, once for Python's engine and once for a linear one.

`EXACT` says precisely what is an identifier. `likely` finds every text that holds one, and some
that do not: it has no look-around, so that a linear engine can run it over whole files, and each
of its finds is then read with `EXACT`. A property test holds the two together.

An identifier may stand after any sign that is no letter or digit; also after an escape, since in
``"…\ni-0a1b2c3d…"`` the ``n`` belongs to the line end, and after the ``m`` of a terminal's colour.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_IDS: Final = (
    "subnet-cidr-assoc|vpc-cidr-assoc|eni-attach|ela-attach|eipassoc|rtbassoc|aclassoc|eipalloc"
    "|ipam-pool|ipam|subnet|snap|vpce|vpc|eni|sgr|sg|rtb|acl|igw|eigw|nat|vol|ami|ari|aki|lt|tgw"
    "|pcx|dopt|fs|fsap|fsmt|vgw|cgw|vpn|pl|cr|sir|key|r|i"
)
_QUAD: Final = r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}"
_DASHED: Final = r"(?:ip|ec2)-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}"
_HEX4: Final = r"[0-9a-fA-F]{1,4}"
_LABELS: Final = r"(?:\.[A-Za-z0-9][A-Za-z0-9-]*)"
_COLON: Final = r"(?::|\\u003[aA])"
_ARN: Final = r"arn:(?:aws[a-z-]*|\*):[a-z0-9*-]*:[a-z0-9*-]*:(?:\d{12}|\*|aws)?:"
_ENCODED: Final = r"%(?:[0-9A-Fa-f]{2})[\w.~*+:/%()!-]*"
# With a capital, as text in base64 has: the ids of containers are as long and have none.
_BASE64: Final = r"[a-z0-9+/]*[A-Z][A-Za-z0-9+/]{40,}={0,2}"
_WORD: Final = r"[0-9]*[A-Za-z][A-Za-z0-9]*(?:[-.][A-Za-z0-9]+)+"
_UUID: Final = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
_PAD: Final = r"(?: {2,})?"

_LEFT: Final = (
    r"(?:(?<![A-Za-z0-9\\])|(?<=\\)(?![abfnrtvux])|(?<=\\[abfnrtv])|(?<=\\u[0-9a-fA-F]{4})|(?<=\\x[0-9a-fA-F]{2})"
    r"|(?<=[0-9;\[]m))"
)
_RIGHT: Final = r"(?![A-Za-z0-9])"

# The part before the @ is bounded (RFC 5321, 4.5.3.1.1): it is tried from every dot of a long word.
_MAIL: Final = rf"[A-Za-z0-9][A-Za-z0-9._+-]{{0,63}}@[A-Za-z0-9-]+{_LABELS}*\.[A-Za-z]{{2,24}}"

_SHAPED: Final = (
    r"(?P<provider>[0-9A-F]{32}|[0-9a-f]{32}(?=\.[a-z0-9]{2,4}\.[a-z0-9-]+\.eks\.))(?![A-Za-z0-9])"
    rf"|(?P<uuid>{_UUID}){_RIGHT}"
    rf"|(?P<resource>(?:{_IDS})-)(?P<resource_id>[0-9a-f]{{8,17}}){_RIGHT}"
    rf"|(?P<principal>(?:AROA|AIDA|AGPA|AIPA|ANPA))(?P<principal_id>[A-Z0-9]{{16,17}}){_RIGHT}"
    rf"|(?P<host>{_DASHED})(?!\d)(?P<domain>{_LABELS}*)(?P<host_pad>{_PAD})"
    rf"|(?P<mac>[0-9a-fA-F]{{2}}(?::[0-9a-fA-F]{{2}}){{5}})(?![A-Za-z0-9:])"
    rf"|(?P<v4>{_QUAD})(?![A-Za-z0-9]|\.\d)(?:/(?P<v4_length>\d{{1,2}})(?![\d.]))?(?P<v4_pad>{_PAD})"
    r"|(?P<account>\d{12})(?![A-Za-z0-9]|\.\d)"
    rf"|(?P<windows>EC2AMAZ-[A-Z0-9]{{7}}){_RIGHT}"
)
_NUMBERS: Final = (
    r"\[\s{0,20}\d{1,3}(?:,\s{0,20}\d{1,3}){7,}\s{0,20}\]"  # bytes, as journald has it
)
_COLOR: Final = r"\[[0-9;]{0,12}m"
_PLAIN: Final = (
    rf"(?P<color>{_COLOR})|(?P<numbers>{_NUMBERS})"
    rf"|(?P<base64>(?<![A-Za-z0-9+/]){_BASE64}(?![A-Za-z0-9+/=]))"
    rf"|{_LEFT}(?:"
    rf"(?P<arn>{_ARN})(?P<arn_name>(?:\\?/|[^\s\"'\\,;)}}\]<>|&`])*)"
    rf"|(?P<netns>cni-{_UUID}){_RIGHT}|{_SHAPED}|(?P<mail>{_MAIL})|(?P<word>{_WORD})(?P<word_pad>{_PAD})"
    rf"|(?<!:)(?P<v6>(?:{_HEX4}:){{7}}{_HEX4}"
    rf"|(?:{_HEX4}(?::{_HEX4}){{0,6}})?::(?:{_HEX4}(?::{_HEX4}){{0,6}})?(?::?{_QUAD})?)"
    rf"(?![A-Za-z0-9:]|\.\d)(?:/(?P<v6_length>\d{{1,3}})(?!\d))?(?P<v6_pad>{_PAD}))"
)
EXACT: Final = re.compile(_PLAIN, re.ASCII)
WORD: Final = re.compile(_WORD, re.ASCII)
IN_WORD: Final = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_SHAPED})", re.ASCII
)  # a word may hold others by - and .
# The most frequent finds, each one identifier and nothing else: no need to look for it.
SIMPLE: Final = re.compile(
    rf"[ \"'/=:(,](?:(?P<netns>cni-{_UUID})|(?P<simple_v4>{_QUAD})|"
    rf"(?P<resource>(?:{_IDS})-)(?P<resource_id>[0-9a-f]{{8,17}})"
    rf"|(?P<uuid>{_UUID})|(?P<mac>[0-9a-f]{{2}}(?::[0-9a-f]{{2}}){{5}})"
    r"|(?P<simple_word>(?!ip-|ec2-|(?:[0-9a-f]{8}-))"
    r"[a-z][a-z0-9]*(?:-[a-z0-9]{1,11})*(?:\.[a-z]{2,10})?))",
    re.ASCII,
)


def exactly(odd: Iterable[str], *, encoded: bool) -> re.Pattern[str]:
    """Return `EXACT`, with names that are no `WORD`, and percent-encoded texts where there are any.

    A percent-encoded text is bounded before its first sign, as every place of a text is tried.
    """
    shape = _PLAIN
    if encoded:
        shape = rf"(?:{_LEFT}|(?=%))(?P<percent>[\w.~*+-]{{0,64}}{_ENCODED})|{shape}"
    if names := "|".join(re.escape(name) for name in _longest_first(odd)):
        shape = rf"{shape}|{_LEFT}(?P<odd>(?i:{names})){_RIGHT}"
    return re.compile(shape, re.ASCII)


# What may stand before an identifier, as a linear engine can say it: it takes it along.
_BEFORE: Final = (
    r"(?:\[[0-9;]{0,12}m|\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[abfnrtv]|[0-9;\[]m|[^A-Za-z0-9])"
)
_END: Final = r"[A-Za-z0-9]*(?:[-.@][A-Za-z0-9]+)*"  # what follows takes part in the exact decision
CARRIED: Final = rf"{_BASE64}|{_NUMBERS}|[\w.~*+-]*{_ENCODED}"  # texts that hold another text
_FINDS: Final = (
    rf"{_MAIL.replace('{0,63}', '*')}|"
    rf"{_ARN}(?:\\?/|[^\s\"'\\,;)}}\]<>|&`])*"
    rf"|(?:[0-9A-F]{{32}}[A-Za-z0-9]*|[0-9a-f]{{32}}\.[a-z0-9]{{2,4}}\.[a-z0-9-]+\.eks\.)"
    rf"|{_UUID}[A-Za-z0-9]*"
    rf"|(?:AROA|AIDA|AGPA|AIPA|ANPA)[A-Z0-9]{{16,17}}[A-Za-z0-9]*"
    rf"|[0-9a-fA-F]{{2}}(?::[0-9a-fA-F]{{2}}){{5}}[A-Za-z0-9:]*"
    rf"|{_QUAD}{_END}(?:/\d[A-Za-z0-9@._+:-]*)*"
    rf"|\d{{12}}{_END}"
    rf"|(?:{_HEX4}(?::{_HEX4})*)?::[0-9a-fA-F:.]*[A-Za-z0-9:]*(?:\.\d+)*(?:/\d[A-Za-z0-9@._+:-]*)*"
    rf"|(?:{_HEX4}:){{7}}{_HEX4}[A-Za-z0-9:]*(?:/\d[A-Za-z0-9@._+:-]*)*"
    rf"|EC2AMAZ-[A-Z0-9]{{7}}[A-Za-z0-9]*"
    rf"|{_WORD}"
)


def likely(odd: Iterable[str]) -> str:
    """Return the pattern that finds every identifier, and these names, which are no `WORD`."""
    names = "".join(f"|(?i:{re.escape(name)})[A-Za-z0-9]*" for name in _longest_first(odd))
    return rf"{CARRIED}|{_BEFORE}(?:{_FINDS}{names})"


def only(odd: Iterable[str]) -> str:
    """Return the pattern that finds these names, which are no `WORD`."""
    names = "|".join(map(re.escape, _longest_first(odd)))
    return rf"{_BEFORE}(?i:{names})[A-Za-z0-9]*"


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(names, key=lambda name: (-len(name), name))


def linear(pattern: str) -> str:
    """Return *pattern* for a linear engine: ASCII's classes and no bounds but lazy ones.

    What it finds is more than *pattern* does, never less.
    """
    out, inside = [], False
    for token in _TOKEN.findall(_BOUND.sub(lambda found: _FREE[found[1]], pattern)):
        if token in _ASCII:
            token = _ASCII[token] if inside or token == r"\b" else f"[{_ASCII[token]}]"
        elif token in "[]":
            inside = token == "["
        out.append(token)
    return "".join(out)


_TOKEN: Final = re.compile(r"\\.|[\[\]]|[^\\\[\]]+", re.DOTALL)
_BOUND: Final = re.compile(r"\{([01]),\d+\}(?!\?)")
_FREE: Final = {"0": "*", "1": "+"}
_ASCII: Final = {
    r"\d": "0-9",
    r"\w": "A-Za-z0-9_",
    r"\s": r" \t\r\n\x0b\x0c",
    r"\S": r"^ \t\r\n\x0b\x0c",
    r"\b": r"(?-u:\b)",
}
