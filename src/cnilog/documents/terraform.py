"""Calls of the Terraform IRSA and Pod Identity modules: which of the CNI's policies they attach.

    module "cni" {
      source                = "…/iam-role-for-service-accounts-eks"
      attach_vpc_cni_policy = true
      vpc_cni_enable_ipv6   = true
    }

A whole evaluation of Terraform is not tried, and needs no parser of HCL: a flag that is a literal
is read, one that is left out has the module's default (false), and any other expression is
unknown. Plans in JSON are read by the same words. Policies in plans are policies (`roles`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.documents.reader import Reader
from cnilog.documents.shapes import line_of
from cnilog.finding import Fact
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Document

_COMMENT: Final = regex(r"/\*.*?\*/|(?m:^\s*(?:#|//).*$)|(?m:\s(?:#|//)\s.*$)", re.DOTALL)
_MODULE: Final = regex(r'(?m)^\s*module\s+"|"(?:module|module_calls)"\s*:')
_SWITCH: Final = regex(
    r'"?\b(?:aws_)?(attach_(?:aws_)?vpc_cni_policy|vpc_cni_enable_ipv[46])"?\s*'
    r'(?:=|:\s*\{\s*"constant_value"\s*:|:)\s*("?[^\s,}]+)'
)


def _read(document: Document) -> Iterable[Fact] | None:
    if "vpc_cni_policy" not in document.text:
        return None
    code = _COMMENT.sub("", document.text)
    if not _MODULE.search(code):
        return None
    calls = [dict(_SWITCH.findall(one)) for one in _calls(code)]
    ours = [one for one in calls if _attached(one)]
    return [fact for family in ("ipv4", "ipv6") for fact in _of_family(document, ours, family)]


def _calls(code: str) -> list[str]:
    """Return the text from each module's head to the next one's; a plan in JSON is one text."""
    if '"module_calls"' in code:
        return [code[code.index('"module_calls"') :]]
    return re.split(r'(?m)^\s*module\s+"', code)


def _attached(call: dict[str, str]) -> bool:
    return any(
        name.startswith("attach") and _literal(value) is True for name, value in call.items()
    )


def _literal(value: str) -> bool | None:
    return {"true": True, "false": False}.get(value.strip('"'))


def _of_family(document: Document, calls: list[dict[str, str]], family: str) -> Iterator[Fact]:
    name = f"vpc_cni_enable_{family}"
    flags = [_literal(one[name]) if name in one else False for one in calls]
    if not flags or (None in flags and True not in flags):
        return
    value = True in flags
    written = any(name in one for one in calls)
    line = line_of(document.text, name) or line_of(document.text, "attach_vpc_cni_policy")
    text = f"{name} = {str(value).lower()}" + ("" if written else " (not set)")
    if not value:
        text += f": this role may not do what {family.replace('ip', 'IP')} mode needs"
    yield Fact(f"terraform.{name}", value, document.file, line, text=text)


TERRAFORM: Final = Reader("Terraform", _read)
