"""Replace what names somebody's cluster by stand-ins, the same for the same thing.

Account ids, ARN resources, host names, addresses, MACs and EC2 ids become others of the same
shape, so that a redacted text still reads, parses and diagnoses as before. Two addresses that
share a prefix still share it; addresses that are the same everywhere (loopback, 169.254.169.254,
the service range's names) stay.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
import secrets
from typing import Final

_RULES: Final = re.compile(
    r"(?P<arn>\barn:aws[\w-]*:[\w-]*:[\w-]*:\d{12}:[\w-]+[/:])(?P<arn_name>[\w+=,.@/-]+)"
    r"|(?P<ec2>\b(?:i|eni|subnet|vpc|sg|rtb|acl|igw|nat|eipalloc|eni-attach|ami|vol|lt|tgw|vpce)-)"
    r"(?P<ec2_id>(?:[0-9a-f]{17}|[0-9a-f]{8}))\b"
    r"|(?P<host>\bip-\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3})\b"
    r"|(?P<mac>\b[0-9a-fA-F]{2}(?::[0-9a-fA-F]{2}){5}\b)"
    r"|(?P<v6>(?<![\w:.])(?:[0-9a-fA-F]{1,4}:){2,7}(?::?[0-9a-fA-F]{1,4})?(?:::?[0-9a-fA-F]{0,4})*(?![\w:]))"
    r"|(?P<v4>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w]|\.\d))"
    r"|(?P<account>(?<![\w-])\d{12}(?![\w-]))"
    r"|(?P<cluster>\b[0-9A-F]{32}\b)"
)
_KEPT: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("127.0.0.0/8", "0.0.0.0/8", "169.254.0.0/16", "255.255.255.255/32", "224.0.0.0/4"),
        # The API server's and CoreDNS's service addresses, the same in every EKS cluster.
        *("172.20.0.1/32", "172.20.0.10/32", "10.100.0.1/32", "10.100.0.10/32"),
        *("::/127", "fe80::/10", "fd00:ec2::/32", "ff00::/8"),
    )
)


class Redactor:
    """Stand-ins drawn from one key: the same key gives the same ones."""

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(32)
        self._known: dict[str, str] = {}

    def redact(self, text: str) -> str:
        """Return *text* with every name of the cluster replaced."""
        return _RULES.sub(self._stand_in, text)

    def _stand_in(self, found: re.Match[str]) -> str:
        text = found.group()
        if text not in self._known:
            self._known[text] = self._drawn(found)
        return self._known[text]

    def _drawn(self, found: re.Match[str]) -> str:
        text = found.group()
        match found.lastgroup:
            case "arn_name":
                head, name = found["arn"], found["arn_name"]
                return f"{self.redact(head)}redacted-{self._hex('arn' + name, 8)}"
            case "ec2_id":
                return found["ec2"] + self._hex(text, len(found["ec2_id"]))
            case "host":
                inner = self._address(text[3:].replace("-", "."))
                return f"ip-{inner.replace('.', '-')}"
            case "mac":
                digits = self._hex(text.lower(), 10)
                return "02:" + ":".join(digits[i : i + 2] for i in range(0, 10, 2))
            case "account":
                return f"{int(self._hex(text, 15), 16) % 10**12:012d}"
            case "cluster":
                return self._hex(text, 32).upper()
            case _:
                return self._address(text)

    def _address(self, text: str) -> str:
        """Return a stand-in that keeps prefixes: each bit is flipped by the bits before it."""
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return text
        if any(address in network for network in _KEPT if network.version == address.version):
            return text
        width, value, out = address.max_prefixlen, int(address), 0
        for bit in range(width):
            before = value >> (width - bit)
            flip = self._digest(f"{address.version}/{bit}/{before}")[0] & 1 if bit >= 8 else 0
            out = out << 1 | ((value >> (width - bit - 1)) & 1) ^ flip
        return str(type(address)(out))

    def _hex(self, text: str, digits: int) -> str:
        return self._digest(text).hex()[:digits]

    def _digest(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256)
