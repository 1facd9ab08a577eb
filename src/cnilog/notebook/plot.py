"""Charts of an analysis, by Altair; needs the extra ``cnilog[notebook]``.

Charts are typed as `Any`: types must check where Altair is not installed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

import polars as pl

from cnilog.errors import OutputError
from cnilog.schema import LEVELS

POINTS: Final = 5_000  # rows a chart takes before a notebook gets slow
WIDTH: Final = 640


def _altair() -> Any:
    try:
        import altair
    except ImportError as error:
        raise OutputError(
            "charts: need Altair, which is not installed. "
            "Install it with: pip install 'cnilog[notebook]'"
        ) from error
    return altair


class Drawn(Protocol):
    """What is drawn: an `Analysis`."""

    @property
    def verdict(self) -> str:
        """The title."""

    @property
    def timeline(self) -> pl.DataFrame:
        """Schema `cnilog.notebook.frames.TIMELINE`."""

    @property
    def levels(self) -> pl.DataFrame:
        """Schema `cnilog.notebook.frames.LEVELS`."""

    @property
    def matches(self) -> pl.DataFrame:
        """Schema `cnilog.schema.MATCHES`."""


@dataclass(frozen=True, slots=True)
class Plot:
    """The charts of one analysis."""

    analysis: Drawn

    def timeline(self) -> Any:
        """Return causes, symptoms, starts and recoveries over time, a row for each node."""
        alt = _altair()
        rows = _thinned(self.analysis.timeline).with_columns(
            pl.col("until").fill_null(pl.col("ts")), pl.col("node").fill_null("(unknown)")
        )
        colors = alt.Color("id:N", title=None)
        tip = ["node:N", "kind:N", "id:N", "count:Q", "ts:T", "until:T"]
        spans = (
            alt.Chart(rows.filter(pl.col("kind").cast(pl.String).is_in(["cause", "symptom"])))
            .mark_bar(opacity=0.75, minBandSize=3)
            .encode(
                x=alt.X("ts:T", title="UTC"), x2="until:T", y="node:N", color=colors, tooltip=tip
            )
        )
        moments = (
            alt.Chart(rows.filter(pl.col("kind").cast(pl.String).is_in(["start", "recovery"])))
            .mark_tick(thickness=2, size=16)
            .encode(x="ts:T", y="node:N", shape="kind:N", color=colors, tooltip=tip)
        )
        return alt.layer(spans, moments).properties(width=WIDTH, title=self.analysis.verdict)

    def intervals(self) -> Any:
        """Return the time from each sighting of a pattern to its next one in the same stream.

        What comes back at a period lies on a line; what bursts lies at the bottom.
        """
        alt = _altair()
        return (
            alt.Chart(_thinned(gaps(self.analysis.matches)))
            .mark_circle(size=24, opacity=0.6)
            .encode(
                x=alt.X("ts:T", title="UTC"),
                y=alt.Y("gap_s:Q", title="seconds since the last", scale=alt.Scale(type="symlog")),
                color=alt.Color("pattern:N", title=None),
                tooltip=["pattern:N", "node:N", "gap_s:Q", "ts:T"],
            )
            .properties(width=WIDTH)
        )

    def levels(self) -> Any:
        """Return how many records of each level came when, each level to its own scale."""
        alt = _altair()
        return (
            alt.Chart(_thinned(self.analysis.levels.drop_nulls("level")))
            .mark_bar()
            .encode(
                x=alt.X("ts:T", title="UTC"),
                y=alt.Y("count:Q", title=None),
                color=alt.Color("level:N", legend=None),
                row=alt.Row("level:N", title=None, sort=list(LEVELS)),
                tooltip=["level:N", "count:Q", "ts:T"],
            )
            .properties(width=WIDTH, height=60)
            .resolve_scale(y="independent")
        )


def gaps(matches: pl.DataFrame) -> pl.DataFrame:
    """Return the seconds between sightings of one pattern in one stream.

    Args:
        matches: Schema `cnilog.schema.MATCHES`.

    Returns:
        Columns pattern, stream, node, ts and gap_s; the first sighting of each has no row.
    """
    return (
        matches.filter(pl.col("ts").is_not_null())
        .unique(["pattern", "stream", "record"])
        .sort("pattern", "stream", "ts")
        .with_columns(
            gap_s=pl.col("ts").diff().over("pattern", "stream").dt.total_microseconds() / 1e6
        )
        .filter(pl.col("gap_s").is_not_null())
        .select("pattern", "stream", "node", "ts", "gap_s")
    )


def _thinned(rows: pl.DataFrame) -> pl.DataFrame:
    """Return at most `POINTS` of *rows*, evenly taken."""
    return rows if rows.height <= POINTS else rows.gather_every(-(-rows.height // POINTS))
