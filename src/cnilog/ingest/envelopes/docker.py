r"""Peel the lines of Docker's json-file driver, under ``/var/lib/docker/containers``.

    {"log":"time=\"2026-01-05T09:15:02Z\" level=info msg=\"…\"\n","stream":"stderr","time":"…"}

A text without a line end goes on in the next line of the same pipe (lines above 16 KiB are cut).
Source: moby `daemon/logger/jsonfilelog`, `copier.go`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope, share
from cnilog.ingest.escapes import unescape
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import iso_time

if TYPE_CHECKING:
    from collections.abc import Sequence

LINE: Final = (
    r'^\{"log":"((?:[^"\\]|\\.)*)","stream":"(stdout|stderr)"'
    r'(?:,"attrs":(\{.*\}))?,"time":"([^"]*)"\}\s*$'
)
END: Final = "\n"


def _fits(sample: Sequence[str]) -> bool:
    return share(sample, re.compile(LINE).match) >= SHARE


def _peel(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    log = unescape(frame.select(text.str.extract(LINE, 1)).to_series())
    frame = frame.with_columns(log=log, attrs=text.str.extract(LINE, 3))
    return learn(
        frame,
        text=pl.col("log").str.strip_suffix(END),
        env_ts=iso_time(text.str.extract(LINE, 4)),
        pipe=text.str.extract(LINE, 2),
        pod=_attribute("pod.name"),
        namespace=_attribute("pod.namespace"),
        container=_attribute("container.name"),
        partial=~pl.col("log").str.ends_with(END),
    ).drop("log", "attrs")


def _attribute(name: str) -> pl.Expr:
    """Return what Docker was told to log beside each line (``--log-opt labels=…``)."""
    return pl.col("attrs").str.extract(rf'"io\.kubernetes\.{re.escape(name)}":"([^"]*)"', 1)


DOCKER: Final = LineEnvelope("docker json-file", _fits, _peel)
