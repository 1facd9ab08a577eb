"""Peel the lines of a CloudWatch export task: a time in milliseconds before each event.

    2026-01-05T09:15:02.104Z LINE

An event of several lines has the time before its first line only. Streams are folders
(`cnilog.ingest.place.paths`); the parts of an export, and the lines in one, are in no
promised order.
Source: CloudWatch Logs, *CreateExportTask*.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import LineEnvelope
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import SECOND, iso_time
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX: Final = rf"{SECOND}\.[0-9]{{3}}Z "
HEADER: Final = rf"^{SECOND}\.[0-9]{{3}}Z(?: |$)"
SEELOG: Final = regex(r"^\S{24} \[[A-Z]+\]")
LEAST: Final = 0.2  # a trace of many lines may make most of a short export


def _fits(sample: Sequence[str]) -> bool:
    stamped = [line for line in sample if re.match(HEADER, line) and not SEELOG.match(line)]
    return bool(stamped) and stamped[0] == sample[0] and len(stamped) >= LEAST * len(sample)


def _peel(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    stamped = text.str.contains(HEADER)
    of = pl.when(stamped).then("line").forward_fill()
    frame = frame.with_columns(_stamped=stamped, _of=of)
    known = learn(
        frame,
        env_ts=pl.when("_stamped").then(iso_time(text)).forward_fill(),
        event=pl.when((~pl.col("_stamped")).any().over("_of")).then("_of"),
        text=pl.when("_stamped").then(text.str.replace(HEADER, "")),
    )
    return known.drop("_stamped", "_of")


CLOUDWATCH_EXPORT: Final = LineEnvelope(
    "cloudwatch-export", _fits, _peel, prefix=PREFIX, heads=True, unsigned=True
)
