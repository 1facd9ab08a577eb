"""A selection narrows what is looked at, and nothing that was read is forgotten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from cnilog import ingest
from cnilog.analysis import analyze
from cnilog.errors import SourceError, UnknownNameError
from cnilog.reading import Reading
from cnilog.selection import Selection, moment

CASES = Path(__file__).parents[2] / "sample_logs"


@pytest.fixture(scope="module")
def reading() -> Reading:
    return ingest.read(CASES / "ipv6-only-policy/logs")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2024-05-14", datetime(2024, 5, 14, tzinfo=UTC), id="day"),
        pytest.param("2024-05-14T09:00", datetime(2024, 5, 14, 9, tzinfo=UTC), id="minute"),
        pytest.param("2024-05-14T09:00:00Z", datetime(2024, 5, 14, 9, tzinfo=UTC), id="Z"),
        pytest.param("2024-05-14T11:00+02:00", datetime(2024, 5, 14, 9, tzinfo=UTC), id="zone"),
        pytest.param("90m", timedelta(minutes=90), id="span"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str | None, expected: object) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "25:00", "90", "2024-13-01", "999999999999d"),
        *("0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00"),  # in UTC outside all years
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="is no time"):
        moment(text)


def test_an_unknown_component_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="ipamd"):
        Selection.of(components=("ipam",))


def test_nothing_chosen_is_everything(reading: Reading) -> None:
    assert Selection().narrow(reading) is reading


def test_a_span_counts_back_from_the_last_record(reading: Reading) -> None:
    last = reading.records["ts"].max()
    narrow = Selection(since=timedelta(seconds=20)).narrow(reading)

    assert 0 < narrow.records.height < reading.records.height
    assert narrow.records["ts"].min() >= last - timedelta(seconds=20)  # type: ignore[operator]


def test_the_accounting_stays_that_of_the_whole_input(reading: Reading) -> None:
    narrow = Selection(until=datetime(2000, 1, 1, tzinfo=UTC)).narrow(reading)

    assert narrow.records.is_empty()
    assert narrow.accounting == reading.accounting


def test_a_run_cut_at_its_end_is_no_stall(reading: Reading) -> None:
    middle = reading.records["ts"].median()
    assert isinstance(middle, datetime)
    narrow = Selection(until=middle).narrow(reading)

    cut = narrow.runs.filter(pl.col("last_ts") == middle)
    assert cut.height
    assert cut["last_message"].null_count() == cut.height


def test_a_node_is_chosen_with_its_documents() -> None:
    whole = ingest.read(CASES / "healthy-rolling-upgrade/logs")
    nodes = whole.records["node"].drop_nulls().unique().sort().to_list()
    if not nodes:
        pytest.skip("the sample names no node")
    narrow = Selection(nodes=(nodes[0],)).narrow(whole)

    assert narrow.records["node"].unique().to_list() == [nodes[0]]
    assert {one.node for one in narrow.documents} <= {None, nodes[0]}


def test_a_component_is_chosen() -> None:
    narrow = Selection(components=("ipamd",)).narrow(ingest.read(CASES / "healthy-v1.23.0/logs"))

    assert narrow.records["component"].unique().to_list() == ["ipamd"]
    assert set(narrow.runs["component"].to_list()) == {"ipamd"}


def test_an_analysis_sees_only_what_was_chosen() -> None:
    case = CASES / "ipv6-only-policy/logs"
    before = Selection.of(until="2000-01-01")

    assert [one for one in analyze(case).symptoms if one.first_seen]
    documented = analyze(case, selection=before).symptoms  # a table of pods bears no time
    assert not [one for one in documented if one.first_seen]
