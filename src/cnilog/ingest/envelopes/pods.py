r"""Peel the names of pods and containers that stern, k9s and the like put before each line.

    POD CONTAINER LINE                        stern
    NAMESPACE POD CONTAINER TIME LINE         stern -A -t
    POD CONTAINER 11-20 09:15:02 LINE         stern -t short: no year, no zone
    CONTAINER LINE                            k9s, all containers
    TIME            CONTAINER LINE            k9s with time stamps
    │ CONTAINER LINE          │               copied from the screen of k9s

Such words are told from the words of a message by what they are: all lines begin with the same
few, and a pod's name begins with that of its owner. k9s saves screens with brackets escaped
(``[running[]`` for ``[running]``); that is undone. Source: stern `cmd/cmd.go`, k9s
`internal/view/log.go`, tview `Escape`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import LineEnvelope, share
from cnilog.ingest.names import DNS
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import NO_YEAR, iso_time

if TYPE_CHECKING:
    from collections.abc import Sequence

STAMP: Final = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})"
SHORT: Final = r"\d{2}-\d{2} \d{2}:\d{2}:\d{2}"
POD: Final = rf"{DNS}(?:\.{DNS})*"
STERN_HEADER: Final = rf"^(?:({DNS}) )?({POD}) ({DNS})(?: ({STAMP})| ({SHORT}))?(?: |$)"
CONTAINER_HEADER: Final = rf"^(?:({STAMP}) +)?({DNS})(?: |$)"
NOTICE: Final = re.compile(r"^[+-] \S+ \u203a \S+")
BAR: Final = r"^\s*[│┃|║] ?(.*?) *[│┃|║]?\s*$"
ESCAPED: Final = r"\[([a-zA-Z0-9_,;: \-\.\"#]+)\[(\[*)\]"
HASHED: Final = re.compile(
    r"-(?:[a-z0-9]{5}|[0-9a-f]{8,10}-[a-z0-9]{5}|\d+)$|^kube-|\.(?:internal|compute)"
)
WORDS: Final = frozenset(
    {"time", "starting", "installed", "checking", "copying", "foregrounding", "failed", "error",
     "panic", "goroutine", "main", "level", "timed", "cni", "net", "sdk", "unable"}
)  # fmt: skip
FEW: Final = 12  # containers in one view; more different first words are words of messages


def _fits_stern(sample: Sequence[str]) -> bool:
    lines = [line for line in sample if not NOTICE.match(line)]
    found = [match for line in lines if (match := re.match(STERN_HEADER, line))]
    if not found or len(found) < 0.7 * len(lines):
        return False
    pods = Counter((match[2], match[3]) for match in found)
    named = sum(n for (pod, _), n in pods.items() if HASHED.search(pod) or n > 2)
    return named >= 0.9 * len(found) and not any(match[2] in WORDS for match in found)


def _peel_stern(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    parts = text.str.extract_groups(STERN_HEADER)
    short = pl.format(f"{NO_YEAR}-{{}}", parts.struct.field("5")).str.replace(" ", "T")
    carries = parts.struct.field("2").is_not_null()
    return learn(
        frame,
        namespace=parts.struct.field("1"),
        pod=parts.struct.field("2"),
        container=parts.struct.field("3"),
        env_ts=pl.coalesce(iso_time(parts.struct.field("4")), iso_time(short)),
        text=pl.when(carries).then(text.str.replace(STERN_HEADER, "")),
    )


def _fits_container(sample: Sequence[str]) -> bool:
    found = [match[2] for line in sample if (match := re.match(CONTAINER_HEADER, line))]
    if not found or len(found) < 0.7 * len(sample):
        return False
    names = Counter(found)
    repeated = sum(n for n in names.values() if n > 1) >= 0.9 * len(found) or len(found) == 1
    likely = all(name not in WORDS and ("-" in name or names[name] > 2) for name in names)
    return len(names) <= FEW and likely and repeated and "-" in max(names, key=len)


def _peel_container(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    parts = text.str.extract_groups(CONTAINER_HEADER)
    names = parts.struct.field("2")
    known = names.is_in(_names(frame).implode())
    return learn(
        frame,
        container=pl.when(known).then(names),
        env_ts=pl.when(known).then(iso_time(parts.struct.field("1"))),
        text=pl.when(known).then(text.str.replace(CONTAINER_HEADER, "")),
    )


def _names(frame: pl.DataFrame) -> pl.Series:
    """Return the first words that stand before several lines."""
    found = frame.select(name=pl.col("text").str.extract(CONTAINER_HEADER, 2)).drop_nulls()
    counts = found.group_by("name").len()
    several = pl.col("len") * 50 >= counts.get_column("len").sum()
    return counts.filter(several).get_column("name")


def _fits_bars(sample: Sequence[str]) -> bool:
    return share(sample, lambda line: line.lstrip()[:1] in {"│", "┃", "║"}) >= 0.8


def _peel_bars(frame: pl.DataFrame) -> pl.DataFrame:
    return learn(frame, text=pl.col("text").str.extract(BAR, 1))


def _fits_escaped(sample: Sequence[str]) -> bool:
    """Return whether brackets are escaped in any line: few lines have brackets at all."""
    return any(re.search(ESCAPED, line) for line in sample)


def _peel_escaped(frame: pl.DataFrame) -> pl.DataFrame:
    return learn(frame, text=pl.col("text").str.replace_all(ESCAPED, "[$1$2]"))


STERN_PREFIX: Final = LineEnvelope("stern-prefix", _fits_stern, _peel_stern)
CONTAINER_PREFIX: Final = LineEnvelope("k9s-container", _fits_container, _peel_container)
SCREEN: Final = LineEnvelope("k9s-screen", _fits_bars, _peel_bars)
ESCAPED_BRACKETS: Final = LineEnvelope("k9s-escapes", _fits_escaped, _peel_escaped)
