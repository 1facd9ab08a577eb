"""Part a step of a fix into words to read and commands to paste.

A step is a sentence. What stands in backticks, in a fence or after a colon is a command where a
shell could run it, and so is a JSON object (a policy statement); any other name in backticks
(`NotReady`) stays in its sentence.
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from cnilog.lazily import regex

_PROGRAMS: Final = frozenset(
    """
    aws awk cat chmod chown chronyc cnilog containerd crictl ctr curl dig dmesg docker eksctl
    ethtool export find for getent grep helm ip ip6tables iptables iptables-save
    iptables-legacy-save iptables-nft-save journalctl jq kubectl ls lsmod modprobe mount mv nc nft
    nmcli nslookup nsenter openssl rm rpm scp sed ss ssh stat sudo sysctl systemctl tail tar
    terraform timedatectl touch update-alternatives yum dnf apt bash
    """.split()  # noqa: SIM905 - words read better than a list of quotes
)
_JSON: Final = json.JSONDecoder()
_FENCE: Final = regex(r"```\w*\n(.*?)```", re.DOTALL)
_SPAN: Final = regex(r"`([^`\n]+)`")
_PROSE: Final = regex(r" (?:the|a|an|of|that|which|is|are|and then|or the) ")
_NEXT: Final = regex(  # a command after another
    rf"(?:; | and )(?=(?:{'|'.join(sorted(_PROGRAMS))}) )"
)
_REST: Final = regex(
    r", (?=then |and |or |which |until |where |so )| \((?=\w+ )|\. (?=[A-Z])"
    r"| (?=(?:must|should|shows|says|lists|names|tells|gives) )"
    rf"| (?=and (?!(?:{'|'.join(sorted(_PROGRAMS))}) ))"
)


class Step(NamedTuple):
    """A step: what to do in words, what to paste, and what to do after that."""

    words: str
    commands: tuple[str, ...] = ()
    then: str = ""


def step(text: str) -> Step:
    """Return *text* parted into words and commands; no word of it is lost."""
    commands: list[str] = []

    def take(found: re.Match[str]) -> str:
        command = found.group(1).strip("\n")
        if not _runs(command):
            return found.group()
        commands.append(command)
        return ""

    words = _SPAN.sub(take, _FENCE.sub(take, text))
    words = _without_objects(words, commands)
    then = ""
    if not commands:
        words, commands, then = _after_colon(text)
    words = _tidy(words)
    return Step(words.rstrip(" .:,") if commands else words, tuple(commands), _tidy(then))


def _without_objects(text: str, commands: list[str]) -> str:
    """Return *text* without its JSON objects (policy statements), which go to *commands*."""
    at = text.find("{")
    while at >= 0:
        try:
            found, end = _JSON.raw_decode(text, at)
        except (ValueError, RecursionError):
            found, end = None, at + 1
        if found:
            commands.append(" ".join(text[at:end].split()))
            text, end = text[:at] + text[end:], at
        at = text.find("{", end)
    return re.sub(r":\s+(?:and|or)(?=\s*$)", "", text)


def _after_colon(text: str) -> tuple[str, list[str], str]:
    """Return the parts of ``words: command; command, then words``."""
    flat = " ".join(text.split()) if "\n" not in text.strip() else text.strip()
    head, colon, tail = ("", ":", flat) if _program(flat) else flat.partition(": ")
    if not colon or not _program(tail):
        return text, [], ""
    rest = _REST.search(tail)
    typed, words = (tail[: rest.start()], tail[rest.start() :]) if rest else (tail, "")
    typed = typed.removesuffix(".") if not typed.endswith(" .") else typed
    if _PROSE.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", typed)):
        return text, [], ""
    parts = _NEXT.split(typed)
    parts = parts if all(_program(part) for part in parts) else [typed]
    return head, parts, words.lstrip(",. ")


def _runs(text: str) -> bool:
    return _program(text) and not _PROSE.search(text)


def _program(text: str) -> bool:
    """Return whether *text* begins as a command line does, and has more than one word."""
    words = text.split()
    first = next((word for word in words if "=" not in word), "")
    return len(words) > 1 and first in _PROGRAMS


def _tidy(words: str) -> str:
    words = " ".join(words.split())
    words = re.sub(r"\s*:?\s+([.,;)])", r"\1", words)
    return re.sub(r"\s*[:,]\s*\.?$", "", words)
