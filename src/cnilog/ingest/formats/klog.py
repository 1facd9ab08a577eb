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
    r"^(?:ERROR: logging before flag\.Parse: )?(?:[a-z-]+\[\d+\]: )?"
    r"([IWEF])(\d{4}) (\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?)\s+\d+ ([^ \]]+:\d+)\] ?((?s:.*))$"
)


def _decode(frame: pl.DataFrame) -> pl.DataFrame:
    day, time = TEXT.str.extract(LINE, 2), TEXT.str.extract(LINE, 3)
    date = day.str.replace(r"^(\d{2})", f"{NO_YEAR}-${{1}}-")
    stamp = date + "T" + time
    return decoded(
        frame,
        ts=iso_time(stamp),
        ts_repaired=iso_repaired(stamp),
        level=level_of(TEXT.str.extract(LINE, 1)),
        caller=TEXT.str.extract(LINE, 4),
        message=TEXT.str.extract(LINE, 5),
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
