"""Try patterns' examples as a user's log is tried: read, matched, timed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from cnilog import ingest, matching
from cnilog.catalog.model import Catalog
from cnilog.schema import COMPONENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.catalog import Pattern
    from cnilog.catalog.model import Match, Reject
    from cnilog.reading import Reading


def prove(pattern: Pattern) -> tuple[int, list[str]]:
    """Return how many examples of *pattern* were tried, and what was wrong in words."""
    return prove_all([pattern])[0]


def prove_all(patterns: Sequence[Pattern]) -> list[tuple[int, list[str]]]:
    """Return of each of *patterns* how many examples were tried, and what was wrong in words.

    What others take of an example does not matter.
    """
    examples = [(one, example) for one in patterns for example in _of(one)]
    with tempfile.TemporaryDirectory() as folder:
        logs = [Path(folder) / f"{number}.log" for number in range(len(examples))]
        for log, (_, example) in zip(logs, examples, strict=True):
            log.write_text(example.log.rstrip("\n") + "\n", "utf-8")
        found = _seen(logs, [example for _, example in examples], patterns)
        taken = iter(
            _values(pattern, example, log, found)
            for log, (pattern, example) in zip(logs, examples, strict=True)
        )
        return [(len(_of(one)), _judged(one, [next(taken) for _ in _of(one)])) for one in patterns]


def _of(pattern: Pattern) -> tuple[Match | Reject, ...]:
    return (*pattern.examples.match, *pattern.examples.reject)


def _judged(pattern: Pattern, taken: Sequence[dict[str, str] | None]) -> list[str]:
    """Return what is wrong, given the values captured of each example; null where not taken."""
    wrong = []
    for index, (match, values) in enumerate(zip(pattern.examples.match, taken, strict=False)):
        where = f"{pattern.id}: examples.match[{index}]"
        if values is None:
            wrong.append(f"{where} is not taken")
            continue
        wrong += [
            f"{where}: {name} is {values.get(name)!r}, not {wanted!r}"
            for name, wanted in match.expect.items()
            if values.get(name) != wanted
        ]
    rejected = taken[len(pattern.examples.match) :]
    wrong += [
        f"{pattern.id}: examples.reject[{index}] is taken"
        for index, values in enumerate(rejected)
        if values is not None
    ]
    return wrong


def _seen(
    logs: Sequence[Path], examples: Sequence[Match | Reject], patterns: Sequence[Pattern]
) -> dict[tuple[str, str], list[dict[str, str]]]:
    """Return the values of all matches, by file and pattern."""
    records = ingest.read(logs).records
    said = pl.DataFrame(
        {
            "file": [str(log) for log in logs],
            "said": pl.Series([one.component for one in examples], dtype=pl.String).cast(COMPONENT),
        }
    )
    records = records.join(said, on="file", how="left", maintain_order="left")
    records = records.with_columns(component=pl.coalesce("said", "component")).drop("said")
    found: dict[tuple[str, str], list[dict[str, str]]] = {}
    matches = matching.match(records, Catalog(patterns=tuple(patterns)))
    for file, pattern, values in matches.select("file", "pattern", "values").iter_rows():
        found.setdefault((file, pattern), []).extend(values)
    return found


def _values(
    pattern: Pattern,
    example: Match | Reject,
    log: Path,
    found: dict[tuple[str, str], list[dict[str, str]]],
) -> dict[str, str] | None:
    """Return the values captured where *pattern* takes the example; null where it does not."""
    if example.sign:
        return _sign(pattern, ingest.read(log), example.component)
    pairs = found.get((str(log), pattern.id))
    return None if pairs is None else {pair["name"]: pair["value"] for pair in pairs}


def _sign(pattern: Pattern, reading: Reading, component: str | None) -> dict[str, str] | None:
    records, runs = reading.records, reading.runs
    if component:
        said = pl.lit(component, dtype=pl.String).cast(COMPONENT)
        records, runs = records.with_columns(component=said), runs.with_columns(component=said)
    catalog = Catalog(patterns=(pattern,))
    signs = matching.signs(matching.match(records, catalog), runs, reading.histogram, catalog)
    mine = [sign for sign in signs if sign.pattern == pattern.id and not sign.short]
    return {k: v[0] for k, v in mine[0].values.items()} if mine else None
