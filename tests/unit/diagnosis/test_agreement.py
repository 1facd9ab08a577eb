"""Documents that contradict each other are shown with both places, and decide nothing."""

from __future__ import annotations

from made_up import pattern, report, says

from cnilog.finding import Fact

SIX = pattern("six", signals=says("refused"), applies={"ip_family": "ipv6"})


def family(value: str, file: str) -> Fact:
    return Fact("cluster.ip_family", value, file, 3)


def test_two_families_are_named_with_both_places() -> None:
    facts = (family("ipv4", "cluster.json"), family("ipv6", "10-aws.conflist"))
    found = report([SIX], ("n1", "refused"), facts=facts)

    assert found.notes == (
        "documents disagree: cluster.ip_family is ipv4 (cluster.json:3) and ipv6 "
        "(10-aws.conflist:3); neither was used",
    )


def test_neither_of_them_rules_out_what_the_log_says() -> None:
    one, both = family("ipv4", "cluster.json"), family("ipv6", "10-aws.conflist")
    ruled = report([SIX], ("n1", "refused"), facts=(one,))
    left = report([SIX], ("n1", "refused"), facts=(one, both))

    assert (len(ruled.causes), len(left.causes)) == (0, 1)


def test_nodes_may_differ_and_one_value_may_be_said_twice() -> None:
    facts = (
        Fact("imds.endpoint", "enabled", "a.json", 1, "n1"),
        Fact("imds.endpoint", "disabled", "b.json", 1, "n2"),
        family("ipv4", "a.json"),
        family("IPv4", "b.json"),
    )

    assert report([SIX], ("n1", "refused"), facts=facts).notes == ()


def test_counts_of_two_moments_do_not_disagree() -> None:
    facts = tuple(Fact("ipamd.pool.total", count, f"{count}.json", 1) for count in (5, 9))

    assert report([SIX], ("n1", "refused"), facts=facts).notes == ()
