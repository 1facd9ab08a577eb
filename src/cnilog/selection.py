"""Narrow a reading to a span of time, to nodes, to components.

The accounting stays that of the whole input: what was read was read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import polars as pl

from cnilog.errors import SourceError, UnknownNameError
from cnilog.schema import COMPONENTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.reading import Reading

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Selection(NamedTuple):
    """What to look at; empty means everything."""

    since: datetime | timedelta | None = None  # a span counts back from the last record
    until: datetime | timedelta | None = None
    nodes: tuple[str, ...] = ()
    components: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        since: str | None = None,
        until: str | None = None,
        nodes: Iterable[str] = (),
        components: Iterable[str] = (),
    ) -> Selection:
        """Return the selection that a user wrote.

        Raises:
            SourceError: A time cannot be read.
            UnknownNameError: There is no such component.
        """
        components = tuple(components)
        for name in components:
            if name not in COMPONENTS:
                raise UnknownNameError("component", name, COMPONENTS)
        return cls(moment(since), moment(until), tuple(nodes), components)

    def __bool__(self) -> bool:
        """Return whether anything is left out."""
        return bool(self.since or self.until or self.nodes or self.components)

    def narrow(self, reading: Reading) -> Reading:
        """Return *reading* with only the records, runs and minutes that are wanted.

        Raises:
            UnknownNameError: A node is wanted that is not there.
        """
        if not self:
            return reading
        self._check(reading)
        runs = reading.runs.filter(self._wanted())
        last = runs["last_ts"].max()
        since, until = _placed(self.since, last), _placed(self.until, last)
        runs = _within_runs(runs, since, until)
        kept = runs.select("stream", "run")
        records = reading.records.filter(self._wanted() & _between("ts", since, until))
        return reading._replace(
            records=records.join(kept, on=["stream", "run"], how="semi", maintain_order="left"),
            runs=runs,
            histogram=reading.histogram.filter(_between("minute", since, until)).join(
                kept.select("stream").unique(), on="stream", how="semi", maintain_order="left"
            ),
            documents=tuple(
                one
                for one in reading.documents
                if not self.nodes or one.node is None or one.node in self.nodes
            ),
        )

    def _check(self, reading: Reading) -> None:
        known = {str(node) for node in reading.runs["node"].drop_nulls()}
        known |= {one.node for one in reading.documents if one.node}
        for node in self.nodes:
            if node not in known:
                raise UnknownNameError("node", node, known or {"none that the sources name"})

    def _wanted(self) -> pl.Expr:
        wanted = pl.lit(value=True)
        if self.nodes:
            wanted &= pl.col("node").is_in(self.nodes)
        if self.components:
            wanted &= pl.col("component").cast(pl.String).is_in(self.components)
        return wanted


def moment(text: str | None) -> datetime | timedelta | None:
    """Return the time, or the span before the last record, that *text* names.

    Raises:
        SourceError: It names neither.
    """
    if not text:
        return None
    span = re.fullmatch(r"(\d{1,5})\s*([smhd])", text.strip())
    if span:
        return timedelta(**{_UNITS[span[2]]: int(span[1])})
    try:
        time = datetime.fromisoformat(text.strip())
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:  # a day before the first or after the last
        raise SourceError(
            f"'{text}' is no time. Write it as 2024-05-14T09:00:00 (UTC), 2024-05-14 or 90m"
        ) from error


def _placed(time: datetime | timedelta | None, last: object) -> datetime | None:
    if isinstance(time, timedelta):
        return last - time if isinstance(last, datetime) else None
    return time


def _between(column: str, since: datetime | None, until: datetime | None) -> pl.Expr:
    """Return the test for records in the span; those without a time stay in."""
    inside = pl.lit(value=True)
    if since:
        inside &= pl.col(column) >= since
    if until:
        inside &= pl.col(column) <= until
    return inside | pl.col(column).is_null()


def _within_runs(
    runs: pl.DataFrame, since: datetime | None, until: datetime | None
) -> pl.DataFrame:
    """Return the runs that reach into the span; a run cut at its end has no known last record."""
    if since:
        runs = runs.filter((pl.col("last_ts") >= since) | pl.col("last_ts").is_null())
    if until:
        runs = runs.filter((pl.col("first_ts") <= until) | pl.col("first_ts").is_null())
        cut = pl.col("last_ts") > until
        runs = runs.with_columns(
            last_message=pl.when(~cut | cut.is_null()).then(pl.col("last_message")),
            last_level=pl.when(~cut | cut.is_null()).then(pl.col("last_level")),
            last_ts=pl.when(cut).then(pl.lit(until)).otherwise(pl.col("last_ts")),
        )
    return runs
