"""A comparison says what became of each finding, and never takes silence for a cure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cnilog.diagnosis.change import compare
from cnilog.finding import Cause, Evidence, Report, Source

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def cause(name: str, **more: object) -> Cause:
    shown = {"confidence": "confirmed", "score": 0.9, "severity": "high", "last_seen": NOON}
    return Cause.model_validate({"id": name, "title": name, "count": 3} | shown | more)


def report(*causes: Cause, until: datetime = NOON, component: str = "ipamd") -> Report:
    source = Source(file="x.log", component=component, records=9, last_ts=until)
    return Report(causes=causes, sources=(source,))


LATER = NOON + timedelta(hours=1)
A, B = "subnet-exhausted", "imds-unreachable"


@pytest.mark.parametrize(
    ("before", "after", "outcome"),
    [
        pytest.param(report(cause(A)), report(until=LATER), "gone", id="gone"),
        pytest.param(
            report(cause(A)),
            report(cause(A, last_seen=LATER), until=LATER),
            "remains",
            id="remains",
        ),
        pytest.param(report(), report(cause(A), until=LATER), "new", id="new"),
        pytest.param(
            report(cause(A)), report(cause(A, recovered=True)), "recovered", id="recovered"
        ),
        pytest.param(
            report(cause(A)),
            report(until=LATER, component="plugin"),
            "not known",
            id="not collected",
        ),
        pytest.param(
            report(cause(A)), report(cause(A), until=LATER), "gone", id="only in the old part"
        ),
        pytest.param(report(cause(A)), report(cause(A)), "remains", id="the same log again"),
    ],
)
def test_each_finding_has_one_outcome(before: Report, after: Report, outcome: str) -> None:
    assert [one.became for one in compare(before, after).findings] == [outcome]


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        pytest.param(report(cause(A)), report(), f"{A} is gone.", id="fixed"),
        pytest.param(
            report(cause(A), cause(B)),
            report(cause(B)),
            f"{B} remains; {A} is gone.",
            id="half",
        ),
        pytest.param(
            report(cause(A)),
            report(cause(B)),
            f"{A} is gone. New: {B}.",
            id="another",
        ),
        pytest.param(
            report(cause(A)),
            report(component="plugin"),
            f"{A} is not seen any more, but that proves nothing: "
            "the later sources have no log of ipamd.",
            id="silence is no cure",
        ),
        pytest.param(report(), report(), "Nothing was wrong, nothing is.", id="quiet"),
    ],
)
def test_the_verdict_answers_whether_the_fix_worked(
    before: Report, after: Report, verdict: str
) -> None:
    assert compare(before, after).verdict == verdict


@pytest.mark.parametrize(("file", "outcome"), [("x.log", "gone"), ("events.txt", "not known")])
def test_a_cluster_without_events_hides_only_what_events_alone_had_shown(
    file: str, outcome: str
) -> None:
    seen = cause(A).model_copy(update={"evidence": (Evidence(file=file, line=1, text="x"),)})
    events = Source(file="events.txt", component="events", records=3, last_ts=NOON)
    before = report(seen)
    before = before.model_copy(update={"sources": (*before.sources, events)})

    assert [one.became for one in compare(before, report()).findings] == [outcome]


def test_a_guess_that_is_new_alarms_nobody() -> None:
    assert compare(report(cause(A)), report(cause(B, confidence="possible"))).verdict == (
        f"{A} is gone."
    )


def fleet(*causes: Cause, nodes: tuple[str, ...], version: str = "v1.18.3") -> Report:
    found = report(*causes, until=LATER).model_dump() | {"nodes": nodes}
    return Report.model_validate(found | {"versions": {"cni": version}})


def test_a_cause_that_left_one_node_and_stays_on_another_names_both() -> None:
    old = fleet(cause(A, nodes=("n1", "n2")), nodes=("n1", "n2", "n3"))
    new = fleet(cause(A, nodes=("n2", "n3"), last_seen=LATER), nodes=("n1", "n2", "n3"))
    found = compare(old, new).findings[0]

    assert (found.became, found.left, found.came) == ("remains", ("n1",), ("n3",))


def test_nodes_that_were_replaced_prove_no_cure() -> None:
    change = compare(fleet(cause(A, nodes=("n1",)), nodes=("n1", "n2")), fleet(nodes=("n2", "n3")))

    assert (change.findings[0].became, change.findings[0].absent) == ("not known", ("n1",))
    assert "none of its nodes is among the later sources" in change.verdict


def test_another_release_is_said() -> None:
    change = compare(fleet(nodes=("n1",)), fleet(nodes=("n1",), version="v1.22.4"))

    assert change.versions == "CNI v1.18.3 -> v1.22.4"
