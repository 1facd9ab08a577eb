"""Names that have no shape of their own: learned from where they stand, then known everywhere.

A name counts only where replacing it can change nothing else: never a word that the CNI, Kubernetes
or AWS use themselves (``aws-node``, ``kube-system``, ``default``), never a number.
"""

from __future__ import annotations

import re
from importlib import resources
from typing import TYPE_CHECKING, Final

from cnilog.redaction.shapes import WORD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.redaction.stand_ins import Kind

SEPARATORS: Final = re.compile(r"([-.])")
_SPLIT: Final = re.compile(r"[-.]")
_TAIL_LENGTH: Final = 5  # of what ends a generated name
LONGEST: Final = 24  # parts of a word that are looked at together
SHORTEST: Final = 3
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*[A-Za-z0-9]")


def listed(file: str) -> frozenset[str]:
    """Return the words in a list that is shipped beside this module; # begins a remark."""
    text = resources.files(__package__).joinpath(file).read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


USUAL: Final = listed("usual.txt")
_KNOWN_BASES: Final = "|".join(
    sorted(
        (re.escape(one) for one in USUAL if "-" in one or one in {"coredns", "karpenter"}),
        key=len,
        reverse=True,
    )
)
_SAFE: Final = "[bcdfghjklmnpqrstvwxz2456789]"  # what Kubernetes generates names from
_TAIL: Final = rf"(?:{_SAFE}{{5}}|(?=[a-z]{{0,4}}\d)[a-z0-9]{{5}})"
_HASH: Final = rf"(?:{_SAFE}{{8,10}}|(?=[a-z]{{0,9}}\d)[a-z0-9]{{8,10}})"
_USUAL_START: Final = re.compile(rf"(?:{_KNOWN_BASES})-(?=.)")
_OF_USUAL: Final = re.compile(
    rf"(?P<base>{_KNOWN_BASES})(?:-(?P<hash>{_HASH}))?(?:-(?P<tail>{_TAIL}))(?![a-z0-9])"
)
_OF_OTHERS: Final = re.compile(
    rf"(?P<base>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)-(?P<hash>{_HASH})-(?P<tail>{_TAIL})(?![a-z0-9])"
)


class Names:
    """The names learned so far."""

    def __init__(self, protected: Iterable[str] = ()) -> None:
        self._protected = USUAL | frozenset(protected)
        self._kinds: dict[str, Kind] = {}
        self._lower: dict[str, str] = {}
        self._starts: set[str] = set()  # first parts of names
        self.odd: set[str] = set()  # those that are no word with a dash or full stop in it
        self.accounts: set[str] = set()  # numbers that stood where an account does
        self.read: set[str] = set()  # texts that were learned from

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._kinds)

    def add(self, kind: Kind, name: str, *, asked: bool = False) -> None:
        """Learn *name*, unless it is a word of everybody's; any one that the user *asked* for."""
        if asked:
            self._protected = self._protected - {name, name.lower()}
        if self.is_name(name) and name not in self._kinds:
            self._kinds[name] = kind
            self._lower[name.lower()] = name
            self._starts.add(_SPLIT.split(name.lower(), maxsplit=1)[0])
            if not WORD.fullmatch(name):
                self.odd.add(name)

    def is_name(self, text: str) -> bool:
        """Return whether *text* may be somebody's name for something."""
        return (
            len(text) >= SHORTEST
            and any(sign.isalpha() for sign in text)
            and text not in self._protected
            and text.lower() not in self._protected
            and NAME.fullmatch(text) is not None
        )

    def is_odd(self, text: str | None) -> bool:
        """Return whether *text* is one of the odd names, in whichever letters."""
        return text is not None and self.canonical(text) in self.odd

    def kind(self, text: str) -> Kind | None:
        """Return what *text* is the name of; null where it was not learned."""
        return self._kinds.get(text) or self._kinds.get(self._lower.get(text.lower(), ""))

    def canonical(self, text: str) -> str:
        """Return *text* as it was learned: hosts are written in either case."""
        return text if text in self._kinds else self._lower.get(text.lower(), text)

    @staticmethod
    def usual_base(text: str) -> tuple[str, str]:
        """Return what every cluster has of *text*, with its dash, and the rest of it."""
        found = _USUAL_START.match(text)
        return (found[0], text[found.end() :]) if found else ("", text)

    def __contains__(self, text: object) -> bool:
        """Return whether *text* was learned."""
        return text in self._kinds

    def may_hold(self, word: str) -> bool:
        """Return whether *word* may hold a name: a cheap question, for the many that hold none."""
        parts = _SPLIT.split(word.lower())
        return not self._starts.isdisjoint(parts) or any(
            len(part) == _TAIL_LENGTH for part in parts[1:]
        )

    def parted(self, word: str) -> list[tuple[str, Kind | None]]:
        """Return *word* as parts, each with its kind where it is a name; longest names first."""
        pieces = SEPARATORS.split(word)
        found: list[tuple[str, Kind | None]] = []
        at = 0
        while at < len(pieces):
            name, kind = self._longest(pieces, at)
            found.append((name or pieces[at], kind))
            at += len(SEPARATORS.split(name)) if name else 1
        return found

    def _longest(self, pieces: list[str], at: int) -> tuple[str, Kind | None]:
        if at % 2 == 0 and pieces[at].lower() in self._starts:
            for end in range(min(len(pieces), at + 2 * LONGEST), at, -2 if at % 2 else -1):
                text = "".join(pieces[at:end])
                if (end - at) % 2 and (kind := self.kind(text)):
                    return text, kind
        return "", None


def generated(word: str) -> re.Match[str] | None:
    """Return *word* matched as a pod name that a controller made: base, hash and tail.

    The hash and the tail are enough to tell, as in ``web-7d9c5b8f6-x2k4j``; for pods of what every
    cluster runs the tail alone is, as in ``aws-node-x7k2p``.
    """
    return _OF_USUAL.match(word) or _OF_OTHERS.match(word)
