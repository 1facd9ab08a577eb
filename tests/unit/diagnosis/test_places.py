"""A cause is weighed on each node by itself: its release, its recovery, its documents."""

from __future__ import annotations

from made_up import pattern, report, says, sure

from cnilog.finding import Cause, Fact

BUG = pattern(
    "bug", signals=says("crash", "conclusive"), versions=">=1.18.0 <1.18.3", fixed_in="1.18.3"
)
HEALS = pattern(
    "healing",
    signals=says("denied", "conclusive") | {"ok": {"contains": "serving"}},
    recovers="ok",
)
WAITS = pattern("not-serving", "symptom", signals=says("waiting"))


def runs(node: str, version: str) -> tuple[str, str]:
    return node, f"Starting L-IPAMD {version}  ..."


def first(*lines: tuple[str, str], facts: tuple[Fact, ...] = ()) -> Cause:
    return report([BUG, HEALS, WAITS], *lines, facts=facts).causes[0]


def against(cause: Cause) -> list[str]:
    return [one.text for one in cause.reasons if one.effect == "refutes"]


def test_a_fault_of_a_release_is_on_the_node_that_runs_it_only() -> None:
    lines = [("n1", "crash"), ("n2", "crash")]
    found = first(runs("n1", "v1.18.2"), runs("n2", "v1.18.3"), *lines)

    assert (found.confidence, found.nodes) == ("confirmed", ("n1",))
    assert against(found) == [
        "not on n2: the fault is in >=1.18.0 <1.18.3; fixed in 1.18.3; the log states v1.18.3"
    ]


def test_the_most_common_release_decides_nothing_for_another_node() -> None:
    others = [runs(node, "v1.19.6") for node in ("n2", "n3", "n4")]
    found = first(runs("n1", "v1.18.2"), *others, ("n1", "crash"))

    assert (found.confidence, found.nodes) == ("confirmed", ("n1",))


def test_a_fault_before_the_upgrade_of_its_node_was_that_fault() -> None:
    found = first(runs("n1", "v1.18.2"), ("n1", "crash"), runs("n1", "v1.18.3"))

    assert found.confidence == "confirmed"
    assert "v1.18.2 ran then; now it is v1.18.3" in [one.text for one in found.reasons]


def test_the_same_words_after_the_upgrade_are_doubted() -> None:
    found = first(runs("n1", "v1.18.2"), runs("n1", "v1.18.3"), ("n1", "crash"))

    assert found.confidence == "possible"


def test_a_node_that_states_no_release_may_run_any_of_the_others() -> None:
    mixed = first(runs("n1", "v1.18.2"), runs("n2", "v1.18.3"), ("n3", "crash"))
    alike = first(runs("n1", "v1.18.3"), runs("n2", "v1.18.3"), ("n3", "crash"))

    assert (mixed.confidence, alike.confidence) == ("confirmed", "possible")


def test_what_healed_on_one_node_and_fails_on_another_names_both() -> None:
    found = first(("n1", "denied"), ("n1", "serving"), ("n2", "denied"))

    assert (found.confidence, found.recovered) == ("confirmed", False)
    assert (found.nodes, found.recovered_nodes) == (("n2",), ("n1",))
    assert against(found) == ["on n1 it is over: a success followed at 10:00:01"]


def test_what_stands_alike_on_several_nodes_is_one_finding_that_says_so() -> None:
    found = first(("n1", "denied"), ("n2", "denied"), ("n3", "denied"))

    assert (found.confidence, found.nodes, found.count) == ("confirmed", ("n1", "n2", "n3"), 3)
    assert "the same on 2 more nodes" in [one.text for one in found.reasons]


def test_what_healed_on_every_node_is_over() -> None:
    lines = [("n1", "denied"), ("n2", "denied"), ("n1", "serving"), ("n2", "serving")]
    found = first(*lines)

    assert (found.confidence, found.recovered, found.nodes) == ("possible", True, ("n1", "n2"))


