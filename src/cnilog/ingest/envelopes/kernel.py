r"""Peel the kernel's ring buffer: ``dmesg``, and the serial console, as EC2 keeps it for a node.

    [ 1234.567890] LINE                          dmesg: seconds since the start, no time
    [Mon Jan  5 09:15:02 2026] LINE              dmesg -T
    <4>[ 1234.567890] LINE                       dmesg --raw
    [   15.312345] nodeadm[1234]: LINE           the console: what programs write there, too

Times of ``-T`` are those of the node's zone and taken for UTC. Source: util-linux `dmesg.c`,
systemd `log.c`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope, share
from cnilog.ingest.envelopes.journal import component_of
from cnilog.ingest.peeled import learn

if TYPE_CHECKING:
    from collections.abc import Sequence

SINCE_START: Final = r"[ 0-9]{1,12}\.[0-9]{6}"
CALENDAR: Final = r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2} [0-9]{4}"
STAMP: Final = rf"^(?:<[0-9]{{1,3}}>)?\[(?:{SINCE_START}|({CALENDAR}))\](?: |$)"
WHO: Final = r"^([A-Za-z][-.\w@/]*)\[[0-9]+\]: "


def _fits(sample: Sequence[str]) -> bool:
    return share(sample, re.compile(STAMP).match) >= SHARE


def _peel(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    frame = frame.with_columns(
        _carries=text.str.contains(STAMP),
        _stamp=text.str.extract(STAMP, 1).str.replace("  ", " 0"),
        _rest=text.str.replace(STAMP, ""),
    ).with_columns(_who=pl.col("_rest").str.extract(WHO, 1).fill_null("kernel"))
    known = learn(
        frame,
        env_ts=pl.col("_stamp")
        .str.to_datetime("%a %b %d %H:%M:%S %Y", time_unit="us", strict=False)
        .dt.replace_time_zone("UTC"),
        writer=pl.when("_carries").then("_who"),
        component=pl.when("_carries").then(component_of(pl.col("_who"))),
        text=pl.when("_carries").then(pl.col("_rest").str.replace(WHO, "")),
    )
    return known.select(pl.exclude("^_.*$"))


KERNEL: Final = LineEnvelope("kernel", _fits, _peel)
