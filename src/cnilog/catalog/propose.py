"""Propose a pattern for a line of log, so that an author only says why and what to do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from cnilog.catalog.lint import message_of
from cnilog.catalog.messages import VERB, Template, dictionary

if TYPE_CHECKING:
    from cnilog.catalog.model import Kind

SAFE: Final = re.compile(r"[^\"'\\\n\t]{4,}")
# what differs from line to line: quoted texts, addresses, ids, numbers
VALUE: Final = re.compile(r'"[^"]*"|\b\w+-[0-9a-f]{8,17}\b|\b\d[\d./:]*\b|\b[0-9a-f]{12,}\b')


def propose(line: str, name: str, kind: Kind) -> str:
    """Return the YAML of a pattern that takes *line*."""
    message = message_of(line)
    templates = dictionary().look_up(message)
    template = templates[0] if templates else None
    literal = _literal(template, message)
    blocks = [
        f"id: {name}",
        f"kind: {kind}",
        f"title: {json.dumps(literal, ensure_ascii=False)}",
        "severity: medium",
        "frequency: occasional",
        "why: >-\n  WHY: the mechanism, in two to four sentences.",
        "signals:\n  line:",
    ]
    if template and template.component:
        blocks.append(f"    component: [{template.component}]")
    blocks.append(f"    contains: [{json.dumps(literal, ensure_ascii=False)}]")
    if kind == "cause":
        blocks.append("remediation:\n  - Write what to do, most likely first")
    source = _source(template)
    component = f"\n      component: {template.component}" if template and "{" not in line else ""
    blocks += [
        "examples:\n  match:",
        f"    - log: {json.dumps(line, ensure_ascii=False)}",
        f"      from: {json.dumps(source)}{component}",
        "  reject:",
        "    - log: a near miss\n      because: say why it is left alone, and whose it is",
    ]
    return "\n".join(blocks) + "\n"


def _source(template: Template | None) -> str:
    if template is None:
        return "the program and its source"
    return f"template@{template.first}..{template.last}"


def _literal(template: Template | None, message: str) -> str:
    """Return the longest part that every such message has, as raw lines show it."""
    text = VERB.sub("\n", template.text) if template else VALUE.sub("\n", message)
    parts = [part.strip() for part in SAFE.findall(text)]
    return max(parts, key=len, default=message.strip()[:60])
