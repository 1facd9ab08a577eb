"""Targets of showing: masks, stand-ins, reporters, saved reports, tables."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import polars as pl
from fuzz.ingesting import FOLDER, drawn

from cnilog.cli import table
from cnilog.finding import (
    Accounting,
    Bar,
    Cause,
    Evidence,
    NextStep,
    Noise,
    Point,
    Reason,
    Report,
    Source,
    Symptom,
    Unknown,
)
from cnilog.redaction import Redactor
from cnilog.report import REPORTERS, View
from cnilog.report import json as saved
from cnilog.report.safety import cut, visible
from cnilog.secrets import mask

START: Final = datetime(2026, 1, 5, 9, 15, tzinfo=UTC)
ACTING: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")
TOKEN: Final = re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b")
KEY: Final = b"k" * 32


def masking(data: bytes) -> None:
    """What was masked stays masked, and nothing that acts is left."""
    text = data.decode("utf-8", "surrogateescape")
    masked = mask(text)
    assert not TOKEN.search(masked)
    assert not ACTING.search(visible(masked))
    assert len(cut(masked, 100)) <= 160


def redaction(data: bytes) -> None:
    """The same text gets the same stand-ins, and twelve digits of an account none of its own."""
    text = data.decode("utf-8", "replace")
    redactor = Redactor(KEY)  # one of its own: what was drawn before decides between short names
    first = redactor.redact(text)
    assert redactor.redact(text) == first
    assert Redactor(KEY).redact(text) == first


def reporters(data: bytes) -> None:
    """Every reporter writes a report whose every text is a stranger's."""
    report = report_of(data)
    name = drawn(tuple(REPORTERS), data)
    view = View(redact=True) if data[:1] > b"m" else View(width=40, detail="all")
    page = REPORTERS[name](report, view)
    assert not ACTING.search(page), name
    page.encode()
    CHECKS.get(name, str)(page)


def _html(page: str) -> None:
    assert page.lower().count("<script") == page.lower().count("</script")
    assert "<img" not in page


CHECKS: Final = {
    "json": json.loads,
    "sarif": json.loads,
    "junit": ElementTree.fromstring,
    "html": _html,
}


def report_of(data: bytes) -> Report:
    """Return a report whose texts and numbers are drawn from *data*."""
    parts = [part.decode("utf-8", "replace") for part in data.split(b"\x00")] or [""]
    say = [parts[n % len(parts)] for n in range(12)]
    count = len(data)
    later = START + timedelta(seconds=sum(data[:50]))
    evidence = Evidence(file=say[0], line=count, ts=later, text=say[1], context=(say[2],))
    cause = Cause(
        id="subnet-exhausted", title=say[3], confidence="likely", score=1.0, severity="high",
        nodes=(say[4],), first_seen=START, last_seen=later, count=count, period_s=count / 7,
        values={say[5]: (say[6],)}, why=say[7], reasons=(Reason(effect="supports", text=say[8]),),
        evidence=(evidence,), remediation=(say[9],), references=(say[10],), explains=("s",),
    )  # fmt: skip
    return Report(
        cnilog="0", verdict=say[11], accounting=Accounting(files=1, lines=count, records=count),
        sources=(Source(file=say[0], node=say[4], damaged=say[2], skipped=say[3] or None),),
        causes=(cause,),
        symptoms=(Symptom(id="s", title=say[5], count=1, evidence=(evidence,)),),
        noise=(Noise(id="n", count=1, title=say[6]),),
        unknown=(Unknown(template=say[7], level="error", count=1, evidence=(evidence,)),),
        next_steps=(NextStep(collect=say[8], would_tell=("subnet-exhausted",), look_for=say[9]),),
        nodes=(say[4],), notes=(say[10],), missing=(say[1],), fleet=(say[2],),
        node_facts={say[4]: {say[5]: say[6]}},
        timeline=(Point(ts=START, node=say[4], kind="cause", id="subnet-exhausted", until=later),),
        histogram=(Bar(ts=START, level="error", count=count),),
    )  # fmt: skip


def saved_reports(data: bytes) -> None:
    """A saved report is read or refused, and what was read can be written again."""
    report = saved.read(data.decode("utf-8", "replace"), file="report.json")
    saved.write(report, View())


def tables(data: bytes) -> None:
    """A table holds what it was given, and no cell begins a formula."""
    cells = [part.decode("utf-8", "replace") for part in data.split(b"\x00")]
    path: Path = FOLDER / "cells.csv"
    table.write_table(pl.DataFrame({"raw": cells}, schema={"raw": pl.String}), path)
    back = pl.read_csv(io.BytesIO(path.read_bytes()), schema={"raw": pl.String})
    assert back.height >= len([cell for cell in cells if cell])
    for cell in back["raw"].drop_nulls():
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")), cell
