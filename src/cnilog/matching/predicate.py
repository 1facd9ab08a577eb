"""What the keys of a signal mean for a record.

Regexes run on Polars' linear engine, which no input can make run away. One that this engine does
not know (look-around, back-references) runs on the `regex` package with a time limit a record; a
record whose limit runs out does not match.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from cnilog.catalog import Signal

WHOLE: Final = "whole_match"  # a group around the regex: null where it does not match
SECONDS: Final = 0.05  # for one regex on one record; a sound one takes microseconds
FOREIGN: Final = (  # a container that is none of the CNI's: what it says is not about aws-node
    (pl.col("component") == "other")
    & pl.coalesce("container", "pod", pl.lit("")).str.contains("^[a-z]")
).fill_null(value=False)
NO_VALUES: Final = pl.lit([], dtype=pl.List(pl.Struct({"name": pl.String, "value": pl.String})))


def predicate(signal: Signal) -> pl.Expr:
    """Return the expression that is true on the records *signal* describes, but for its regex."""
    held = pl.col("message").str.contains_any(list(signal.contains))
    return (held & refined(signal)).fill_null(value=False)


def refined(signal: Signal) -> pl.Expr:
    """Return `predicate` for records that are known to hold one of its texts."""
    message = pl.col("message")
    tests = [pl.lit(value=True)]
    if signal.component:
        component = pl.col("component")  # null: nothing tells who wrote it
        tests.append(component.is_in(signal.component) | component.is_null())
    if signal.level:
        tests.append(pl.col("level").is_in(signal.level))
    if signal.container:
        tests.append(pl.col("container").is_in(signal.container).fill_null(value=False))
    else:
        tests.append(~FOREIGN)
    tests.extend(message.str.contains(text, literal=True) for text in signal.also)
    if signal.without:
        tests.append(~message.str.contains_any(list(signal.without)))
    return pl.all_horizontal(tests).fill_null(value=False)


def values(records: pl.DataFrame, signal: Signal) -> pl.DataFrame:
    """Return the *records* that the regex takes, with what its named groups captured."""
    if signal.regex is None or not records.height:
        return records.with_columns(values=NO_VALUES)
    if is_linear(signal.regex):
        return _linear(records, signal, signal.regex)
    return _limited(records, signal, signal.regex)


@cache
def is_linear(pattern: str) -> bool:
    """Return whether Polars' engine knows every construct of *pattern*."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError:
        return False
    return True


@cache
def group_names(pattern: str) -> tuple[str, ...]:
    """Return the names of the groups of *pattern*."""
    return tuple(_compiled(pattern).groupindex)


@cache
def _compiled(pattern: str) -> Any:  # the package has no public type for it
    import regex

    return regex.compile(pattern)


def _linear(records: pl.DataFrame, signal: Signal, pattern: str) -> pl.DataFrame:
    names = group_names(pattern)
    message = pl.col("message")
    if not names:
        return records.filter(message.str.contains(pattern)).with_columns(values=NO_VALUES)
    groups = message.str.extract_groups(f"(?P<{WHOLE}>{pattern})")
    taken = records.with_columns(groups=groups).filter(
        _group(WHOLE).is_not_null(), *_compared(signal)
    )
    captured = [pl.struct(name=pl.lit(name), value=_group(name)) for name in names]
    kept = pl.concat_list(captured)
    found = taken["groups"].struct.unnest().select(names)
    if sum(found.null_count().row(0)):
        kept = kept.list.filter(pl.element().struct.field("value").is_not_null())
    return taken.with_columns(values=kept).drop("groups")


def _group(name: str) -> pl.Expr:
    return pl.col("groups").struct.field(name)


def _compared(signal: Signal) -> list[pl.Expr]:
    """Return the tests on two groups that capture the same, or do not."""
    tests = []
    if signal.same:
        tests.append(_group(signal.same[0]).eq_missing(_group(signal.same[1])))
    if signal.differ:
        tests.append(_group(signal.differ[0]).ne_missing(_group(signal.differ[1])))
    return tests


def _limited(records: pl.DataFrame, signal: Signal, pattern: str) -> pl.DataFrame:
    searched = (_search(pattern, message) for message in records["message"])
    found = [one if one is not None and signal.agrees(one) else None for one in searched]
    kept = pl.Series([one is not None for one in found])
    captured = [
        [{"name": name, "value": value} for name, value in one.items() if value is not None]
        for one in found
        if one is not None
    ]
    dtype = pl.List(pl.Struct({"name": pl.String, "value": pl.String}))
    return records.filter(kept).with_columns(pl.Series("values", captured, dtype))


def _search(pattern: str, message: str) -> dict[str, str | None] | None:
    try:
        found = _compiled(pattern).search(message, timeout=SECONDS)
    except TimeoutError:
        return None
    return found.groupdict() if found else None
