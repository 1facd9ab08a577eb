"""Read JSON records of every other shape: other keys, other order, fields after the message.

    {"level":"info","timestamp":"2026-01-05T09:15:03.010Z","logger":"ebpf-client","msg":"…"}

Policy agents up to v1.2.1 put structured fields after ``msg`` and a blank after the colon inside
the key; they follow the message here as ``key=value``. Times may be epochs. A line that is cut in
the middle keeps what it shows. Left out: the names and order of the extra keys' nesting.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from cnilog.ingest.escapes import escape, whole
from cnilog.ingest.format import Entry, Format, decoded, level_of
from cnilog.ingest.times import epoch_time, iso_repaired, iso_time

LEVEL_KEYS: Final = ("level", "severity", "lvl", "Level")
TIME_KEYS: Final = ("ts", "timestamp", "time", "@timestamp", "T")
CALLER_KEYS: Final = ("caller", "source", "C")
MESSAGE_KEYS: Final = ("msg", "message", "M")
LEFT_OUT: Final = ("logger", "stacktrace")  # say where a line comes from, not what it says
KNOWN: Final = frozenset((*LEVEL_KEYS, *TIME_KEYS, *CALLER_KEYS, *MESSAGE_KEYS, *LEFT_OUT))
PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/@^+:")
# A line with this head is a record whatever follows; its level and time are those of the head.
HEADED: Final = (
    r'^\{"level":"(\w+)","ts":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z)"'
)
CUT: Final = (  # the end is missing
    r'^\{"level":"(\w+)","ts":"([^"]*)",(?:"logger":"[^"]*",)?"caller":"([^"]*)","msg":"(.*)$'
)

AGENT: Final = r'"logger":\s*"(?:ebpf-client|controllers\.policyEndpoints|rpc-handler)"'
# a controller of another API group than those of the CNI, its agents and controllers
STRANGER: Final = r'"(?:reconciler group|controllerGroup)":\s*"[\w.-]*\.[\w.-]*"'
OURS: Final = (
    r'"(?:reconciler group|controllerGroup)":\s*"(?:networking\.k8s\.aws|vpcresources\.k8s\.aws|'
    r'crd\.k8s\.amazonaws\.com)"'
)

TEXT: Final = pl.col("text")
TEST: Final = TEXT.str.contains(r'^\s*\{\s*"')
ROW: Final = {"level": pl.String, "ts": pl.String, "caller": pl.String, "message": pl.String}


def _decode(frame: pl.DataFrame) -> pl.DataFrame:
    rows = pl.DataFrame([_row(text) for text in frame["text"]], schema=ROW, orient="row")
    cut = frame.select(
        level=TEXT.str.extract(CUT, 1),
        ts=TEXT.str.extract(CUT, 2),
        caller=TEXT.str.extract(CUT, 3),
        message=TEXT.str.extract(CUT, 4),
    )
    lost = rows["message"].is_null()
    rows = rows.with_columns(
        pl.when(lost).then(cut[name]).otherwise(pl.col(name)).alias(name) for name in ROW
    )
    level, head = frame.select(TEXT.str.extract(HEADED, 1), ts=TEXT.str.extract(HEADED, 2))
    rows = rows.with_columns(
        level=pl.coalesce(level, "level"),
        ts=pl.coalesce(head, "ts"),
        message=pl.coalesce("message", pl.when(head.is_not_null()).then(frame["text"])),
    )
    ts, number = pl.col("ts"), pl.col("ts").str.contains(r"^[0-9]+(?:\.[0-9]+)?(?:[eE]\+?[0-9]+)?$")
    return decoded(
        rows,
        ts=pl.when(number).then(epoch_time(ts)).otherwise(iso_time(ts)),
        ts_repaired=iso_repaired(ts) & ~number,
        level=level_of(pl.col("level")),
        caller=pl.col("caller"),
        message=pl.col("message"),
        component=pl.when(pl.col("caller") == "entrypoint.sh")
        .then(pl.lit("entrypoint"))
        .when(frame["text"].str.contains(AGENT))
        .then(pl.lit("network-policy-agent"))
        .when(frame["text"].str.contains(STRANGER) & ~frame["text"].str.contains(OURS))
        .then(pl.lit("other")),
    )


def _row(text: str) -> tuple[str | None, str | None, str | None, str | None]:
    """Return level, time, caller and message of one line; no message where it is no record."""
    try:
        value = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return (None, None, None, None)
    if not isinstance(value, dict):
        return (None, None, None, None)
    level, ts = _first(value, LEVEL_KEYS), _first(value, TIME_KEYS)
    message = _first(value, MESSAGE_KEYS)
    if message is None or (level is None and ts is None):
        return (None, None, None, None)
    return (level, ts, _first(value, CALLER_KEYS), message + whole(_fields(value)))


def _first(value: dict[str, Any], keys: tuple[str, ...]) -> str | None:
    """Return the first of *keys* that holds a text or a number."""
    for key in keys:
        found = value.get(key)
        if isinstance(found, str):
            return whole(found)
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            return repr(found)
    return None


def _fields(value: dict[str, Any]) -> str:
    """Return the other keys in order, as they would stand in a line of text."""
    return "".join(
        f" {key.rstrip(': ')}={_field(found)}" for key, found in value.items() if key not in KNOWN
    )


def _field(found: object) -> str:
    text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False)
    text = whole(text)
    return text if text and PLAIN.issuperset(text) else f'"{text}"'


def _write(entry: Entry) -> str:
    ts = entry.ts.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    caller = f'"caller":"{entry.caller}",' if entry.caller else ""
    return f'{{"level":"{entry.level}","timestamp":"{ts}",{caller}"msg":"{escape(entry.message)}"}}'


JSON: Final = Format(
    "json",
    TEST,
    _decode,
    sample=_write(Entry(datetime(2026, 1, 5, 9, 15, 3, tzinfo=UTC), "info", "Probe validation")),
    write=_write,
)
