r"""Peel what ``aws logs tail`` and ``awslogs get`` print.

    2026-01-05T09:15:02.104000+00:00 STREAM LINE          aws logs tail
    2026-01-05T09:15:02 LINE                              aws logs tail --format short
    GROUP STREAM LINE                                     awslogs get
    GROUP STREAM 2026-01-05T09:15:02.104Z LINE            awslogs get --timestamp

A stream's name has no blank. It is told from the first word of a bare line by what it looks like:
a dot, a slash, an underscore or a dash in it. ``--format json`` spreads a message over lines
(`cnilog.ingest.envelopes.tail_json`). Source: aws-cli v2 `customizations/logs/tail.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope, share
from cnilog.ingest.names import Name, read_name
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import SECOND, iso_time

if TYPE_CHECKING:
    from collections.abc import Sequence

STAMP: Final = rf"{SECOND}(?:\.[0-9]{{1,9}})?"
ZONE: Final = r"(?:[+-][0-9]{2}:[0-9]{2}|Z)"
_BEFORE: Final = r"[^\s{\"=\[\]A-Za-z0-9]"
_BETWEEN: Final = r"[^\s{\"=\[\]A-Za-z0-9\-./_:$#]"
# A word with a letter or digit and one of -./_:$[]# after it: each sign fits in one way only, or a
# word of a thousand slashes is looked at from each of them.
STREAM: Final = (
    rf"{_BEFORE}*(?:[A-Za-z0-9]+{_BETWEEN}{_BEFORE}*)*[A-Za-z0-9]+[-./_:$\[\]#][^\s{{\"=]*"
)
TAILED: Final = rf"{SECOND}(?:\.[0-9]{{6}})?[+-][0-9]{{2}}:[0-9]{{2}}"
DETAILED_HEADER: Final = rf"^{TAILED} ({STREAM})(?: |$)"
SHORT_HEADER: Final = rf"^{STAMP}(?: |$)"
AWSLOGS_HEADER: Final = rf"^([-._#\w]*/[-./_#\w]+) ({STREAM})(?: \({STAMP}{ZONE}\))? "
DATED: Final = re.compile(r"[0-9]{4}/[0-9]{2}/[0-9]{2} ")  # of Go's plain logger: no group's name
SAME: Final = 0.9  # of the lines name a stream that another line names too, or a known kind


def _fits_detailed(sample: Sequence[str]) -> bool:
    return _names_streams(sample, re.compile(DETAILED_HEADER), 1)


def _fits_awslogs(sample: Sequence[str]) -> bool:
    if share(sample, DATED.match) >= SHARE:
        return False
    return _names_streams(sample, re.compile(AWSLOGS_HEADER), 2)


def _names_streams(sample: Sequence[str], header: re.Pattern[str], group: int) -> bool:
    """Return whether the words where a stream's name would stand really are names."""
    found = [match[group] for line in sample if (match := header.match(line))]
    if len(found) < SHARE * len(sample) or not found:
        return False
    telling = sum(read_name(name) != Name() or found.count(name) > 1 for name in found)
    return telling >= SAME * len(found) and len(set(found)) <= max(1, len(found) // 2)


def _fits_short(sample: Sequence[str]) -> bool:
    return share(sample, re.compile(SHORT_HEADER).match) >= SHARE


def _peel_detailed(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(DETAILED_HEADER)
    return named(
        learn(
            frame,
            env_ts=pl.when(carries).then(iso_time(text)),
            writer=text.str.extract(DETAILED_HEADER, 1),
            text=pl.when(carries).then(text.str.replace(DETAILED_HEADER, "")),
        )
    )


def _peel_short(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(SHORT_HEADER)
    return learn(
        frame,
        env_ts=pl.when(carries).then(iso_time(text)),
        text=pl.when(carries).then(text.str.replace(SHORT_HEADER, "")),
    )


def _peel_awslogs(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(AWSLOGS_HEADER)
    return named(
        learn(
            frame,
            writer=text.str.extract(AWSLOGS_HEADER, 2),
            text=pl.when(carries).then(text.str.replace(AWSLOGS_HEADER, "")),
        )
    )


def named(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with what the names of its writers say."""
    writers = frame.get_column("writer").drop_nulls().unique().to_list()
    if not writers:
        return frame
    known = [read_name(writer) for writer in writers]
    found = {
        field: pl.col("writer").replace_strict(
            writers, [getattr(name, field) for name in known], default=None, return_dtype=pl.String
        )
        for field in ("node", "namespace", "pod", "container", "component")
    }
    return learn(frame, **found)


TAIL_DETAILED: Final = LineEnvelope(
    "aws-logs-tail", _fits_detailed, _peel_detailed, prefix=rf"{TAILED} {STREAM} "
)
TAIL_SHORT: Final = LineEnvelope(
    "aws-logs-tail-short", _fits_short, _peel_short, prefix=rf"{STAMP} ", unsigned=True
)
AWSLOGS: Final = LineEnvelope("awslogs", _fits_awslogs, _peel_awslogs)
