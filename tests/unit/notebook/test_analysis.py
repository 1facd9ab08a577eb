"""A notebook gets frames with the columns that are written down, a page in the cell, charts."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
import reports

import cnilog
from cnilog.finding import Report
from cnilog.notebook import Analysis, frames
from cnilog.notebook.plot import gaps
from cnilog.schema import MATCHES, RECORDS

CASE = Path(__file__).parents[3] / "sample_logs/ipv6-only-policy/logs"
SCHEMAS = {
    "causes": frames.CAUSES,
    "symptoms": frames.SYMPTOMS,
    "evidence": frames.EVIDENCE,
    "reasons": frames.REASONS,
    "timeline": frames.TIMELINE,
    "levels": frames.LEVELS,
    "sources": frames.SOURCES,
}


@pytest.mark.parametrize("name", SCHEMAS)
@pytest.mark.parametrize("build", [reports.founding, reports.healthy, reports.fleet, Report])
def test_a_frame_has_its_columns_even_when_it_is_empty(build, name: str) -> None:  # type: ignore[no-untyped-def]
    frame = getattr(Analysis(build()), name)

    assert frame.schema == SCHEMAS[name]


def test_the_frames_hold_what_the_report_holds() -> None:
    analysis = Analysis(reports.founding())

    assert analysis.causes["id"].to_list() == ["iam-missing-ipv4-permissions", "kube-proxy-down"]
    assert analysis.evidence.filter(pl.col("kind") == "cause").height == 4
    assert analysis.reasons.height == 4
    assert analysis.timeline.height == 6


def test_a_cell_shows_the_verdict_and_no_markup_of_a_log() -> None:
    cell = Analysis(reports.hostile())._repr_html_()

    assert "&lt;script&gt;alert(1)" in cell
    assert "<script" not in cell
    assert "<img" not in cell


def test_a_saved_report_has_no_records() -> None:
    with pytest.raises(cnilog.SourceError, match="holds no records"):
        _ = Analysis(reports.founding()).records


def test_records_are_read_whole_and_scanned_lazily() -> None:
    whole = cnilog.read(CASE)
    lazy = cnilog.scan(CASE)

    assert whole.schema == RECORDS
    assert lazy.collect_schema() == RECORDS
    errors = pl.col("message").str.contains("IPAM")
    assert lazy.filter(errors).select("line").collect().equals(whole.filter(errors).select("line"))


def test_analyzing_gives_the_same_as_the_report() -> None:
    analysis = cnilog.analyze(CASE)

    assert analysis.causes["id"].to_list() == [cause.id for cause in analysis.report.causes]
    assert str(analysis).startswith(analysis.render("text").splitlines()[0])


def test_gaps_are_taken_within_a_pattern_and_a_stream() -> None:
    rows = {
        "pattern": ["a", "a", "b", "a"],
        "stream": [1, 1, 1, 2],
        "record": [0, 1, 2, 3],
        "ts": [reports.after(0), reports.after(2), reports.after(1), reports.after(9)],
    }
    matches = pl.DataFrame(
        [rows.get(name, [None] * 4) for name in MATCHES], schema=MATCHES, orient="col"
    )

    assert gaps(matches).select("pattern", "gap_s").rows() == [("a", 2.0)]


@pytest.mark.parametrize("chart", ["timeline", "levels"])
def test_a_chart_is_a_specification_that_altair_accepts(chart: str) -> None:
    pytest.importorskip("altair", reason="the extra cnilog[notebook] is not installed")
    specification = getattr(Analysis(reports.fleet()).plot, chart)().to_dict()

    assert specification["$schema"].endswith(".json")


def test_intervals_are_drawn_from_the_records() -> None:
    pytest.importorskip("altair", reason="the extra cnilog[notebook] is not installed")
    chart = cnilog.analyze(CASE).plot.intervals().to_dict()

    assert chart["encoding"]["y"]["field"] == "gap_s"
