r"""Peel the lines of Docker's json-file driver, under ``/var/lib/docker/containers``.

    {"log":"time=\"2026-01-05T09:15:02Z\" level=info msg=\"…\"\n","stream":"stderr","time":"…"}

A text without a line end goes on in the next line of the same pipe (lines above 16 KiB are cut).
Source: moby `daemon/logger/jsonfilelog`, `copier.go`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, Alike, LineEnvelope, share
from cnilog.ingest.envelopes._alike import OBJECT
from cnilog.ingest.escapes import unescape
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import iso_time

if TYPE_CHECKING:
    from collections.abc import Sequence

BEGIN: Final = '{"log":"'
TEXT: Final = r'(?:[^"\\]|\\.)*'
LINE: Final = (
    rf'^\{BEGIN}({TEXT})","stream":"(stdout|stderr)"'
    r'(?:,"attrs":(\{.*\}))?,"time":"([^"]*)"\}\s*$'
)
PLAIN_END: Final = r'^.*?(","stream":"(stdout|stderr)","time":"([^"]*)"\}\s*)$'
LONGEST_END: Final = 96  # characters of one, with room for what stands before it
WHOLE: Final = rf'^(\{BEGIN}){TEXT}(\\n","stream":"(?:stdout|stderr)".*,"time":")[^"]*("\}}\s*)$'
TIME: Final = '[^"]*'
END: Final = "\n"


def _fits(sample: Sequence[str]) -> bool:
    return share(sample, re.compile(LINE).match) >= SHARE


def _peel(frame: pl.DataFrame) -> pl.DataFrame:
    log, *others = _parts(frame["text"])
    frame = frame.with_columns(unescape(log).alias("log"), *others)
    return learn(
        frame,
        text=pl.col("log").str.strip_suffix(END),
        env_ts=iso_time(pl.col("time")),
        pipe=pl.col("stream"),
        pod=_attribute("pod.name"),
        namespace=_attribute("pod.namespace"),
        container=_attribute("container.name"),
        partial=~pl.col("log").str.ends_with(END),
    ).drop("log", "stream", "attrs", "time")


def _parts(texts: pl.Series) -> list[pl.Series]:
    """Return the ``log`` of each line, with its escapes, its ``stream``, ``attrs`` and ``time``.

    A regex takes fifty times as long to capture a long text as to find it: what surely stands at
    the end is captured there.
    """
    text, end = pl.col("text"), pl.col("end")
    frame = texts.to_frame("text").with_columns(
        carries=text.str.contains(LINE),
        end=text.str.tail(LONGEST_END).str.extract_groups(PLAIN_END),
    )
    plain = frame.select(pl.col("carries") == end.struct.field("1").is_not_null()).to_series()
    if not plain.all():
        groups = frame.select(text.str.extract_groups(LINE)).to_series().struct.unnest()
        names = ("log", "stream", "attrs", "time")
        return [groups[str(n)].alias(name) for n, name in enumerate(names, 1)]
    behind = end.struct.field("1").str.len_chars()
    inside = text.str.slice(len(BEGIN), text.str.len_chars() - len(BEGIN) - behind)
    return frame.select(
        log=pl.when("carries").then(inside),
        stream=end.struct.field("2"),
        attrs=pl.lit(None, dtype=pl.String),
        time=end.struct.field("3"),
    ).get_columns()


def _attribute(name: str) -> pl.Expr:
    """Return what Docker was told to log beside each line (``--log-opt labels=…``)."""
    return pl.col("attrs").str.extract(rf'"io\.kubernetes\.{re.escape(name)}":"([^"]*)"', 1)


def _alike(line: str) -> Alike | None:
    """Return lines of the same pipe and with the same labels as *line*.

    A text without a line end goes on in the next line, so the end belongs to what stands behind.
    """
    found = re.match(WHOLE, line)
    if found is None or not re.match(LINE, line):
        return None
    begin, after, end = (re.escape(part) for part in found.groups())
    behind = f"{after}{TIME}{end}"
    return Alike(
        sound=f"^{begin}{OBJECT}{behind}$",
        before=f"^{begin}$",
        behind=f"^{behind}$",
        field="log",
        after=found[2],
        last=False,
    )


DOCKER: Final = LineEnvelope("docker json-file", _fits, _peel, objects=True, alike=_alike)
