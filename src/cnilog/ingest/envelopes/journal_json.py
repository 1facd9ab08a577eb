"""Peel the JSON of ``journalctl -o json``: one object an entry, every value a string.

    {"__REALTIME_TIMESTAMP":"1767604510120311","_HOSTNAME":"ip-10-0-0-1","MESSAGE":"…", …}

MESSAGE is an array of byte numbers where it is not UTF-8, and null where it was longer than 4096
bytes and ``--all`` was not given: then its text is lost, and the line says so. Of a pretty-printed
or sequenced journal the objects come from `cnilog.ingest.envelopes.json_documents`.
Source: systemd `journal-fields(7)`, `logs-show.c`.
"""

from __future__ import annotations

from typing import Final

from cnilog.ingest.envelopes._carried import Carried, component_of, pick
from cnilog.ingest.envelopes._json_lines import json_lines

LOST: Final = "(message of more than 4096 bytes left out by journalctl; export with --all)"
PRIORITIES: Final = {  # 6 is what everything on standard output gets: says nothing
    "0": "fatal",
    "1": "fatal",
    "2": "fatal",
    "3": "error",
    "4": "warn",
    "5": "info",
    "7": "debug",
}


def read(entry: dict[str, object]) -> Carried | None:
    """Return the line in a journal *entry*; null where it is something else."""
    if "MESSAGE" not in entry or not (
        {"__REALTIME_TIMESTAMP", "__CURSOR", "_BOOT_ID", "_HOSTNAME"} & entry.keys()
    ):
        return None
    unit = pick(entry, "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "_COMM")
    return Carried(
        message(entry["MESSAGE"]),
        time=pick(entry, "__REALTIME_TIMESTAMP", "_SOURCE_REALTIME_TIMESTAMP"),
        node=pick(entry, "_HOSTNAME"),
        writer=unit,
        component=component_of(pick(entry, "SYSLOG_IDENTIFIER", "_COMM")) or component_of(unit),
        level=level(pick(entry, "PRIORITY")),
        key=pick(entry, "__CURSOR"),
    )


def message(value: object) -> str:
    """Return the text of a MESSAGE field."""
    if isinstance(value, list) and all(isinstance(n, int) and 0 <= n < 256 for n in value):
        return bytes(value).decode("utf-8", "replace").strip("\ufffd")
    if isinstance(value, list):  # the field was written several times
        return "\n".join(message(part) for part in value)
    return value if isinstance(value, str) else LOST


def level(priority: str | None) -> str | None:
    """Return the level of a syslog *priority*; null for the one that says nothing."""
    return PRIORITIES.get(priority or "")


JOURNAL_JSON: Final = json_lines("journal-json", read, "MESSAGE")
