"""Put stand-ins in the place of identifiers in a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.redaction import encoded
from cnilog.redaction.names import Names, generated, listed
from cnilog.redaction.shapes import IN_WORD, SIMPLE, exactly
from cnilog.redaction.stand_ins import StandIns, parsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilog.redaction.stand_ins import Kind

PUBLISHERS: Final = listed("publishers.txt")
_STAMP: Final = re.compile(  # 202611200915: a time without separators, not an account
    r"20[1-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d"
)
_PARTS: Final = re.compile(r"(\\?/|:)")
_USUAL_DOMAIN: Final = re.compile(
    r"(?:\.[a-z0-9-]+)?\.(?:compute|ec2)\.internal|\.[a-z0-9-]*\.?compute(?:-1)?\.amazonaws\.com"
)
_UNITS: Final = (".service", ".slice", ".socket", ".mount", ".timer", ".device", ".scope")
_EVERY_MAC: Final = re.compile(r"(?i)(?:00:){5}00|(?:ff:){5}ff|(?:ee:){5}ee|33:33.*|01:00:5e.*")
_SUFFIX: Final = re.compile(
    r"(?:\.[a-z]{2}(?:-[a-z]+)+-\d)?\.(?:compute\.internal|ec2\.internal|compute\.amazonaws\.com"
    r"|amazonaws\.com|cluster\.local|internal|local)$"
)


class Redactor:
    """Stand-ins drawn from one key: the same key gives the same ones."""

    def __init__(
        self,
        key: bytes | None = None,
        names: Names | None = None,
        *,
        inner: Callable[[str], str] | None = None,
    ) -> None:
        self.names = names or Names()
        self.stand_ins = StandIns(key)
        self.hits: list[Kind] = []  # of each replacement since this was last emptied
        self._shapes: dict[tuple[int, bool], re.Pattern[str]] = {}  # by the number of odd names
        self._inner = inner or self.redact
        self._rules: dict[str, Callable[[re.Match[str]], str]] = {
            "percent": lambda found: encoded.in_percents(found["percent"], self._inner),
            "netns": lambda found: found["netns"],  # drawn at random, names nothing
            "color": lambda found: found["color"],
            "numbers": lambda found: encoded.in_numbers(found["numbers"], self._inner),
            "base64": lambda found: encoded.in_base64(found["base64"], self._inner),
            "arn_name": self._arn,
            "arn": self._arn,
            "provider": self._provider,
            "uuid": lambda found: self._hexes("uuid", found["uuid"]),
            "resource_id": self._resource,
            "principal_id": self._principal,
            "host_pad": self._host,
            "mac": self._mac,
            "v4_pad": self._v4,
            "v6_pad": self._v6,
            "account": lambda found: self._account(found["account"]),
            "mail": self._mail,
            "windows": lambda found: self._named("host", found["windows"]),
            "word_pad": self._word,
            "odd": lambda found: self._named("name", found["odd"]),
        }

    def redact(self, text: str) -> str:
        """Return *text* with every identifier replaced."""
        return self._shape(encoded="%" in text).sub(self._stand_in, text)

    def one(self, find: str) -> str:
        """Return what `redact` does of *find*, one of `shapes.LIKELY`: mostly one identifier."""
        found = SIMPLE.fullmatch(find)
        if found and found["netns"]:
            return find
        if found is None or self.names.is_odd(found["simple_word"]):
            return self.redact(find)
        if quad := found["simple_v4"]:
            return find[0] + self._address(quad, None)
        if word := found["simple_word"]:
            return find[0] + self._plain_word(word)
        return find[0] + self._stand_in(found)

    def _plain_word(self, word: str) -> str:
        return self._parts(word) if self.names.may_hold(word) else word

    def _shape(self, *, encoded: bool) -> re.Pattern[str]:
        key = (len(self.names.odd), encoded)
        if key not in self._shapes:
            self._shapes[key] = exactly(self.names.odd, encoded=encoded)
        return self._shapes[key]

    def _stand_in(self, found: re.Match[str]) -> str:
        return self._rules[str(found.lastgroup)](found)

    def _counted(self, kind: Kind, out: str) -> str:
        self.hits.append(kind)
        return out

    def _hexes(self, kind: Kind, text: str) -> str:
        out = self.stand_ins.hexes(kind, text, text)
        return self._counted(kind, self.stand_ins.remembered(kind, text, out))

    def _provider(self, found: re.Match[str]) -> str:
        text = found["provider"]
        out = self.stand_ins.hexes("provider", text.upper(), text)
        return self._counted("provider", self.stand_ins.remembered("provider", text, out))

    def _resource(self, found: re.Match[str]) -> str:
        text = found["resource"] + found["resource_id"]
        out = found["resource"] + self.stand_ins.hexes("resource", text, found["resource_id"])
        return self._counted("resource", self.stand_ins.remembered("resource", text, out))

    def _principal(self, found: re.Match[str]) -> str:
        drawn = self.stand_ins.name("name", found["principal_id"])
        return self._counted("name", found["principal"] + drawn)

    def _mac(self, found: re.Match[str]) -> str:
        text = found["mac"]
        if _EVERY_MAC.fullmatch(text):
            return text
        out = text[:3] + self.stand_ins.hexes("mac", text, text[3:])
        return self._counted("mac", self.stand_ins.remembered("mac", text, out))

    def _account(self, text: str, *, sure: bool = False) -> str:
        if text in PUBLISHERS or not (sure or text in self.names.accounts or not _stamp(text)):
            return text
        return self._counted("account", self.stand_ins.digits("account", text))

    def _host(self, found: re.Match[str]) -> str:
        text, pad = found["host"], found["host_pad"]
        head, _, quad = text.partition("-")
        address = self._address(quad.replace("-", "."), None)
        out = f"{head}-{address.replace('.', '-')}"
        if address != quad.replace("-", "."):
            self.hits[-1] = "host"
        domain = found["domain"]
        if domain and not _USUAL_DOMAIN.match(domain):
            domain = "." + self._parts(domain[1:])
        return _padded(text + found["domain"], out + domain, pad)

    def _v4(self, found: re.Match[str]) -> str:
        length = found["v4_length"]
        out = self._address(found["v4"], int(length) if length else None)
        return _padded(found["v4"], out, found["v4_pad"], f"/{length}" if length else "")

    def _v6(self, found: re.Match[str]) -> str:
        text, length = found["v6"], found["v6_length"]
        out = self._address(text, int(length) if length else None)
        return _padded(text, out, found["v6_pad"], f"/{length}" if length else "")

    def _address(self, text: str, length: int | None) -> str:
        if length is None and "." in text and ":" not in text:
            out = self.stand_ins.quad(text)
        else:
            out = self._network(text, length)
        if out == text:
            return text
        return self._counted("address", self.stand_ins.remembered("address", text, out))

    def _network(self, text: str, length: int | None) -> str:
        address = parsed(text)
        if address is None or (stand_in := self.stand_ins.address(address, length)) == address:
            return text
        out = stand_in.exploded if len(text) == 39 else str(stand_in)
        return out.upper() if any("A" <= sign <= "F" for sign in text) else out

    def _mail(self, found: re.Match[str]) -> str:
        text = found["mail"]
        if text.endswith(_UNITS):
            return text
        who, _, domain = text.partition("@")
        return f"{self._named('name', who)}@{self._named('host', domain)}"

    def _arn(self, found: re.Match[str]) -> str:
        head, name = found["arn"], found["arn_name"]
        account = head.rsplit(":", 2)[1]
        if account == "aws":
            return found.group()
        if account.isdigit():
            head = head[: -len(account) - 1] + self._account(account, sure=True) + ":"
        name, end = _ended(name)
        pieces = _PARTS.split(name)
        return head + "".join(map(self._arn_piece, pieces)) + end

    def _arn_piece(self, piece: str) -> str:
        if _PARTS.fullmatch(piece) or piece.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            return piece
        shaped = IN_WORD.sub(self._stand_in, piece)
        return shaped if shaped != piece else self._named("name", piece)

    def _word(self, found: re.Match[str]) -> str:
        word, pad = found["word"], found["word_pad"]
        out, at = [], 0
        for inner in IN_WORD.finditer(word):
            out += [self._parts(word[at : inner.start()]), self._stand_in(inner)]
            at = inner.end()
        out.append(self._parts(word[at:]))
        return _padded(word, "".join(out), pad)

    def _parts(self, word: str) -> str:
        """Return *word* with the names in it replaced: learned ones, and those of pods."""
        out: list[str] = []
        plain: list[str] = []
        for part, kind in self.names.parted(word):
            if kind is None:
                plain.append(part)
                continue
            out += [self._pods("".join(plain)), self._named(kind, part)]
            plain = []
        out.append(self._pods("".join(plain)))
        return "".join(out)

    def _pods(self, word: str) -> str:
        found = generated(word) if "-" in word else None
        if found is None:
            return word
        return self._generated(found) + word[found.end() :]

    def _generated(self, found: re.Match[str]) -> str:
        base, whole = found["base"], found.group()
        parts = [self.stand_ins.name("pod", base) if self.names.is_name(base) else base]
        parts += [self.stand_ins.part(part) for part in (found["hash"], found["tail"]) if part]
        drawn = "-".join(parts)
        return self._counted("pod", self.stand_ins.remembered("pod", whole, drawn))

    def _named(self, kind: Kind, text: str) -> str:
        """Return the stand-in of a name, with what is everybody's in it kept."""
        kind = self.names.kind(text) or kind
        text = self.names.canonical(text)
        if not self.names.is_name(text):
            return text
        if (pod := generated(text)) and pod.end() == len(text):
            return self._generated(pod)
        base, rest = self.names.usual_base(text)
        suffix = _SUFFIX.search(rest)
        middle = rest[: suffix.start()] if suffix else rest
        draw = self.stand_ins.part if base else lambda text: self.stand_ins.name(kind, text)
        drawn = draw(middle) if middle else ""
        out = base + drawn + (suffix[0] if suffix else "")
        return self._counted(kind, self.stand_ins.remembered(kind, text, out))


def _stamp(text: str) -> bool:
    return _STAMP.fullmatch(text) is not None


def _ended(name: str) -> tuple[str, str]:
    """Return *name* without the full stop or colon that ends the sentence it is in, and that."""
    kept = name.rstrip(".:")
    return kept, name[len(kept) :]


def _padded(before: str, after: str, pad: str, kept: str = "") -> str:
    """Return *after* with as much of the *pad* that columns stay where they were."""
    if pad:
        pad = " " * max(2, len(pad) + len(before) - len(after))
    return after + kept + pad
