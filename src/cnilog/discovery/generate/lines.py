"""Write one record as the component of that release writes it.

The shapes are those of the CNI's loggers by release: seelog text to v1.6.0, zap JSON after it,
a shell script that prints JSON from v1.7.0 to v1.12.0, logrus text from v1.12.1, klog for kubelet.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from cnilog.discovery.generate.eras import number


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a program says at one moment."""

    ts: datetime
    file: str  # key of the file it goes to: ipamd, plugin, aws-node, init, npa, kubelet
    level: str
    caller: str
    message: str
    plain: bool = False  # printed bare, without level or time
    error: str | None = None  # logrus' extra field


def encode(line: Line, version: str) -> str:
    """Return *line* as text, without its newline; a panic keeps its inner newlines."""
    if line.plain:
        return line.message
    if line.file == "kubelet":
        return _klog(line)
    if line.file in {"aws-node", "init"} and not line.caller:
        return _logrus(line) if number(version) >= (1, 12, 1) else _script(line)
    return _zap(line) if number(version) >= (1, 6, 1) else _seelog(line, version)


def _milliseconds(ts: datetime) -> str:
    return ts.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ts.microsecond // 1000:03d}Z"


def _zap(line: Line) -> str:
    fields = {"level": line.level, "ts": _milliseconds(line.ts)}
    fields |= {"caller": line.caller, "msg": line.message}
    return json.dumps(fields, separators=(",", ":"), ensure_ascii=False)


def _script(line: Line) -> str:
    stamp = _milliseconds(line.ts)
    return (
        f'{{"level":"{line.level}","ts":"{stamp}","caller":"entrypoint.sh","msg":"{line.message}"}}'
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _logrus(line: Line) -> str:
    stamp = line.ts.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    extra = f" error={_quoted(line.error)}" if line.error else ""
    return f'time="{stamp}" level={line.level} msg={_quoted(line.message)}{extra}'


def _seelog(line: Line, version: str) -> str:
    word = {"fatal": "CRITICAL"}.get(line.level, line.level.upper())
    precise = number(version) >= (1, 5, 1)
    stamp = _milliseconds(line.ts) if precise else line.ts.strftime("%Y-%m-%dT%H:%M:%SZ")
    gap = {True: "\t", False: " "}[number(version) >= (1, 5, 0)]
    return f"{stamp} [{word}]{' ' if number(version) == (1, 6, 0) else ''}{gap}{line.message}"


def _klog(line: Line) -> str:
    letter = {"info": "I", "warn": "W", "error": "E", "fatal": "F"}[line.level]
    stamp = line.ts.strftime("%m%d %H:%M:%S.%f")
    return f"{letter}{stamp} {2101:>7} {line.caller}] {line.message}"
