"""Mask what must never leave a machine: keys, tokens, passwords.

A secret is told by its own shape (``ASIA…``, ``eyJ….eyJ….``) or by the name before it
(``aws_secret_access_key=``). What is masked keeps its name, so that a reader sees what stood
there. Names, addresses and account ids are no secrets; `cnilog.redaction` replaces those.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "[masked]"

_NAMED: Final = (
    r"aws_?secret_?access_?key|secret_?access_?key|aws_?session_?token|session_?token"
    r"|security_?token|x-amz-security-token|x-amz-signature|x-amz-credential"
    r"|x-aws-ec2-metadata-token|x-auth-token|api_?key|client_?secret|refresh_?token|access_?token"
    r"|id_?token|auth_?token|webidentitytoken|private_?key|passwd|password|passphrase"
    r"|aws_container_authorization_token"
)

# Each pattern keeps its first group and masks the rest. Every repetition is bounded by a
# class that excludes what follows it, so that no text makes them slow.
_SECRETS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?s)(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----).*?"
        r"(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z)",
        r"()\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?",
        r"\b((?:AKIA|ASIA|ABIA|ACCA))[A-Z0-9]{16}\b",
        r"()\b(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[\w+/=%-]{20,}",
        r"((?i:encoded authorization (?:failure )?message)[\"']?\s{0,3}:?\s{0,3}[\"']?)"
        r"[\w+/=-]{16,}",
        r"((?i:\bauthorization)[\"']?\s{0,3}[:=]\s{0,3}\[?[\"']?(?:(?i:bearer|basic|negotiate)\s+)?)"
        r"(?!(?i:bearer|basic|negotiate)\b)[^\s\"',;\]]{8,}",
        r"((?i:\b(?:bearer|basic)\s+))(?=[^\s]*[\d=])[\w.~+/=-]{16,}",
        rf"((?i:(?:\b|_)(?:{_NAMED}))(?:\\?[\"'])?\s{{0,3}}[:=]\s{{0,3}}(?:\\?[\"'])?)"
        r"(?!\[masked\])[^\s\"'\\,;&}\]]{6,}",
        r"(\b[a-zA-Z][a-zA-Z0-9+.-]{0,20}://[^\s/:@\"']{0,200}:)[^\s/@\"']{1,400}(?=@)",
    )
)
# One of these is in every text that any of the patterns takes: the cheap question first.
_HINT: Final = re.compile(
    r"(?i)PRIVATE KEY|eyJ|AKIA|ASIA|ABIA|ACCA|FwoGZXIvYXdz|IQoJb3JpZ2lu|authorization|bearer|basic"
    r"|token|secret|passw|passphrase|api_?key|private_?key|x-amz|://[^\s/@]*:[^\s/@]*@"
)


def mask(text: str) -> str:
    """Return *text* with every secret replaced by `MASK`, names and surroundings kept."""
    if not _HINT.search(text):
        return text
    for pattern in _SECRETS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text
