"""A fleet's report tells the common cause from outliers, and the place that stands out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from cnilog.batch import compact, open_batch, rendering
from cnilog.batch.fleet import Fleet, Place, _standing_out, fleet_report
from cnilog.batch.ledger import Ledger
from cnilog.batch.store import open_store
from cnilog.batch.table import done_row, failed_row
from cnilog.finding import Cause, Report, Source, Versions
from cnilog.report import View

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
SICK, ALL = 8, 20  # nodes of subnet-a, which show the cause; all nodes


def _cause(name: str, node: str, hours: int = 0) -> Cause:
    seen = START + timedelta(hours=hours)
    return Cause(
        id=name,
        title=f"the title of {name}",
        confidence="confirmed",
        severity="high",
        score=9.0,
        nodes=(node,),
        first_seen=seen,
        last_seen=seen + timedelta(hours=1),
        count=3,
    )


def _report(number: int) -> Report:
    node = f"ip-10-0-0-{number}"
    causes = [_cause("subnet-exhausted", node, number)] if number < SICK else []
    causes += [_cause("imds-unreachable", node)] if number == ALL - 1 else []
    zone, subnet = ("a", "subnet-a") if number < SICK else ("b", "subnet-b")
    return Report(
        causes=tuple(causes),
        nodes=(node,),
        versions=Versions(cni="v1.18.3", by_node={node: "v1.18.3"}),
        node_facts={node: {"node.zone": f"eu-west-1{zone}", "node.subnet": subnet}},
    )


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a batch of twenty nodes of two clusters, one of them seen twice, and one failure."""
    root = str(tmp_path_factory.mktemp("fleet"))
    ledger = Ledger(open_store(root), "1")
    for number in range(ALL):
        cluster = "prod" if number % 2 else "staging"
        source = f"in/{cluster}/{number}.tgz"
        ledger.finish(f"{number:032x}", done_row(f"{number:032x}", source, _report(number)))
    again = _report(0).model_copy(
        update={"sources": (Source(file="in/prod/again.tgz", skipped="is damaged: cut"),)}
    )
    ledger.finish("ff" * 16, done_row("ff" * 16, "in/prod/again.tgz", again))
    why = "in/prod/cut.tgz: nothing in it can be read (\x1b[2J). Give logs"
    ledger.fail("ee" * 16, failed_row("ee" * 16, "in/prod/cut.tgz", "failed", why))
    return root


@pytest.fixture
def fleet(out: str) -> Fleet:
    return fleet_report(open_batch(out))


def test_numbers_add_up(fleet: Fleet) -> None:
    assert (fleet.bundles, fleet.analyzed, fleet.healthy) == (ALL + 2, ALL + 1, ALL - SICK - 1)


def test_a_node_with_two_bundles_is_one_node(fleet: Fleet) -> None:
    first = fleet.causes[0]

    assert (first.bundles, first.nodes, fleet.nodes) == (SICK + 1, SICK, ALL)


def test_common_and_outlier_are_told_apart(fleet: Fleet) -> None:
    assert {cause.id: cause.standing for cause in fleet.causes} == {
        "subnet-exhausted": "common",
        "imds-unreachable": "outlier",
    }


def test_the_place_that_all_sick_nodes_share_stands_out(fleet: Fleet) -> None:
    assert fleet.causes[0].stands_out == (
        "all 8 nodes of zone eu-west-1a show it, none of the 12 others",
        "all 8 nodes of subnet subnet-a show it, none of the 12 others",
    )


