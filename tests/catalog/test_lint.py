"""The shipped catalog has nothing to mend, and knows what the CNI can complain about."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnilog.analysis import analyze
from cnilog.catalog import Catalog, load_catalog
from cnilog.catalog.coverage import measure
from cnilog.catalog.lint import lint
from cnilog.catalog.parse import parse_pattern
from cnilog.catalog.trial import takers
from cnilog.discovery.generate import ERAS, SCENARIOS, generate
from cnilog.errors import SourceError

FLOOR = 90.0  # percent of Warn, Error and Fatal templates from v1.7.0 on
GOOD = """
id: thing-broken
kind: cause
title: The thing is broken
why: It broke.
signals:
  line:
    contains: [Failed to call ec2]
    strength: strong
confirm_with: [{collect: ipamd.log, look_for: the line}]
remediation: [Mend it]
examples:
  match:
    - log: 'Failed to call ec2:DescribeNetworkInterfaces for [eni-0a1b2c3d4e5f60718]: timeout'
      from: template@v1.6.1..v1.23.0
  reject:
    - {log: "Found ENI: eni-0a1b2c3d4e5f60718", because: it is no failure}
"""


def test_the_catalog_has_nothing_to_mend() -> None:
    assert lint(load_catalog()) == []


def test_the_catalog_knows_nine_of_ten_complaints() -> None:
    assert measure(load_catalog()).percent >= FLOOR


def test_the_first_releases_complaints_are_known_too() -> None:
    assert measure(load_catalog(), since=(1, 0, 0)).percent >= FLOOR


@pytest.mark.parametrize(
    ("change", "name"),
    [
        pytest.param(("[Failed to call ec2]", "[ec2]"), "short-literal", id="short literal"),
        pytest.param(("[Failed to call ec2]", "[caller]"), "common-literal", id="common literal"),
        pytest.param(("strength: strong", "regex: '.*ec2'"), "open-regex", id="open regex"),
        pytest.param(
            ("title: The thing is broken", "title: It broke."), "title-with-full-stop", id="dot"
        ),
        pytest.param(("[Mend it]", "[The thing]"), "remediation-without-verb", id="no verb"),
        pytest.param(("remediation: [Mend it]\n", ""), "no-remediation", id="no remediation"),
        pytest.param(
            ("because: it is no failure", "because: ' '"),
            "near-miss-without-reason",
            id="no reason",
        ),
        pytest.param(
            ("DescribeNetworkInterfaces for", "of"), "text-never-existed", id="made-up text"
        ),
        pytest.param(("v1.6.1..v1.23.0", "v1.0.0..v1.2.0"), "wrong-versions", id="wrong versions"),
        pytest.param(("why: It broke.", "why: It simply broke."), "empty-words", id="empty words"),
        pytest.param(("strength: strong", "strength: conclusive"), "", id="proved conclusive"),
        pytest.param(
            ("kind: cause", "kind: cause\ncause: other"), "cause-in-name", id="cause in name"
        ),
        pytest.param(
            ("[Failed to call ec2]", "[Failed to call ec2, to call ec2]"),
            "twice-literal",
            id="twice",
        ),
        pytest.param(("strength: strong", "regex: '(ec2+)+:'"), "runaway-regex", id="runaway"),
        pytest.param(("is broken", "of {node} is broken"), "title-value", id="no such value"),
        pytest.param(("[Mend it]", "[Mend it TODO]"), "unfinished", id="unfinished"),
        pytest.param(
            ("it is no failure", "none, belongs_to: other"), "near-miss-owner", id="owner"
        ),
        pytest.param(("strength: strong", "steady: true"), "counted-steady", id="counted steady"),
        pytest.param(
            ("strength: strong", 'versions: "<1.2"'), "signal-versions", id="signal versions"
        ),
        pytest.param(
            ("why:", 'versions: ">=1.2"\nfixed_in: 1.3.1\nwhy:'), "fixed-in", id="not mended"
        ),
    ],
)
def test_a_lint_finds_what_it_is_for(change: tuple[str, str], name: str) -> None:
    pattern = parse_pattern(GOOD.replace(*change), "thing-broken.yaml")
    found = {one.name for one in lint(Catalog(patterns=(pattern,)))}

    assert found == ({name} if name else set())


def test_only_the_users_own_patterns_are_judged_where_they_are_named() -> None:
    theirs = parse_pattern(GOOD.replace("[Mend it]", "[The thing]"), "x.yaml", family="theirs")
    others = parse_pattern(
        GOOD.replace("thing-broken", "other").replace("is b", "is so b"), "y.yaml"
    )
    both = Catalog(patterns=(theirs, others))

    assert [one.name for one in lint(both, {"thing-broken"})] == ["remediation-without-verb"]
    assert lint(both, {"other"}) == []


def test_hints_are_said_only_when_asked_for() -> None:
    text = GOOD.replace("[Failed to call ec2]", "[Failed to call ec2, nobody printed this]")
    catalog = Catalog(patterns=(parse_pattern(text, "thing-broken.yaml"),))

    assert lint(catalog) == []
    assert [one.name for one in lint(catalog, hints=True)] == ["unproved-literal"]


def test_no_signal_takes_errors_that_nobody_has_seen_yet() -> None:
    """A word such as *failed* would cover every template, and leave nothing for mining."""
    unseen = (
        "Failed to frobnicate the pod widget on node: error 7",
        "unable to reticulate ENI splines: invalid spline",
        "error while polishing the BPF map mirror: not found",
    )
    components = ("ipamd", "plugin", "network-policy-agent", "entrypoint")
    found = {
        (pattern.id, message)
        for message in unseen
        for component in components
        for pattern, _ in takers(load_catalog(), message, component=component, level="error")
    }

    assert found == set()


HEALTHY = [name for name, scenario in SCENARIOS.items() if scenario.cause is None]


@pytest.mark.parametrize("name", HEALTHY)
def test_no_cause_is_seen_in_a_healthy_cluster_of_any_era(name: str, tmp_path: Path) -> None:
    since = SCENARIOS[name].since
    for era in ERAS[HEALTHY.index(name) % 4 :: 4]:  # each era has its turn
        try:
            files = generate(name, era=era, seed=3)
        except SourceError:
            assert since != "1.7.0"
            continue
        folder = tmp_path / era
        for path, data in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        report = analyze(folder)

        assert [c.id for c in report.causes if c.confidence != "possible"] == []
