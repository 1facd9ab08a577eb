"""Peel the lines that container runtimes write under ``/var/log/pods``.

    2026-01-05T09:15:02.104233871Z stderr F time="2026-01-05T09:15:02Z" level=info msg="…"

Tags are separated by colons and the first one counts: P goes on in the next line of the same
pipe, F is complete. The pod and container are in the path, not in the line.
Source: kubernetes `pkg/kubelet/kuberuntime/logs`, containerd `internal/cri/io/logger.go`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope, share
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import SECOND, iso_time

if TYPE_CHECKING:
    from collections.abc import Sequence

STAMP: Final = rf"{SECOND}(?:\.[0-9]{{1,9}})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})"
HEADER: Final = rf"^({STAMP}) (stdout|stderr) ([PF])(?::[^ ]*)?(?: |$)"
COMPLETE: Final = rf"{STAMP} (?:stdout|stderr) F(?::[^ ]*)? "


def _fits(sample: Sequence[str]) -> bool:
    return share(sample, re.compile(HEADER).match) >= SHARE


def _peel(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(HEADER)
    return learn(
        frame,
        text=pl.when(carries).then(text.str.replace(HEADER, "")),
        env_ts=pl.when(carries).then(iso_time(text)),
        pipe=text.str.extract(HEADER, 2),
        partial=text.str.extract(HEADER, 3) == "P",
    )


CRI: Final = LineEnvelope("cri", _fits, _peel, prefix=COMPLETE, unsigned=True)
