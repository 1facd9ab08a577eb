r"""Peel what ``kubectl logs`` puts before a line: ``--prefix`` and ``--timestamps``.

    [pod/aws-node-x7k2p/aws-node] 2026-01-05T09:15:02.104233871Z time="2026-01-05T09:15:02Z" …

The stamp is the runtime's, with its node's offset. Old kubelets wrote it again in the middle of a
line, where a part of 16 KiB ended (kubernetes#77603); such a copy is taken out. The same stamp
stands before each line of a CloudWatch export task.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope, share
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import SECOND, iso_time
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX: Final = r"^\[(?:pod/)([^/\]\s]+)/([^\]\s]+)\](?: |$)"
STAMP: Final = rf"{SECOND}(?:\.[0-9]{{1,9}})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})"
STAMPED: Final = rf"^({STAMP})(?: |$)"
# The same stamp begins lines of seelog and of container runtimes.
OTHERS: Final = regex(rf"{STAMP} (?:\[[A-Z]+\]|(?:stdout|stderr) [PF])")


def _prefixed(sample: Sequence[str]) -> bool:
    return share(sample, re.compile(PREFIX).match) >= SHARE


def _unprefixed(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    return learn(
        frame,
        text=pl.when(text.str.contains(PREFIX)).then(text.str.replace(PREFIX, "")),
        pod=text.str.extract(PREFIX, 1),
        container=text.str.extract(PREFIX, 2),
    )


def _stamped(sample: Sequence[str]) -> bool:
    stamped = re.compile(STAMPED).match
    return share(sample, lambda line: stamped(line) and not OTHERS.match(line)) >= SHARE


def _unstamped(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(STAMPED)
    frame = frame.with_columns(stamp=text.str.extract(STAMPED, 1))
    frame = learn(
        frame,
        text=pl.when(carries).then(text.str.replace(STAMPED, "")),
        env_ts=pl.when(carries).then(iso_time(text)),
    )
    return _mended(frame).drop("stamp")


def _mended(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* without copies of a line's own stamp inside the line."""
    copy = pl.col("stamp") + " "
    again = frame.select(pl.col("text").str.contains(copy, literal=True).fill_null(value=False))
    rows = again.to_series().arg_true()
    if rows.is_empty():
        return frame
    mended = [
        text.replace(f"{stamp} ", "")
        for text, stamp in frame[rows].select("text", "stamp").iter_rows()
    ]
    return frame.with_columns(text=frame["text"].scatter(rows, mended))


KUBECTL_PREFIX: Final = LineEnvelope("kubectl --prefix", _prefixed, _unprefixed)
KUBECTL_TIMESTAMPS: Final = LineEnvelope(
    "kubectl --timestamps", _stamped, _unstamped, prefix=f"{STAMP} ", unsigned=True
)