@pytest.mark.parametrize(
    ("place", "rest", "of_rest", "sentence"),
    [
        pytest.param(
            (60, 99), 2, 198,
            "60 of the 62 nodes that show it are of zone a: 60 of 99 there, 2 of 198 elsewhere",
            id="nearly all of them in a place that is not all of it",
        ),
        pytest.param(
            (1_500, 9_000), 0, 9_000,
            "all 1,500 nodes that show it are of zone a: 1,500 of 9,000 there, none of 9,000 "
            "elsewhere",
            id="all of them",
        ),
        pytest.param((5, 98), 1, 200, "", id="few of the place: chance"),
        pytest.param((60, 150), 2, 100, "", id="the larger part of the fleet"),
        pytest.param((60, 99), 30, 198, "", id="elsewhere as well"),
        pytest.param((1, 5), 0, 200, "", id="one node alone"),
        pytest.param(
            (1_200, 1_300), 40, 4_000,
            "1,200 of 1,300 nodes of zone a show it, 40 of the 4,000 others", id="most of a place",
        ),
    ],
)  # fmt: skip
def test_a_place_is_told_where_its_nodes_show_it_and_others_do_not(
    place: tuple[int, int], rest: int, of_rest: int, sentence: str
) -> None:
    by = {"zone": (Place(value="a", nodes=place[0], of=place[1]),)}

    found = list(_standing_out(by, place[0] + rest, place[1] + of_rest))

    assert found == ([sentence] if sentence else [])


def test_a_ticket_names_a_bundle_that_was_not_read_once(fleet: Fleet) -> None:
    text = rendering.write(fleet, "markdown", View())

    assert text.count("cut.tgz") == 1
    assert "Give logs" not in text


def test_one_bundle_of_many_is_not_nothing(fleet: Fleet) -> None:
    rare = fleet.causes[0].model_copy(update={"share": 0.001, "standing": "outlier"})
    text = rendering.write(fleet.model_copy(update={"causes": (rare,)}), "text", View())

    assert "(<1%)" in text


def test_a_place_that_is_like_the_others_is_told_only_when_all_is_asked_for(fleet: Fleet) -> None:
    brief, full = (
        rendering.write(fleet, "text", View(detail=detail, width=200))  # type: ignore[arg-type]
        for detail in ("normal", "all")
    )

    assert ("zone: eu-west-1a" in brief, "zone: eu-west-1a" in full) == (True, True)
    assert ("cluster: prod" in brief, "cluster: prod" in full) == (False, True)


def test_the_folder_of_a_bundle_is_its_cluster(fleet: Fleet) -> None:
    places = fleet.causes[0].by["cluster"]

    assert {place.value: (place.nodes, place.of) for place in places} == {
        "prod": (5, 11),
        "staging": (4, 10),
    }


def test_first_and_last_seen_span_all_bundles(fleet: Fleet) -> None:
    first = fleet.causes[0]

    assert (first.first_seen, first.last_seen) == (START, START + timedelta(hours=SICK))


def test_the_trend_counts_bundles_by_the_hour_they_began(fleet: Fleet) -> None:
    counts = [step.bundles for step in fleet.trend if step.id == "subnet-exhausted"]

    assert (fleet.step, counts) == ("hour", [2, 1, 1, 1, 1, 1, 1, 1])


def test_what_was_cut_is_named_though_it_was_analyzed(fleet: Fleet) -> None:
    assert [one.source for one in fleet.damaged] == ["in/prod/again.tgz"]


@pytest.mark.parametrize("format", ["text", "markdown", "html"])
def test_every_format_names_cause_place_and_failure(fleet: Fleet, format: str) -> None:
    text = rendering.write(fleet, format, View(width=200, redact=False))

    assert all(word in text for word in ("subnet-exhausted", "subnet subnet-a", "cut.tgz"))
    assert "\x1b" not in text


def test_the_page_asks_nothing_of_the_network(fleet: Fleet) -> None:
    page = rendering.write(fleet, "html", View())

    assert "default-src &#39;none&#39;" in page
    assert not re.search(r"<(?:img|link|iframe)|\bsrc=|url\(", page)


def test_compaction_changes_nothing_in_the_report(out: str, fleet: Fleet) -> None:
    assert compact(out, "1") == compact(out, "1") == ALL + 1  # the failure stays as it is
    assert fleet_report(open_batch(out)) == fleet
