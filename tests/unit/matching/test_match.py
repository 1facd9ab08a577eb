"""Matching gives what asking every signal about every record gives, in the order of signals."""

from __future__ import annotations

import random
import sys

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cnilog import ingest, matching
from cnilog.catalog import Catalog, load_catalog
from cnilog.matching.predicate import agrees, asked, captured

FILES = ("node-a/ipamd.log", "node-a/aws-node.log", "node-b/ipamd.log", "node-b/kubelet.log")


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """Return records of the catalog's examples, some of them many times and in many places."""
    folder = tmp_path_factory.mktemp("logs")
    dice = random.Random(1)
    logs = [example.log for one in load_catalog().patterns for example in one.examples.match]
    for name in FILES:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        some = dice.choices(logs, k=120)
        path.write_text("\n".join(dice.choices(some, k=240)) + "\n", "utf-8")
    return ingest.read(folder).records


def one_by_one(records: pl.DataFrame, catalog: Catalog) -> list[tuple[object, ...]]:
    """Return what *catalog*'s signals find, each asked about each record."""
    asking = list(zip(records["record"], asked(records), strict=True))
    return [
        (pattern.id, name, record, tuple(values))
        for pattern in sorted(catalog.patterns, key=lambda pattern: pattern.id)
        for name, signal in sorted(pattern.signals.items())
        if name not in pattern.end_signals and not signal.steady
        for record, one in asking
        if agrees(signal, one)
        for values in captured(pl.Series([one.message]), signal)
        if values is not None
    ]


def told(matches: pl.DataFrame, catalog: Catalog) -> list[tuple[object, ...]]:
    rows = matches.select("pattern", "signal", "record", "values").iter_rows()
    return [
        (pattern, signal, record, tuple((one["name"], one["value"]) for one in values))
        for pattern, signal, record, values in rows
        if not catalog.by_id[pattern].signals[signal].steady
    ]


@pytest.mark.parametrize("part", [50_000, 64])
def test_what_is_found_is_what_each_signal_finds_in_each_record(
    records: pl.DataFrame, part: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["cnilog.matching.match"], "PART", part)
    catalog = load_catalog()
    matches = matching.match(records, catalog)

    assert matches.height > 1000
    assert told(matches, catalog) == one_by_one(records, catalog)


def test_a_match_has_the_place_and_the_words_of_its_record(records: pl.DataFrame) -> None:
    columns = ["record", "stream", "run", "node", "component", "file", "line", "ts", "level"]
    matches = matching.match(records, load_catalog()).select(*columns, "message")
    known = records.filter(pl.col("record").is_in(matches["record"].implode()))

    assert_frame_equal(
        matches.unique().sort("record"), known.select(*columns, "message").sort("record")
    )
