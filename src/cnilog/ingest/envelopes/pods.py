r"""Peel the names of pods and containers that stern, k9s and the like put before each line.

    POD CONTAINER LINE                        stern
    NAMESPACE POD CONTAINER TIME LINE         stern -A -t
    POD CONTAINER 11-20 09:15:02 LINE         stern -t short: no year, no zone
    [POD CONTAINER] LINE                      kubetail
    CONTAINER  | LINE                         docker compose
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
from cnilog.ingest.times import NO_YEAR, SECOND, iso_time
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STAMP: Final = rf"{SECOND}(?:\.[0-9]{{1,9}})?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})"
SHORT: Final = r"[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
POD: Final = rf"{DNS}(?:\.{DNS})*"
TIME: Final = rf"(?: ({SHORT}))?(?: |$)"  # a whole time may be the line's own: it is left
STERN_HEADER: Final = rf"^()({POD}) ({DNS}){TIME}"
STERN_ALL_HEADER: Final = rf"^({DNS}) ({POD}) ({DNS}){TIME}"  # with the namespace first
TAGGED_HEADER: Final = rf"^()\[({POD})(?: ({DNS}))?\]()(?: |$)"  # kubetail
COMPOSED_HEADER: Final = rf"^()()({DNS}) +\|()(?: |$)"  # docker compose
CONTAINER_HEADER: Final = rf"^(?:({STAMP}) +)?({DNS})(?: |$)"
NOTICE: Final = regex(r"^[+-] \S+ \u203a \S+")
BAR: Final = r"^\s*(?:[│┃|║] ?)?(.*?) *[│┃|║]?\s*$"
EDGE: Final = regex(r"^\s*[│┃║]| [│┃║]\s*$")  # a copy may begin or end within a line
ESCAPED: Final = r"\[([a-zA-Z0-9_,;: \-\.\"#]+)\[(\[*)\]"
HASHED: Final = regex(
    r"-(?:[a-z0-9]{5}|[0-9a-f]{8,10}-[a-z0-9]{5}|[0-9]+)$|-ip-[0-9]|\.(?:internal|compute)"
)
NO_HASH: Final = regex(r"-(?:agent|proxy|nodes?|cache|local|admin|debug)$")
WORDS: Final = frozenset(
    {"time", "starting", "installed", "checking", "copying", "foregrounding", "failed", "error",
     "panic", "goroutine", "main", "level", "timed", "cni", "net", "sdk", "unable"}
)  # fmt: skip
MOST: Final = 0.7  # of the lines carry it: notices and lines cut by hand are the rest
NEARLY_ALL: Final = 0.9
FEW: Final = 12  # containers in one view; more different first words are words of messages


def _named(header: str, sample: Sequence[str]) -> bool:
    """Return whether the lines of *sample* begin with the names of pods."""
    lines = [line for line in sample if not NOTICE.match(line)]
    found = [match for line in lines if (match := re.match(header, line))]
    if not found or len(found) < MOST * len(lines):
        return False
    pods = Counter(match[2] for match in found)
    named = sum(count for pod, count in pods.items() if is_pod(pod))
    return named >= NEARLY_ALL * len(found)


def is_pod(name: str) -> bool:
    """Return whether *name* looks like that of a pod: its controller adds something to its own."""
    return bool(HASHED.search(name)) and not NO_HASH.search(name)


def _pods(frame: pl.DataFrame, header: str) -> pl.Series:
    """Return what stands in the place of the pod and looks like one, or is not asked for."""
    names = frame.select(pl.col("text").str.extract(header, 2).unique()).to_series().drop_nulls()
    known = [name for name in names if not name or is_pod(name)]
    return pl.Series(known, dtype=pl.String)


def _fits_composed(sample: Sequence[str]) -> bool:
    found = {match[3] for line in sample if (match := re.match(COMPOSED_HEADER, line))}
    return (
        bool(found)
        and len(found) <= FEW
        and (share(sample, re.compile(COMPOSED_HEADER).match) >= NEARLY_ALL)
    )


def _prefixed(
    name: str, header: str, fits: Callable[[Sequence[str]], bool] | None = None
) -> LineEnvelope:
    """Return the envelope of lines before which *header* stands.

    Its groups are namespace, pod, container, and a time without a year.
    """

    def peel(frame: pl.DataFrame) -> pl.DataFrame:
        text = pl.col("text")
        parts = text.str.extract_groups(header)
        carries = parts.struct.field("2").is_in(_pods(frame, header).implode())
        known = [
            pl.when(carries).then(parts.struct.field(group).replace("", None)) for group in "1234"
        ]
        short = pl.format(f"{NO_YEAR}-{{}}", known[3]).str.replace(" ", "T")
        return learn(
            frame,
            namespace=known[0],
            pod=known[1],
            container=known[2],
            env_ts=iso_time(short),
            text=pl.when(carries).then(text.str.replace(header, "")),
        )

    return LineEnvelope(name, fits or (lambda sample: _named(header, sample)), peel)


def _fits_container(sample: Sequence[str]) -> bool:
    found = [match[2] for line in sample if (match := re.match(CONTAINER_HEADER, line))]
    if not found or len(found) < MOST * len(sample):
        return False
    names = Counter(found)
    repeated = sum(n for n in names.values() if n > 1) >= NEARLY_ALL * len(found) or len(found) == 1
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
    return share(sample, EDGE.search) >= MOST


def _peel_bars(frame: pl.DataFrame) -> pl.DataFrame:
    return learn(frame, text=pl.col("text").str.extract(BAR, 1))


def _fits_escaped(sample: Sequence[str]) -> bool:
    """Return whether brackets are escaped in any line: few lines have brackets at all."""
    return any(re.search(ESCAPED, line) for line in sample)


def _peel_escaped(frame: pl.DataFrame) -> pl.DataFrame:
    return learn(frame, text=pl.col("text").str.replace_all(ESCAPED, "[$1$2]"))


POD_PREFIXES: Final = (
    _prefixed("stern-prefix", STERN_ALL_HEADER),
    _prefixed("stern-prefix", STERN_HEADER),
    _prefixed("kubetail", TAGGED_HEADER),
    _prefixed("compose", COMPOSED_HEADER, _fits_composed),
)
CONTAINER_PREFIX: Final = LineEnvelope("k9s-container", _fits_container, _peel_container)
SCREEN: Final = LineEnvelope("k9s-screen", _fits_bars, _peel_bars)
ESCAPED_BRACKETS: Final = LineEnvelope("k9s-escapes", _fits_escaped, _peel_escaped)
