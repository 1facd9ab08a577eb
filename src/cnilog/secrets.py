"""Mask what must never leave a machine: keys, tokens, passwords.

A secret is told by its own shape (``ASIA…``, ``eyJ….eyJ….``) or by the name before it
(``aws_secret_access_key=``). What is masked keeps its name, so that a reader sees what stood
there. Names, addresses and account ids are no secrets; `cnilog.redaction` replaces those.
"""

from __future__ import annotations

from typing import Final

from cnilog.lazily import regex

MASK: Final = "[masked]"

_NAMED: Final = (
    r"aws_?secret_?access_?key|secret_?access_?key|aws_?session_?token|session_?token"
    r"|security_?token|x-amz-security-token|x-amz-signature|x-amz-credential"
    r"|x-aws-ec2-metadata-token|x-auth-token|x-vault-token|dd-api-key|api_?key|app_?key"
    r"|client_?secret|refresh_?token|access_?token|identity_?token|license_?key"
    r"|id_?token|auth_?token|bearer_?token|webidentitytoken|private_?key|passwd|password|passphrase"
    r"|aws_container_authorization_token|client-key-data|client-certificate-data"
)
# Environment variables that hold a secret: DD_API_KEY, VAULT_TOKEN, PGPASSWORD; not …_TOKEN_FILE.
_VARIABLE: Final = (
    r"[A-Z][A-Z0-9_]{0,60}?(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|APP_?KEY|ACCESS_KEY|PRIVATE_KEY"
    r"|LICENSE_KEY|SECRET_KEY|CREDENTIALS?|CONNECTION_STRING|WEBHOOK_URL)"
)
_QUOTE: Final = r"(?:\\{0,8}[\"'])"
_IS: Final = rf"{_QUOTE}?\s{{0,3}}[:=]\s{{0,40}}{_QUOTE}?"
_VALUE: Final = r"[^\s\"'\\,;&}\]<\[]"
_ALPHABET: Final = r"[A-Za-z0-9+/_-]"

