"""Propose a pattern for a line of log, so that an author only says why and what to do.

By the message dictionary, and by the line's own words where no release of the CNI prints it. What a
person must add is marked ``TODO``; the lint asks for it.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final, get_args

import yaml

from cnilog.catalog.filling import write
from cnilog.catalog.messages import VERB, Template, dictionary, message_of
from cnilog.catalog.model import Component
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.catalog.model import Kind

LEAST: Final = 5  # letters and digits of a text to look for
LONGEST_ID: Final = 5  # words
LONGEST_TITLE: Final = 80  # characters
TODO: Final = "TODO:"
OPEN_ENDS: Final = re.compile(r"(?: (?:a|an|at|by|for|from|in|of|on|the|to|with))+$")
BLANK: Final = "…"
UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})  # categories of characters that act
NO_NAME: Final = "new-pattern"  # what an id is where the author gave none
_NAMES: Final = (  # the end of the text before a value names it
    (r"subnet", "subnet"),
    (r"ENI|eni|interface", "eni"),
    (r"MAC", "mac"),
    (r"CIDR|prefix|Prefix", "cidr"),
    (r"IP|ip|addr(?:ess)?", "ip"),
    (r"[Pp]od", "pod"),
    (r"namespace", "namespace"),
    (r"[Nn]ode", "node"),
    (r"err(?:or)?", "error"),
)
_VALUE: Final = re.compile(  # what differs from line to line, where no template says so
    r"(?:eni|subnet|sg|i|vpc)-[0-9a-f]{8,17}|\d+\.\d+\.\d+\.\d+(?:/\d+)?|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"
    r"|[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b"
)


def propose(
    line: str, name: str = NO_NAME, kind: Kind = "symptom", *, shape: str | None = None
) -> str:
    """Return the YAML of a pattern that takes *line*.

    Args:
        line: As it stands in a log, or its message.
        name: The pattern's id; made of its text where it is left out.
        kind: What the pattern is.
        shape: The message with `BLANK` for what differs from line to line, where many were seen.

    Raises:
        SourceError: The line holds no text to look for.
    """
    text = line.strip()
    message = message_of(text).split("\n", 1)[0]
    template = next(iter(dictionary().look_up(message)), None)
    literal = _literal(message, template, shape)
    if sum(character.isalnum() for character in literal) < LEAST:
        raise SourceError(f"'{text[:80]}' holds no text to look for. Give a whole line of a log")
    pattern = _pattern(name, kind, text, message, template, literal)
    if shape and not template:
        pattern["examples"]["match"][0]["from"] = "seen in logs of our own"
    return _written(pattern)


def _literal(message: str, template: Template | None, shape: str | None) -> str:
    """Return the longest text without a value: of the template, the shape, or the message."""
    if template:
        pieces = template.pieces
    else:
        seen = re.split(rf"\S*{BLANK}\S*", shape) if shape else _VALUE.split(message)
        pieces = tuple(piece for piece in seen if piece.strip(" \"'") in message)
    return max((piece.strip(" \"'") for piece in pieces), key=len, default="")


def _pattern(
    name: str, kind: Kind, line: str, message: str, template: Template | None, literal: str
) -> dict[str, Any]:
    known = template and template.component in get_args(Component)
    component = [template.component] if template and known else []
    regex, values = _regex(message, template)
    source = f"template@{template.first}..{template.last}" if template else "TODO: which program"
    signal = {"component": component, "contains": [literal], "regex": regex}
    match = {
        "log": line,
        "from": source,
        "component": component[0] if component else None,
        "expect": values,
    }
    steps = [] if kind == "noise" else ["TODO: say what to do, the most likely step first"]
    asked = [{"collect": "ipamd.log", "look_for": "TODO: what in it would settle it"}]
    return {
        "id": _id(literal) if name == NO_NAME else name,
        "kind": kind,
        "title": _title(literal),
        "severity": "info" if kind == "noise" else "medium",
        "why": "TODO: the mechanism, in two to four sentences: what leads to this line?",
        "signals": {"line": {key: value for key, value in signal.items() if value}},
        **({"confirm_with": asked} if kind == "cause" else {}),
        **({"remediation": steps} if steps else {}),
        "examples": {
            "match": [{key: value for key, value in match.items() if value}],
            "reject": [_near(message, literal, template)],
        },
    }


def _regex(message: str, template: Template | None) -> tuple[str | None, dict[str, str]]:
    """Return a regex with a named group for the value beside the literal, and what it takes."""
    if template is None or not VERB.search(template.text):
        return None, {}
    text = template.text.split("%!")[0].strip()
    for verb in VERB.finditer(text):
        before, after = text[: verb.start()], text[verb.end() :]
        piece = VERB.split(before)[-1][-30:]
        if not piece.strip() or re.match(r"[%\w]", after):
            continue
        name = _name(piece)
        ending = after[0] if after and after[0] not in "%\\" else ""
        value = rf"[^{re.escape(ending)}\s]+" if ending.strip() else r"\S+"
        regex = f"{_escaped(piece.lstrip())}(?P<{name}>{value})"
        found = re.search(regex, message)
        if found and name != "error":
            return regex, {name: found[name]}
    return None, {}


def _escaped(text: str) -> str:
    return re.sub(r"([.^$*+?{}\[\]\\|()])", r"\\\1", text)


def _name(piece: str) -> str:
    words = piece.rstrip(" :=\"'([{")
    return next((name for end, name in _NAMES if re.search(rf"(?:{end})$", words)), "value")


def _id(literal: str) -> str:
    words = re.findall(r"[a-z0-9]+", literal.lower())
    dull = {"the", "a", "an", "to", "of", "for", "on", "in", "is", "was", "be"}
    return "-".join([word for word in words if word not in dull][:LONGEST_ID]) or "line"


def _title(literal: str) -> str:
    text = " ".join(literal.split()).rstrip(".:, ").replace("{", "").replace("}", "")
    text = OPEN_ENDS.sub("", text) or text
    return (text[:1].upper() + text[1:])[:LONGEST_TITLE]


def _near(message: str, literal: str, template: Template | None) -> dict[str, str]:
    """Return a message of the same kind that the proposal leaves alone."""
    others = {
        one.text: one for one in _siblings(template) if literal not in one.text and one.pieces
    }
    near = difflib.get_close_matches(template.text if template else message, others, 1, cutoff=0.0)
    if not near:
        return {"log": _other_words(literal), "because": "TODO: how it differs"}
    other = others[near[0]]
    return {"log": write(other), "because": "another message of the same program"}


def _siblings(template: Template | None) -> Iterator[Template]:
    for one in dictionary().templates:
        if template is None or one.component == template.component:
            yield one


def _other_words(literal: str) -> str:
    words = literal.split()
    return " ".join(reversed(words))


def _written(pattern: dict[str, Any]) -> str:
    text = yaml.dump(
        pattern, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100, indent=2
    )
    return re.sub(r"(?m)^(signals|remediation|examples):", r"\n\1:", text)


class _Dumper(yaml.SafeDumper):
    """Indents lists below their key, as people do; lets an author type what they like."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Never write a list flush with its key."""
        super().increase_indent(flow, False)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    """Write what an author replaces so that an apostrophe in their words does no harm."""
    style = None if not text.startswith(TODO) else ">" if text.startswith(f"{TODO} the") else '"'
    if any(unicodedata.category(character) in UNSEEN for character in text):
        style = '"'  # where what is not seen can be written out
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
