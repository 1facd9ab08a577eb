"""Part a stream into runs: what lies between two starts of its process.

A start prints several lines in a fixed order. Each has a rank; when a rank comes that is lower
than the last one of the same program in this run (or the same, of a line printed once), the
program has started again. In a container that holds two programs, the entrypoint's start begins
the run and ipamd's own start is part of it.
Source: line-formats §1 to §5 (which lines, by version).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable


class Marker(NamedTuple):
    """A text that a process prints while it starts."""

    text: str  # literal that the message begins with
    program: str
    rank: int
    once: bool = True  # a second one in a row is another start


MARKERS: Final = (
    Marker("Constructed new logger instance", "agent", 0),  # v1.11.3 on
    Marker("Initialized new logger as an existing instance was not found", "agent", 1),
    Marker("Starting L-IPAMD", "agent", 2),
    Marker("Starting network policy agent", "agent", 2),
    Marker("=====Starting installing AWS-CNI", "script", 0),  # v1.0
    Marker("===== Starting installing AWS-CNI", "script", 0),
    Marker("====== Installing AWS-CNI", "script", 0),
    Marker("Validating env variables", "script", 0),  # v1.7.6 to v1.12.0
    Marker("Copying CNI plugin binaries", "script", 1),
    Marker("Copying portmap binary", "script", 1),
    Marker("Install CNI binar", "script", 2),
    Marker("Installed /host/opt/cni/bin/", "script", 3, once=False),
    Marker("=====Starting amazon-k8s-agent", "script", 4),
    Marker("===== Starting amazon-k8s-agent", "script", 4),
    Marker("====== Starting amazon-k8s-agent", "script", 4),
    Marker("starting IPAM daemon in background", "script", 4),
    Marker("Starting IPAM daemon", "script", 4),
    Marker("Checking for IPAM connectivity", "script", 5, once=False),
    Marker("checking for IPAM connectivity", "script", 5, once=False),
    Marker("Retrying waiting for IPAM-D", "script", 6, once=False),
    Marker("Copying config file", "script", 7),
    Marker("Copying additional CNI plugin", "script", 7),
    Marker("copying CNI plugin binaries and config", "script", 7),
    Marker("Successfully copied CNI plugin", "script", 8),
    Marker("Foregrounding IPAM daemon", "script", 9),
    Marker("foregrounding IPAM daemon", "script", 9),
)
# Texts that survive the fast path because runs begin there; the rest is never plain zap.
AGENT_STARTS: Final = tuple(marker.text for marker in MARKERS if marker.program == "agent")
SCRIPT_NUMBERS: Final = [n for n, marker in enumerate(MARKERS) if marker.program == "script"]
AGENTS: Final = frozenset({"ipamd", "network-policy-agent", "metrics-helper"})
SCRIPTS: Final = frozenset({"entrypoint"})
FIRST: Final = 6  # characters that tell most other messages apart
BEGINS: Final = f"^({'|'.join(re.escape(marker.text) for marker in MARKERS)})"  # the first wins
NUMBERS: Final = {marker.text: number for number, marker in reversed([*enumerate(MARKERS)])}


def markers_of(messages: pl.Series) -> pl.Series:
    """Return for each message the number of the `MARKERS` entry it begins with; null for none."""
    maybe = messages.str.slice(0, FIRST).is_in(sorted({marker.text[:FIRST] for marker in MARKERS}))
    found = pl.Series("marker", [None], dtype=pl.UInt8).new_from_index(0, len(messages))
    rows = maybe.arg_true()
    if rows.is_empty():
        return found
    begins = messages.gather(rows).str.extract(BEGINS)
    return found.scatter(rows, begins.replace_strict(NUMBERS, default=None, return_dtype=pl.UInt8))


def run_numbers(pieces: Iterable[tuple[int | None, str, int]]) -> list[int]:
    """Return the run that each piece of one stream belongs to, from 0.

    Args:
        pieces: In order: the marker that the piece begins with, the component of that record,
            and how many plain agent records (zap, seelog) the piece holds.
    """
    run, agents = 0, 0
    ranks: dict[str, int] = {}
    runs = []
    for number, component, plain in pieces:
        marker = _counts(number, component)
        if marker is not None:
            if _again(marker, ranks.get(marker.program), agents):
                run, agents, ranks = run + 1, 0, {}
            ranks[marker.program] = marker.rank
        runs.append(run)
        agents += plain
    return runs


def _counts(number: int | None, component: str) -> Marker | None:
    """Return the marker where the program that printed it is a process that lives on."""
    if number is None:
        return None
    marker = MARKERS[number]
    lasting = AGENTS if marker.program == "agent" else SCRIPTS
    return marker if component in lasting else None


def _again(marker: Marker, last: int | None, agents: int) -> bool:
    """Return whether *marker* begins a run, given the last rank of its program in this one."""
    if last is None:
        return marker.program == "agent" and agents > 0
    return marker.rank < last or (marker.once and marker.rank == last)