FULL = pattern(
    "full",
    signals=says("no address"),
    explains=("not-serving",),
    evidence=[
        {"fact": "ipamd.pool.full", "confirms": "value is true", "refutes": "value is false"}
    ],
)


def pool(node: str, *, full: bool) -> Fact:
    return Fact("ipamd.pool.full", full, f"{node}/enis.json", 3, node)


def test_a_document_about_one_node_proves_nothing_on_another() -> None:
    lines = [("n1", "no address"), ("n2", "no address")]
    facts = (pool("n1", full=True), pool("n2", full=False))
    found = report([FULL, WAITS], *lines, facts=facts).causes

    assert [(one.id, one.confidence, one.nodes) for one in found] == [
        ("full", "confirmed", ("n1",))
    ]
    assert against(found[0]) == ["not on n2: ipamd.pool.full is False (n2/enis.json)"]


def test_a_document_that_calls_the_only_node_by_another_name_is_about_it() -> None:
    found = report([FULL], ("n1", "no address"), facts=(pool("i-0ab", full=True),))

    assert sure(found) == [("full", "confirmed")]


def test_documents_that_disagree_prove_nothing_of_a_log_without_a_node() -> None:
    said = {value: (pool("n1", full=True), pool("n2", full=value)) for value in (True, False)}

    assert {
        value: sure(report([FULL], ("", "no address"), facts=facts))
        for value, facts in said.items()
    } == {True: [("full", "confirmed")], False: [("full", "likely")]}


def test_a_document_about_no_node_in_particular_holds_for_all() -> None:
    lines = [("n1", "no address"), ("n2", "waiting")]
    fact = Fact("ipamd.pool.full", True, "enis.json", 3)
    found = report([FULL, WAITS], *lines, facts=(fact,)).causes

    assert [(one.confidence, one.nodes) for one in found] == [("confirmed", ("n1", "n2"))]


def test_a_guess_names_only_nodes_without_a_proved_cause() -> None:
    denied = pattern("denied", signals=says("denied", "conclusive"), explains=("not-serving",))
    guess = pattern("guess", explains=("not-serving",))
    lines = [("n1", "denied"), ("n1", "waiting"), ("n2", "waiting")]
    found = report([denied, guess, WAITS], *lines).causes

    assert [(one.id, one.nodes) for one in found] == [("denied", ("n1",)), ("guess", ("n2",))]


def test_a_mode_of_one_node_rules_out_nothing_on_another() -> None:
    prefix = pattern("prefix", signals=says("no block"), applies={"prefix_delegation": True})
    lines = [
        ("n1", "Prefix Delegation enabled true"),
        ("n2", "Prefix Delegation enabled false"),
        ("n1", "no block"),
        ("n2", "no block"),
    ]
    found = report([prefix], *lines).causes

    assert [(one.confidence, one.nodes) for one in found] == [("likely", ("n1",))]


RBAC = pattern(
    "rbac",
    explains=("not-serving",),
    evidence=[
        {
            "fact": "clusterrole.missing_cninodes",
            "confirms": "value is not empty",
            "versions": ">=1.15.0",
        }
    ],
)
LACKS = Fact("clusterrole.missing_cninodes", ("get cninodes",), "role.yaml", 3)


def test_what_a_release_does_not_ask_for_is_not_missing() -> None:
    found = {
        version: sure(report([RBAC, WAITS], runs("n1", version), ("n1", "waiting"), facts=(LACKS,)))
        for version in ("v1.14.1", "v1.18.3")
    }

    assert found == {"v1.14.1": [("rbac", "possible")], "v1.18.3": [("rbac", "confirmed")]}


def test_where_no_release_is_known_nothing_is_said_to_be_missing() -> None:
    assert sure(report([RBAC, WAITS], ("n1", "waiting"), facts=(LACKS,))) == [("rbac", "possible")]
