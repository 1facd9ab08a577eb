"""Draw stand-ins of every kind from one key: same key, same name, same stand-in.

Without the key a stand-in tells nothing of what it stands for: each is the output of a keyed hash
(BLAKE2b), shaped like the original.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
from typing import Final, Literal, get_args

from cnilog.redaction.addresses import Address, Addresses

Kind = Literal[
    "account", "address", "cluster", "host", "mac", "name", "namespace", "pod", "provider",
    "resource", "uuid", "secret",
]  # fmt: skip
KINDS: Final[tuple[str, ...]] = get_args(Kind)

_LETTERS: Final = "bcdfghjklmnpqrstvwxz"  # no vowels: no stand-in is a word by chance
_DIGITS: Final = "2456789"  # with the letters, the alphabet of generated pod names
_HEX: Final = frozenset("0123456789abcdefABCDEF")
_HEX_DIGITS: Final = 128  # of a digest
_SHORTEST: Final = 6  # letters and digits of a name's stand-in: shorter ones might meet
_HELD: Final = 1_000_000  # stand-ins of shaped things remembered; they can be drawn anew


class StandIns:
    """Stand-ins drawn so far, and what they stand for."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = hashlib.blake2b(key or secrets.token_bytes(32)).digest()
        self._addresses = Addresses(self._key)
        self.keep_all = False  # whether every stand-in is remembered, however many there are
        self._made: dict[tuple[str, str], str] = {}
        self._names: dict[str, str] = {}
        self._given: set[str] = set()  # stand-ins of names: each stands for one

    @property
    def made(self) -> dict[tuple[str, str], str]:
        """The stand-ins drawn so far by kind and original; the oldest may be gone."""
        return self._made

    def remembered(self, kind: Kind, original: str, stand_in: str) -> str:
        """Return *stand_in*, remembered as that of *original*."""
        if self.keep_all or len(self._made) < _HELD:
            self._made[kind, original] = stand_in
        return stand_in

    def digits(self, kind: Kind, text: str) -> str:
        """Return as many digits as *text* has; the first is no zero where its is none."""
        number = int.from_bytes(self._digest(kind, text), "big")
        out = f"{number % 10 ** len(text):0{len(text)}d}"
        if out[0] == "0" and text[0] != "0":
            out = f"{1 + number % 9}{out[1:]}"
        return self.remembered(kind, text, out)

    def hexes(self, kind: Kind, text: str, like: str) -> str:
        """Return hexadecimal digits for *text*, each of *like* replaced, its other signs kept."""
        if like.isalnum() and like.islower() | like.isdigit() and len(like) <= _HEX_DIGITS:
            return self._digest(kind, text.lower()).hex()[: len(like)]
        if len(like) == 36 and like[8] == "-" and like.islower():
            out = self._digest(kind, text.lower()).hex()
            return f"{out[:8]}-{out[8:12]}-{out[12:16]}-{out[16:20]}-{out[20:32]}"
        stream = iter(self._digest(kind, text.lower()).hex())
        out = "".join(next(stream) if sign in _HEX else sign for sign in like)
        return out.upper() if any(sign in "ABCDEF" for sign in like) else out

    def address(self, address: Address, length: int | None) -> Address:
        """Return the stand-in of *address*, or of the network where *length* is given."""
        if length is None:
            return self._addresses.stand_in(address)
        return self._addresses.network(address, length)

    def quad(self, text: str) -> str:
        """Return the stand-in of an IPv4 address; the text itself where it is none."""
        octets = text.split(".")
        numbers = [int(octet) for octet in octets]
        if max(numbers) > 255 or any(octet[0] == "0" != octet for octet in octets):
            return text
        return self._addresses.quad(*numbers)

    def name(self, kind: Kind, text: str) -> str:
        """Return a stand-in as long as *text*, letters for letters and digits for digits.

        That of a short name is longer: two of those might meet.
        """
        short = _SHORTEST - sum(sign.isalnum() for sign in text)
        return self.remembered(kind, text, self._new(text, text + "x" * max(0, short)))

    def part(self, text: str) -> str:
        """Return a stand-in of exactly the length of *text*, which a controller generated."""
        return self._new(text, text)

    def _new(self, text: str, like: str) -> str:
        if known := self._names.get(text):
            return known
        salt = 0
        while (out := self._drawn(text, like, salt)) in self._given or out == text:
            salt += 1
        self._given.add(out)
        self._names[text] = out
        return out

    def _drawn(self, text: str, like: str, salt: int) -> str:
        stream = self._stream("name", f"{salt}/{text}", len(like))
        return "".join(_sign(sign, code) for sign, code in zip(like, stream, strict=True))

    def _stream(self, kind: str, text: str, size: int) -> bytes:
        out = self._digest(kind, text)
        while len(out) < size:
            out += self._digest(kind, f"{len(out)}/{text}")
        return out[:size]

    def _digest(self, kind: str, text: str) -> bytes:
        message = f"{kind}/{text}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(message, key=self._key).digest()


def parsed(text: str) -> Address | None:
    """Return the address that *text* is; null where it is none."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _sign(sign: str, code: int) -> str:
    if sign.isdigit():
        return _DIGITS[code % len(_DIGITS)]
    if not sign.isalnum():
        return sign
    letter = _LETTERS[code % len(_LETTERS)]
    return letter.upper() if sign.isupper() else letter
