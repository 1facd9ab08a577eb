"""Every form that journalctl writes gives the same records, with their times and their host."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import exports
import pytest
from exports import JOURNAL, JOURNAL_MESSAGES, NODE

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES = [
    {"__CURSOR": f"s=1;i={number}", "__REALTIME_TIMESTAMP": str(micros), "_HOSTNAME": NODE,
     "PRIORITY": "6", "SYSLOG_IDENTIFIER": "kubelet", "_SYSTEMD_UNIT": "kubelet.service",
     "MESSAGE": text}
    for number, (micros, text) in enumerate(JOURNAL)
]  # fmt: skip


def _short(form: str, zone: str = "") -> str:
    lines = []
    for micros, text in JOURNAL:
        prefix = f"{exports.journal_time(micros).strftime(form)}{zone} {NODE} kubelet[2101]: "
        first, *rest = text.split("\n")
        lines += [prefix + first, *(" " * len(prefix) + line for line in rest)]
    return "\n".join(lines) + "\n"


def _export() -> bytes:
    text = b""
    for entry in ENTRIES:
        for name, value in entry.items():
            data = value.encode()
            binary = name.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"
            text += binary if "\n" in value else f"{name}={value}\n".encode()
        text += b"\n"
    return text


FORMS = [
    pytest.param("-- Logs begin at Sun 2026-03-01 03:02:11 UTC, end at Mon 2026-03-02 UTC. --\n"
                 + _short("%b %d %H:%M:%S"), id="short, the year in a header"),
    pytest.param(_short("%b %d %H:%M:%S.%f"), id="short-precise"),
    pytest.param(_short("%Y-%m-%dT%H:%M:%S", "+0000"), id="short-iso"),
    pytest.param(_short("%Y-%m-%dT%H:%M:%S.%f", "+00:00"), id="short-iso-precise"),
    pytest.param(_short("%a %Y-%m-%d %H:%M:%S", " UTC"), id="short-full"),
    pytest.param("\n".join(map(json.dumps, ENTRIES)), id="json"),
    pytest.param("\n".join(json.dumps(e, indent="\t") for e in ENTRIES), id="json-pretty"),
    pytest.param("".join(f"\x1e{json.dumps(e)}\n" for e in ENTRIES), id="json-seq"),
    pytest.param(_export(), id="export"),
]  # fmt: skip


@pytest.mark.parametrize("text", FORMS)
def test_a_form_gives_the_records(text: str | bytes, tmp_path: Path) -> None:
    records = exports.read(tmp_path, text, "kubelet_20260302.log").records

    kubelet = records.filter(records["component"] == "kubelet").filter("decoded")
    found = tuple(m for m in exports.messages(kubelet) if not m.startswith("-- "))
    assert found == JOURNAL_MESSAGES
    assert kubelet["node"].drop_nulls().unique().to_list() == [NODE]
    assert kubelet["message"][-1].split() == [
        '"Probe',
        'failed"',
        "output=<",
        "timeout:",
        "no",
        ">",
    ]
    assert kubelet["ts"][-1] == exports.journal_time(JOURNAL[-1][0])


def test_a_message_of_bytes_is_text_again(tmp_path: Path) -> None:
    entry = {**ENTRIES[0], "MESSAGE": [255, *JOURNAL[0][1].encode()]}

    records = exports.read(tmp_path, json.dumps(entry)).records

    assert exports.messages(records) == JOURNAL_MESSAGES[:1]


def test_a_message_that_was_left_out_is_said(tmp_path: Path) -> None:
    entry = {**ENTRIES[0], "MESSAGE": None}

    records = exports.read(tmp_path, json.dumps(entry)).records

    assert "left out by journalctl" in records["message"].item()
