"""Policies written in Terraform: data sources, ``jsonencode`` and heredocs, one role a block.

    data "aws_iam_policy_document" "cni" {
      statement {
        actions   = ["ec2:AssignPrivateIpAddresses"]
        resources = ["*"]
      }
    }

The grammar is python-hcl2's (extra ``terraform``); without it such files say nothing. Expressions
are not evaluated: a statement whose actions are no literals is left out, and with it the block.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS: Final = ("aws_iam_policy", "aws_iam_role_policy")
LONGEST: Final = 200_000  # characters: the grammar is slow
_ENCODED: Final = regex(r"^\$\{jsonencode\((.*)\)\}$", re.DOTALL)
_HEREDOC: Final = regex(r'^"?<<-?\s*(\w+)\n(.*?)\n\s*\1"?$', re.DOTALL)


@lru_cache(maxsize=16)  # the same text is asked for its kind, its roles and its statements
def terraform_policies(text: str) -> tuple[dict[str, Any], ...]:
    """Return the policies in *text* as the AWS CLI would wrap them: a role's name, a document."""
    if not any(word in text for word in WORDS) or len(text) > LONGEST or text.lstrip()[:1] in "{[":
        return ()
    found = [(kind, name, _document(kind, block)) for kind, name, block in _blocks(_parsed(text))]
    return tuple(
        {"RoleName": f"{kind}.{name}", "PolicyDocument": document}
        for kind, name, document in found
        if document is not None
    )


def _parsed(text: str) -> dict[str, Any]:
    """Return what the grammar makes of *text*; empty where it, or its library, cannot."""
    try:
        import hcl2
        from lark.exceptions import LarkError
    except ImportError:
        return {}
    try:
        found = hcl2.loads(text)
    except (LarkError, RecursionError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _blocks(parsed: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for section in ("data", "resource"):
        for entry in parsed.get(section, ()):
            for kind, named in entry.items():
                for name, block in named.items() if isinstance(named, dict) else ():
                    if isinstance(block, dict) and kind.strip('"').startswith("aws_iam_"):
                        yield kind.strip('"'), name.strip('"'), block


def _document(kind: str, block: dict[str, Any]) -> dict[str, Any] | None:
    if kind == "aws_iam_policy_document":
        found = [_statement(one) for one in block.get("statement", ()) if isinstance(one, dict)]
        whole = [one for one in found if one is not None]
        return {"Statement": whole} if len(whole) == len(found) else None
    text = str(block.get("policy", ""))
    if heredoc := _HEREDOC.match(text):
        return _json(heredoc[2].replace('\\"', '"'))
    encoded = _ENCODED.match(text)
    inner = _parsed(f"x = {encoded[1]}").get("x") if encoded else None
    plain = _plain(inner)
    return plain if isinstance(plain, dict) and "Statement" in plain else None


def _json(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _statement(one: dict[str, Any]) -> dict[str, Any] | None:
    """Return a statement in IAM's words; null where its actions are an expression."""
    plain = _plain(one)
    actions = plain.get("actions") or plain.get("not_actions")
    if not isinstance(actions, list) or any("${" in str(action) for action in actions):
        return None
    found: dict[str, Any] = {
        "Effect": plain.get("effect", "Allow"),
        "Action" if "actions" in plain else "NotAction": actions,
        "Resource": plain.get("resources", "*"),
    }
    if plain.get("condition"):
        tests = plain["condition"] if isinstance(plain["condition"], list) else []
        keys = [str(test.get("variable")) for test in tests if isinstance(test, dict)]
        found["Condition"] = {"Terraform": dict.fromkeys(keys or ["condition"], "")}
    if plain.get("principals"):
        found["Principal"] = "Terraform"  # a trust policy: its terms are expressions mostly
    return found


def _plain(value: Any) -> Any:
    """Return *value* without the quotes that the grammar keeps around strings and keys."""
    if isinstance(value, str):
        return value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items() if key != "__is_block__"}
    return value
