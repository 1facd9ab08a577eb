"""Calls of the Terraform IRSA module: which of the CNI's policies they attach.

A whole evaluation of Terraform is not tried: a value that is a literal is read, anything else is
unknown. The plan in JSON is read as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.documents.reader import Reader
from cnilog.documents.shapes import line_of
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.finding import Document

_SWITCH: Final = re.compile(
    r'"?(attach_vpc_cni_policy|vpc_cni_enable_ipv[46])"?\s*(?:=|:\s*\{[^{}]*"constant_value"\s*:|:)\s*(true|false)'
)


def _read(document: Document) -> Iterable[Fact] | None:
    if "vpc_cni" not in document.text:
        return None
    code = re.sub(r"(?m)^\s*(?:#|//).*$", "", document.text)
    found = dict(_SWITCH.findall(code))
    if found.get("attach_vpc_cni_policy") != "true":
        return () if found else None
    facts = []
    for family in ("ipv4", "ipv6"):
        name = f"vpc_cni_enable_{family}"
        value = found.get(name) == "true"  # the module's default is false
        line = line_of(document.text, name) or line_of(document.text, "attach_vpc_cni_policy")
        text = f"{name} = {str(value).lower()}" + ("" if name in found else " (not set)")
        facts.append(Fact(f"terraform.{name}", value, document.file, line, text=text))
    return facts


TERRAFORM: Final = Reader("Terraform", _read)
