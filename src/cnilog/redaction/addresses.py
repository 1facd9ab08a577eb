"""Draw stand-ins for IP addresses that keep every prefix relation and the family.

The addresses of a family are the leaves of a binary tree. Each inner node swaps its two halves or
does not, as the key says: two addresses that share n bits still do. Nodes on the way to a range
with a meaning (10.0.0.0/8, fd00::/8, …) never swap, so a private address stays private; the root
of such a range always swaps, so no address stands in for itself.
"""

from __future__ import annotations

import hashlib
import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_CACHED: Final = 200_000  # digests held; one serves all addresses that share their other octets

KEPT: Final = tuple(  # ranges that are the same everywhere
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"),  # the last: netmasks, too
        *("::/127", "fe80::/10", "ff00::/8", "fd00:ec2::/32"),
    )
)
SERVICES: Final = frozenset(  # the API server's and CoreDNS's in every EKS cluster
    ipaddress.ip_address(text)
    for text in ("10.100.0.1", "10.100.0.10", "172.20.0.1", "172.20.0.10")
)
SERVICE_RANGES: Final = frozenset({"10.100.0.0/16", "172.20.0.0/16"})
_FAMILIES: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15"),
        "fd00::/8",
    )
)
_MAPPED: Final = tuple(  # ranges whose last 32 bits are an IPv4 address
    ipaddress.IPv6Network(text) for text in ("::ffff:0:0/96", "64:ff9b::/96")
)
_GLOBAL_BITS: Final = 16  # of a global IPv6 address the first stay: whose range it is
_RULED: Final = 32  # no node below this length has a rule


class Addresses:
    """Stand-ins for the addresses of both families, drawn from one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._tables: dict[tuple[int, bytes], tuple[int, dict[int, int]]] = {}

    def stand_in(self, address: Address) -> Address:
        """Return the stand-in of *address*: itself where it is the same everywhere."""
        if _kept(address):
            return address
        image = self._image(address)
        while _kept(image):  # that one stands for itself: go on to what it would have been
            image = self._image(image)
        return image

    def network(self, address: Address, length: int) -> Address:
        """Return the stand-in of the network ``address/length``: no bits below it."""
        below = address.max_prefixlen - length
        if below < 0 or int(address) & ((1 << below) - 1):
            return self.stand_in(address)  # an address with the length of its network
        if f"{address}/{length}" in SERVICE_RANGES or _kept(address):
            return address
        return type(address)(int(self._image(address)) >> below << below)

    def _image(self, address: Address) -> Address:
        if isinstance(address, ipaddress.IPv6Address):
            for network in _MAPPED:
                if address in network:
                    inner = self.stand_in(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
                    return type(address)(int(network.network_address) | int(inner))
        octets, version = address.packed, address.version
        swapped = (self._octet(version, octets[:at], octet) for at, octet in enumerate(octets))
        return type(address)(bytes(swapped))

    def quad(self, first: int, second: int, third: int, fourth: int) -> str:
        """Return the stand-in of an IPv4 address that is given by its octets: the quick way."""
        octets = bytes((first, second, third, fourth))
        if first in _KEPT_FIRST:
            return str(self.stand_in(ipaddress.IPv4Address(octets)))
        out = bytes(self._octet(4, octets[:at], octet) for at, octet in enumerate(octets))
        if out[0] in _KEPT_FIRST or octets in _SERVICE_OCTETS or out in _SERVICE_OCTETS:
            return str(self.stand_in(ipaddress.IPv4Address(octets)))
        return ".".join(map(str, out))

    def _octet(self, version: int, before: bytes, octet: int) -> int:
        """Return what *octet* becomes, given the octets before it."""
        known = self._tables.get((version, before))
        if known is None:
            if len(self._tables) >= _CACHED:
                self._tables.clear()
            known = self._tables[version, before] = (self._bits(version, before), {})
        bits, made = known
        out = made.get(octet)
        if out is None:
            ruled = len(before) * 8 <= _RULED
            out = made[octet] = (
                octet ^ _swaps(bits, octet, version, before)
                if ruled and (version, before) in _RULED_AT
                else octet ^ _swaps(bits, octet)
            )
        return out

    def _bits(self, version: int, before: bytes) -> int:
        """Return 256 bits, one for each node of the tree of the octet that follows *before*."""
        salted = b"address/%d/" % version + before
        return int.from_bytes(hashlib.blake2b(salted, key=self._key, digest_size=32).digest())


def _swaps(bits: int, octet: int, version: int = 0, before: bytes = b"") -> int:
    """Return which bits of *octet* are swapped; where a version is given, by its rules first."""
    swaps, node = 0, 1
    above, start = int.from_bytes(before), len(before) * 8
    for bit in range(8):
        swap = bits >> node & 1
        if version:
            prefix = above << bit | node ^ 1 << bit
            swap = _ruled(version, start + bit, prefix, swap)
        swaps = swaps << 1 | swap
        node = node << 1 | octet >> (7 - bit) & 1
    return swaps


def _kept(address: Address) -> bool:
    return address in SERVICES or any(
        address.version == one.version and address in one for one in KEPT
    )


def _ruled(version: int, length: int, prefix: int, swap: int) -> int:
    """Return whether the node at *prefix* swaps: as a rule says, else as the key says."""
    if version == 6 and length >= 3 and prefix >> (length - 3) == 1:
        return 0 if length < _GLOBAL_BITS else 1 if length == _GLOBAL_BITS else swap
    return _RULES.get((version, length, prefix), swap)


def _rules() -> dict[tuple[int, int, int], int]:
    """Return the nodes whose swap is not the key's."""
    found: dict[tuple[int, int, int], int] = {}
    for network in (*KEPT, *_FAMILIES):
        value, size = int(network.network_address), network.max_prefixlen
        for length in range(min(network.prefixlen, _RULED + 1)):
            found[network.version, length, value >> (size - length)] = 0
    for network in _FAMILIES:
        length = network.prefixlen
        value = int(network.network_address) >> (network.max_prefixlen - length)
        found.setdefault((network.version, length, value), 1)
    return found


_RULES: Final = _rules()


def _ruled_at() -> frozenset[tuple[int, bytes]]:
    """Return after which octets a node may have a rule."""
    found = {(6, bytes((first,))) for first in range(0x20, 0x40)}  # global addresses
    found |= {(6, bytes((one, two))) for one in range(0x20, 0x40) for two in range(256)}
    for version, length, prefix in _RULES:
        whole = length // 8
        found.add((version, (prefix >> length % 8).to_bytes(whole)))
    return frozenset(found)


_RULED_AT: Final = _ruled_at()
_KEPT_FIRST: Final = frozenset({0, 127, 169, *range(224, 256)})
_SERVICE_OCTETS: Final = frozenset(address.packed for address in SERVICES)
