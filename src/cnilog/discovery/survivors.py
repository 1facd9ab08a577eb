"""Let go of records that say what others say, so that a watch needs no more memory over time.

Records of one run that the same signals took are told by the first and the last of them and by
their number. Of such a group the middle may go, but for the first records with each value; and of
a stream with very many runs the middle runs may. The count of a finding is put right afterwards.
Its first and last time, its evidence, values and confidence stay what they would be, since they
come from what is kept; only the period of a loop is that of the records that are left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.diagnosis import CONTEXT_LITERALS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.finding import Sign

QUOTAS: Final = (
    512,
    256,
    128,
    64,
    32,
    16,
)  # first and last records of a group; no `when` asks more
RUNS: Final = 8  # first and last runs in which each group is
VALUES: Final = 50  # as many as a sign carries
DROPPED: Final = pl.Schema(
    {
        "file": pl.String(),
        "line": pl.UInt32(),  # of a record that is kept and stands for the others
        "signature": pl.String(),  # signals that took them, as pattern/signal
        "count": pl.UInt32(),
    }
)
GROUP: Final = ("stream", "run", "signature")


@dataclass(frozen=True, slots=True)
class Thinned:
    """What is left: the keys of the records, and the number of those that each stands for."""

    records: pl.Series
    dropped: pl.DataFrame  # DROPPED


def thin(records: pl.DataFrame, matches: pl.DataFrame, most: int) -> Thinned:
    """Return which of *records* (schema `RECORDS`) to keep so that about *most* are left.

    Args:
        records: Those of one file.
        matches: Schema `MATCHES`, of these records.
        most: How many may be left; a few more are where there are more kinds than that.
    """
    signed = _signed(records, matches)
    telling = signed["record"].is_in(_first_values(matches).implode())
    for quota in QUOTAS:
        kept = signed.filter(telling | _at_ends(quota))
        if kept.height <= most:
            break
    else:
        kept = kept.filter(_in_telling_runs(kept))
    return Thinned(kept["record"], _dropped(signed, kept))


def _signed(records: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """Return the records worth something with their ``signature``."""
    takers = pl.concat_str("pattern", "signal", separator="/")
    by_record = matches.group_by("record").agg(taken=takers.unique().sort().str.join(" "))
    context = pl.col("message").str.extract_many(list(CONTEXT_LITERALS), overlapping=True)
    loud = pl.col("level").cast(pl.String).is_in(["error", "fatal"]).fill_null(value=False)
    kind = pl.when(~pl.col("decoded")).then(pl.lit("undecoded")).when(loud).then(pl.lit("loud"))
    signature = pl.concat_str(
        pl.col("taken").fill_null(""), context.list.join("|"), kind.otherwise(pl.lit("")),
        separator="\n",
    )  # fmt: skip
    return (
        records.join(by_record, on="record", how="left", maintain_order="left")
        .with_columns(signature=signature)
        .select("record", "stream", "run", "file", "line", "ts", "signature")
        .filter(pl.col("signature") != "\n\n")
    )


def _at_ends(quota: int) -> pl.Expr:
    place = pl.int_range(pl.len())
    ends = (place < quota) | (place >= pl.len() - quota)
    ends |= (pl.col("ts") == pl.col("ts").min()) | (pl.col("ts") == pl.col("ts").max())
    return ends.over(GROUP).fill_null(value=False)


def _first_values(matches: pl.DataFrame) -> pl.Series:
    """Return the records in which a value of a signal's group was captured first."""
    pairs = (
        matches.sort("record")
        .select("record", "pattern", "values")
        .explode("values", empty_as_null=False, keep_nulls=False)
        .unnest("values")
        .unique(["pattern", "name", "value"], keep="first", maintain_order=True)
    )
    first = pl.int_range(pl.len()).over("pattern", "name") < VALUES
    return pairs.filter(first)["record"].unique()


def _in_telling_runs(kept: pl.DataFrame) -> pl.Series:
    """Return which records are of a run that is kept: whole runs are, or are not."""
    pairs = kept.select(GROUP).unique().sort(GROUP)
    place = pl.int_range(pl.len()).over("stream", "signature")
    back = pl.len().over("stream", "signature") - place
    runs = pairs.filter((place < RUNS) | (back <= RUNS)).select("stream", "run").unique()
    marked = kept.join(runs.with_columns(told=True), on=["stream", "run"], how="left",
                       maintain_order="left")  # fmt: skip
    return marked["told"].fill_null(value=False)


def _dropped(signed: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    of = ["stream", "signature"]
    gone = signed.join(kept.select("record"), on="record", how="anti")
    stands = kept.group_by(of).agg(pl.col("file", "line").first())
    counted = gone.group_by(of).agg(count=pl.len()).join(stands, on=of)
    return counted.select(pl.col(name).cast(dtype) for name, dtype in DROPPED.items())


def added(dropped: pl.DataFrame, more: pl.DataFrame) -> pl.DataFrame:
    """Return both frames (`DROPPED`) as one."""
    both = pl.concat([dropped, more]).group_by("file", "line", "signature", maintain_order=True)
    return both.agg(pl.col("count").sum())


def counted(
    signs: Iterable[Sign], dropped: pl.DataFrame, records: pl.DataFrame
) -> tuple[Sign, ...]:
    """Return *signs*, of the *records* that are kept, with the counts of all records."""
    places = records.select("file", "line", "stream", "node").unique(["file", "line"], keep="first")
    gone = dropped.join(places, on=["file", "line"]).to_dicts()
    for one in gone:
        one["takers"] = set(one["signature"].split("\n")[0].split(" "))
    return tuple(_counted(sign, gone) for sign in signs) if gone else tuple(signs)


def _counted(sign: Sign, gone: list[dict[str, object]]) -> Sign:
    names = {f"{sign.pattern}/{signal}" for signal in sign.signals}
    more = sum(
        int(str(one["count"]))
        for one in gone
        if one["node"] == sign.node
        and sign.stream in (None, one["stream"])
        and isinstance(one["takers"], set)
        and not names.isdisjoint(one["takers"])
    )
    return replace(sign, count=sign.count + more) if more else sign
