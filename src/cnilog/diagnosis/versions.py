"""Which release of the CNI ran where, and since when.

A fault of a version range is weighed against what the node itself printed at that time: another
node's release, or a later one of the same node, says nothing about it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.catalog.versions import within

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cnilog.finding import Sign

PRINTED: Final = (
    r"(?:Starting L-IPAMD|Serving RPC Handler version) "
    r"(v?[0-9]+[.][0-9]+[.][0-9]+[0-9A-Za-z_.+-]*)"
)
Printed = tuple["datetime | None", str]  # when a program said its version, and which


class Releases(NamedTuple):
    """The releases that the sources state, by node."""

    by_node: Mapping[str | None, tuple[Printed, ...]] = {}
    image: str | None = None  # of the DaemonSet, where no log states a version

    @property
    def every(self) -> tuple[str, ...]:
        """Every release that is stated, once each, the image's where no log states one."""
        said = dict.fromkeys(text for some in self.by_node.values() for _, text in some)
        return tuple(said) or ((self.image,) if self.image else ())

    def during(self, sign: Sign) -> tuple[str, ...]:
        """Return the releases that may have written *sign*; empty where none is stated.

        A node that states none may run any release that the others state.
        """
        mine = self.by_node.get(sign.node, ()) if sign.node is not None else ()
        if not mine:
            return self.every
        last = sign.last_seen
        timed = [(ts, text) for ts, text in mine if ts is not None]
        if last is None or sign.first_seen is None or len(timed) < len(mine):
            return tuple(dict.fromkeys(text for _, text in mine))
        before = [text for ts, text in timed if ts <= sign.first_seen]
        between = [text for ts, text in timed if sign.first_seen < ts <= last]
        # what ran before the first word of a version is not known: any of the node's own
        begin = before[-1:] or [text for _, text in timed]
        return tuple(dict.fromkeys((*begin, *between)))

    def within(self, node: str | None, span: str) -> bool:
        """Return whether *node* is known to run releases in *span* only."""
        mine = self.by_node.get(node, ()) if node is not None else ()
        known = [text for _, text in mine] or list(self.every)
        return bool(known) and all(within(one, span) for one in known)

    def excludes(self, sign: Sign, span: str) -> str | None:
        """Return the release that wrote *sign* where *span* holds none that may have; else null."""
        mine = self.during(sign)
        outside = bool(mine) and all(within(one, span) is False for one in mine)
        return ", ".join(mine) if outside else None

    def inside(self, sign: Sign, span: str) -> str | None:
        """Return the last release that may have written *sign* and lies in *span*."""
        return next((one for one in reversed(self.during(sign)) if within(one, span)), None)

    def mended(self, sign: Sign, span: str) -> str | None:
        """Return the release that the node went to after *sign*, where it lies outside *span*."""
        last = self.by_node.get(sign.node, ())[-1:] if sign.node is not None else ()
        if not last or last[0][1] in self.during(sign):
            return None
        return last[0][1] if within(last[0][1], span) is False else None


def read_releases(records: pl.DataFrame, image: str | None) -> Releases:
    """Return the releases that *records* (`telling.COLUMNS`) state."""
    found = (
        records.select("node", "ts", version=pl.col("message").str.extract(PRINTED))
        .drop_nulls("version")
        .sort("ts", nulls_last=False, maintain_order=True)
    )
    by_node: dict[str | None, list[Printed]] = {}
    for node, ts, text in found.iter_rows():
        by_node.setdefault(node, []).append((ts, text))
    return Releases({node: tuple(some) for node, some in by_node.items()}, image)