# What is kept, what goes, and a text for a linear engine that finds no less. Every repetition is
# bounded by a class that excludes what follows it, so that no text makes them slow.
_SHAPES: Final = (
    (
        r"(?s:(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----).*?"
        r"(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\Z))",
        r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?s:.*?)"
        r"(?:-----END [A-Z ]{0,40}PRIVATE KEY-----|\z)",
    ),
    (r"()\beyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?", r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}(?:\.[\w-]*)?"),
    (r"\b((?:AKIA|ASIA|ABIA|ACCA))[A-Z0-9]{16}\b", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\w?"),
    (
        r"()\b(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[\w+/=%-]{20,}",
        r"(?:FwoGZXIvYXdz|IQoJb3JpZ2lu)[\w+/=%-]{20,}",
    ),
    (
        r"((?i:encoded authorization (?:failure )?message)[\"']?\s{0,3}:?\s{0,3}[\"']?)"
        r"[\w+/=-]{16,}",
        r"(?i:encoded authorization (?:failure )?message)[\"']?\s{0,3}:?\s{0,3}[\"']?[\w+/=-]{16,}",
    ),
    (
        r"((?i:\b(?:authorization|x-vault-token)):?\\?[\"']?\s{0,3}[:=]\s{0,3}\[?\\?[\"']?"
        r"(?:(?i:bearer|basic|negotiate)\s+)?)"
        r"(?!(?i:bearer|basic|negotiate)\b)[^\s\"'\\,;\]]{8,}",
        r"(?i:authorization|x-vault-token):?\\?[\"']?\s{0,3}[:=]\s{0,3}\[?\\?[\"']?"
        r"(?:(?i:bearer|basic|negotiate)\s+)?[^\s\"'\\,;\]]{8,}",
    ),
    (
        r"((?i:\b(?:bearer|basic)\s+))(?=[^\s]*[\d=])[\w.~+/=-]{16,}",
        r"(?i:bearer|basic)\s+[\w.~+/=-]{16,}",
    ),
    (
        rf"((?i:(?:\b|_)(?:{_NAMED})){_IS})(?!\[masked\]){_VALUE}{{6,}}",
        rf"(?i:{_NAMED}){_IS}{_VALUE}{{6,}}",
    ),
    (
        rf"(\b{_VARIABLE}{_IS})(?!\[masked\]|true\b|false\b|TRUE\b|FALSE\b){_VALUE}{{4,}}",
        rf"{_VARIABLE}{_IS}{_VALUE}{{4,}}",
    ),
    (  # an entry of a pod's env: the name, then the value
        rf"(name{_IS}{_VARIABLE}{_QUOTE}?,?\s{{1,80}}{_QUOTE}?value{_IS})"
        rf"(?!\[masked\]|true\b|false\b){_VALUE}{{4,}}",
        rf"name{_IS}{_VARIABLE}{_QUOTE}?,?\s{{1,80}}{_QUOTE}?value{_IS}{_VALUE}{{4,}}",
    ),
    (  # the same on one line: {"name":"DD_API_KEY","value":"…"}
        rf"(name{_IS}{_VARIABLE}{_QUOTE},{_QUOTE}value{_IS})(?!\[masked\]){_VALUE}{{4,}}",
        rf"name{_IS}{_VARIABLE}{_QUOTE},{_QUOTE}value{_IS}{_VALUE}{{4,}}",
    ),
    (  # of a registry: {"auths": {"…": {"auth": "dXNlcjpwYXNz"}}}
        rf"({_QUOTE}auth{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE})[A-Za-z0-9+/=_-]{{8,}}",
        rf"{_QUOTE}auth{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE}[A-Za-z0-9+/=_-]{{8,}}",
    ),
    (
        rf"(\.dockerconfigjson{_IS}|\.dockercfg{_IS})[A-Za-z0-9+/=]{{8,}}",
        rf"\.dockerc(?:onfigjson|fg){_IS}[A-Za-z0-9+/=]{{8,}}",
    ),
    (
        rf"()\b(?:hv[sbr]\.{_ALPHABET}{{20,}}|s\.[A-Za-z0-9]{{24}}\b|gh[pousr]_[A-Za-z0-9]{{30,}}"
        rf"|github_pat_\w{{30,}}|glpat-{_ALPHABET}{{18,}}|xox[abeoprs]-[A-Za-z0-9-]{{10,}}"
        r"|AIza[\w-]{30,}|sk_live_[A-Za-z0-9]{16,}|k8s-aws-v1\.[\w-]{16,}|AQoDYXdz[\w+/=-]{20,})",
        rf"hv[sbr]\.{_ALPHABET}{{20,}}|\bs\.[A-Za-z0-9]{{24}}\w?|gh[pousr]_[A-Za-z0-9]{{30,}}"
        rf"|github_pat_\w{{30,}}|glpat-{_ALPHABET}{{18,}}|xox[abeoprs]-[A-Za-z0-9-]{{10,}}"
        r"|AIza[\w-]{30,}|sk_live_[A-Za-z0-9]{16,}|k8s-aws-v1\.[\w-]{16,}|AQoDYXdz[\w+/=-]{20,}",
    ),
    (
        r"([a-zA-Z0-9+.-]://[^\s/:@\"']{0,200}:)[^\s/@\"']{1,400}(?=@)",
        r"[a-zA-Z0-9+.-]://[^\s/:@\"']{0,200}:[^\s/@\"']{1,400}@",
    ),
)
_SECRETS: Final = tuple(regex(exact) for exact, _ in _SHAPES)
# Finds whatever `mask` masks, and takes the sign before it along; for engines without look-around.
# Such an engine reads on after a find for as long as an earlier place might still become one: what
# begins a shape is short, or a text full of finds costs its square. A lazy bound stays one there.
LIKELY: Final = rf"\w?(?:{'|'.join(likely for _, likely in _SHAPES)})"
# One of these is in every text that any of the patterns takes: the cheap question first, and before
# it a cheaper one, for what each of them holds in lower case.
_HINTS: Final = tuple(
    (word, regex(f"(?i){hint}"))
    for word, hint in (
        ("key", r"PRIVATE KEY|_?key\b|key[\"'\\ ]{0,4}[:=]|client-key"),
        *((word.lower(), word) for word in ("eyJ", "AKIA", "ASIA", "ABIA", "ACCA", "AIza")),
        *((word.lower(), word) for word in ("FwoGZXIvYXdz", "IQoJb3JpZ2lu", "AQoDYXdz")),
        *((word, word) for word in ("authorization", "bearer", "basic", "token", "secret")),
        *((word, word) for word in ("passw", "passphrase", "credential", "client-cert", "x-amz")),
        *((word, word) for word in ("connection_string", "webhook", "github_pat", "glpat", "xox")),
        *((word, word) for word in ("sk_live", "k8s-aws")),
        ("@", r"://[^\s/@]*:[^\s/@]*@"),
        ("auth", r"auth[\"'\\]"),
        (".docker", r"\.docker"),
        ("hv", r"hv[sbr]\."),
        ("s.", r"\bs\."),
        ("gh", r"gh[pousr]_"),
    )
)


def mask(text: str) -> str:
    """Return *text* with every secret replaced by `MASK`, names and surroundings kept."""
    low = text.lower()
    plain = text.isascii()  # else letters may be alike that no lower case makes one
    if not any((not plain or word in low) and hint.search(text) for word, hint in _HINTS):
        return text
    for pattern in _SECRETS:
        text = pattern.sub(rf"\g<1>{MASK}", text)
    return text
