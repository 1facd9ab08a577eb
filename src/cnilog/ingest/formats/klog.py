r"""Read the text of klog and glog: kubelet, kube-proxy, client-go inside ipamd.

    E0331 07:12:45.123456       1 reflector.go:138] Failed to watch *v1alpha1.ENIConfig: …

There is no year and no zone: UTC is assumed, the year is taken from what surrounds the line.
Multi-line values of structured klog are indented by a tab and closed by `` >``.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.ingest.format import Entry, Format, decoded, level_of
from cnilog.ingest.times import NO_YEAR, iso_repaired, iso_time

TEXT: Final = pl.col("text")
LINE: Final = (
    r"^(?:ERROR: logging before flag\.Parse: )?(?:[a-z-]+\[[0-9]+\]: )?"
    r"([IWEF])([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?)\s+[0-9]+ "
    r"([^ \]]+:[0-9]+)\] ?((?s:.*))$"
)


def _decode(frame: pl.DataFrame) -> pl.DataFrame:
    parts = frame.select(part=TEXT.str.extract_groups(LINE)).unnest("part")  # once: it is long
    day = pl.col("2").str.slice(0, 2) + "-" + pl.col("2").str.slice(2)
    parts = parts.with_columns(stamp=f"{NO_YEAR}-" + day + "T" + pl.col("3"))
    return decoded(
        parts,
        ts=iso_time(pl.col("stamp")),
        ts_repaired=iso_repaired(pl.col("stamp")),
        level=level_of(pl.col("1")),
        caller=pl.col("4"),
        message=pl.col("5"),
    )


def _write(entry: Entry) -> str:
    letter = {"debug": "I", "trace": "I"}.get(entry.level, entry.level[0].upper())
    return (
        f"{letter}{entry.ts:%m%d %H:%M:%S}.{entry.ts.microsecond:06d}       1 "
        f"{entry.caller or 'main.go:1'}] {entry.message}"
    )


KLOG: Final = Format(
    "klog",
    TEXT.str.contains(LINE),
    _decode,
    sample="E0331 07:12:45.123456       1 reflector.go:138] Failed to watch *v1.Node: forbidden",
    opens="indented",
    write=_write,
)
