r"""Peel the short forms of ``journalctl``, and syslog files, which look the same.

    Jan 05 09:15:10 ip-10-0-0-1 kubelet[2101]: LINE                       short, no year, no zone
    Jan 05 09:15:10.120311 ip-10-0-0-1 kubelet[2101]: LINE                short-precise
    2026-01-05T09:15:10.120311+0000 ip-10-0-0-1 kubelet[2101]: LINE       short-iso-precise
    Mon 2026-01-05 09:15:10 UTC ip-10-0-0-1 kubelet[2101]: LINE           short-full

Lines that a message goes on with are indented by the width of the prefix; they are handed on as
one event with it. Times without a zone are those of the node and taken for UTC.
Source: systemd `logs-show.c`, seen with journalctl 252.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import NO_YEAR, SECOND, epoch_time, iso_time
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORT: Final = r"[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
ISO: Final = rf"{SECOND}(?:[.,][0-9]{{1,6}})?(?:Z|[+-][0-9]{{2}}:?[0-9]{{2}})"
FULL: Final = rf"[A-Z][a-z]{{2}} {SECOND.replace('T', ' ')}(?:\.[0-9]{{1,6}})? [A-Z]{{2,5}}"
UNIX: Final = r"[0-9]{10}\.[0-9]{6}"
WHO: Final = r"([A-Za-z0-9][-.\w]*) ([-.\w@/()]+?)(?:\[[0-9]+\])?:"
HEADER: Final = rf"^({SHORT}|{ISO}|{FULL}|{UNIX}) {WHO}(?: |$)"
SEPARATOR: Final = regex(r"^-- .* --$|^-- Reboot --|^Hint: ")
PROGRAMS: Final = (("kubelet", "kubelet"), ("containerd", "containerd"), ("dockerd", "containerd"))


def _fits(sample: Sequence[str]) -> bool:
    lines = [line for line in sample if not line.startswith(" ") and not SEPARATOR.match(line)]
    headers = sum(bool(re.match(HEADER, line)) for line in lines)
    return headers > 0 and headers >= SHARE * len(lines)


def _peel(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    parts = text.str.extract_groups(HEADER)
    frame = frame.with_columns(
        _stamp=parts.struct.field("1"),
        _node=parts.struct.field("2"),
        _who=parts.struct.field("3"),
        _header=text.str.extract(rf"(^(?:{SHORT}|{ISO}|{FULL}|{UNIX}) {WHO} ?)", 1).str.len_chars(),
    )
    carries = pl.col("_who").is_not_null()
    width = pl.col("_header").forward_fill()
    goes_on = (
        ~carries & (text.str.len_chars() - text.str.strip_chars_start(" ").str.len_chars() >= width)
    ).fill_null(value=False)
    of = pl.when(carries).then(pl.col("line")).forward_fill()
    member = carries | goes_on
    known = learn(
        frame.with_columns(_goes_on=goes_on, _of=pl.when(member).then(of), _member=member),
        env_ts=pl.when("_member").then(_time(pl.col("_stamp")).forward_fill()),
        node=pl.when("_member").then(pl.col("_node").forward_fill()),
        writer=pl.when("_member").then(pl.col("_who").forward_fill()),
        component=pl.when("_member").then(component_of(pl.col("_who")).forward_fill()),
        event=pl.when(pl.col("_goes_on").any().over("_of")).then("_of"),
        text=pl.when(carries)
        .then(text.str.replace(HEADER, ""))
        .when("_goes_on")
        .then(text.str.slice(pl.col("_header").forward_fill())),
    )
    return known.select(pl.exclude("^_.*$"))


def _time(stamp: pl.Expr) -> pl.Expr:
    """Return the instant of a *stamp*, in `NO_YEAR` where it states no year."""
    bare = pl.concat_str(
        pl.lit(f"{NO_YEAR} "), stamp.str.extract(r"^([A-Z][a-z]{2} [ 0-9][0-9] )", 1).str.replace(
            r" ([0-9]) $", " 0$1 "
        ), stamp.str.extract(r"^[A-Z][a-z]{2} [ 0-9][0-9] ([0-9]{2}:[0-9]{2})", 1),
    )  # fmt: skip
    minute = bare.str.replace("  ", " 0").str.to_datetime(
        "%Y %b %d %H:%M", time_unit="us", strict=False
    )
    seconds = stamp.str.extract(r":([0-9]{2}(?:\.[0-9]{1,6})?)$", 1).cast(pl.Float64, strict=False)
    short = minute + pl.duration(microseconds=(seconds * 1e6).round(), time_unit="us")
    full = stamp.str.extract(r"^[A-Z][a-z]{2} ([0-9]{4}-.*)", 1)
    return pl.coalesce(
        pl.when(stamp.str.contains(r"^[0-9]{4}-")).then(iso_time(stamp)),
        short.dt.replace_time_zone("UTC"),
        iso_time(full),
        pl.when(stamp.str.contains(r"^[0-9]{10}\.")).then(epoch_time(stamp)),
    )


def component_of(who: pl.Expr) -> pl.Expr:
    """Return the program behind an identifier: kubelet, containerd, or another."""
    found: pl.Expr = pl.when(who.is_not_null()).then(pl.lit("other"))
    for word, component in PROGRAMS:
        found = (
            pl.when(who.str.contains(word, literal=True)).then(pl.lit(component)).otherwise(found)
        )
    return found


JOURNAL: Final = LineEnvelope("journal", _fits, _peel)
