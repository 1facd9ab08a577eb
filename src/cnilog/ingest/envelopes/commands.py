r"""Peel the output of commands that Systems Manager ran.

    {"InstanceId":"i-…","StandardOutputContent":"line\nline\n…", …}     get-command-invocation
    {"CommandInvocations":[{"InstanceId":"i-…","CommandPlugins":[{"Output":"…"}]}]}

Systems Manager keeps the first 24000 characters only: the last line may be cut.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.ingest.envelopes._carried import Carried, pick

if TYPE_CHECKING:
    from collections.abc import Iterator


def knows(document: dict[str, object]) -> bool:
    """Return whether *document* is what a command printed."""
    return "StandardOutputContent" in document or "CommandInvocations" in document


def rows(document: dict[str, object]) -> Iterator[Carried]:
    """Yield what each instance printed, each as one event of many lines."""
    invocations = document.get("CommandInvocations", [document])
    for invocation in invocations if isinstance(invocations, list) else ():
        if isinstance(invocation, dict):
            for text in _outputs(invocation):
                yield Carried(text.rstrip("\n"), node=pick(invocation, "InstanceId"))


def _outputs(invocation: dict[str, object]) -> Iterator[str]:
    plugins = invocation.get("CommandPlugins", [])
    for held in (invocation, *(plugins if isinstance(plugins, list) else ())):
        for name in ("StandardOutputContent", "StandardErrorContent", "Output"):
            text = held.get(name) if isinstance(held, dict) else None
            if isinstance(text, str) and text.strip():
                yield text
