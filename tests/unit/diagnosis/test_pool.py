"""How full the pool was is said where pods want addresses, and nowhere else."""

from __future__ import annotations

from made_up import pattern, report, says

from cnilog.finding import Fact

WANTS = pattern("pod-ip-assignment-failed", "symptom", signals=says("no address"))
STATS = "AssignPodIPv4Address: IP address pool stats: total {}, assigned {}"
ASKS = pattern("asks", "noise", signals=says("pool stats"))


def notes(*lines: tuple[str, str], facts: tuple[Fact, ...] = ()) -> tuple[str, ...]:
    return report([WANTS, ASKS], *lines, facts=facts).notes


def state(node: str, **counts: int) -> tuple[Fact, ...]:
    return tuple(
        Fact(f"ipamd.pool.{name}", count, "enis.json", 2, node) for name, count in counts.items()
    )


def test_what_ipamd_said_last_counts() -> None:
    lines = [("n1", STATS.format(5, 3)), ("n1", STATS.format(9, 9)), ("n1", "no address")]

    assert notes(*lines) == (
        "pool of n1: 9 addresses, 9 in use, 0 free or cooling down, when last asked (n1.log:2)",
    )


def test_introspection_tells_what_cools_down_and_comes_before_the_log() -> None:
    facts = state("n1", total=9, assigned=6, cooling=2)

    assert notes(("n1", STATS.format(9, 9)), ("n1", "no address"), facts=facts) == (
        "pool of n1: 9 addresses, 6 in use, 1 free, 2 cooling down (enis.json:2)",
    )


def test_what_cools_down_is_not_claimed_where_nothing_tells() -> None:
    facts = state("n1", total=9, assigned=6)

    assert "cooling down not known" in notes(("n1", "no address"), facts=facts)[0]


def test_another_node_s_pool_is_left_out() -> None:
    lines = [("n1", "no address"), ("n2", STATS.format(9, 9))]

    assert notes(*lines) == ()


def test_nothing_is_said_where_no_pod_wants_an_address() -> None:
    assert notes(("n1", STATS.format(9, 9))) == ()
