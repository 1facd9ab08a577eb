"""What is asked of records that tell something is in the texts that they are looked for by."""

from __future__ import annotations

import re

import polars as pl
import pytest

from cnilog.diagnosis import fleet, pool, setup, telling, versions
from cnilog.schema import RECORDS

# a line for every regex that is asked, and for every way in which it may be met
ASKED = {
    versions.PRINTED: ["Starting L-IPAMD v1.18.0 ...", "Serving RPC Handler version v1.18.0 on x"],
    setup._AGENT: [
        "Starting network policy agent: v1.1.2",
        "Starting network policy agent v1.1.2",
    ],
    setup._FAMILIES["ipv6"]: [
        "IPv6 Mode is enabled",
        "AssignPodIPv6Address: none left",
        "AssignIpv6Addresses failed",
        "IPv6 Prefixes on ENI eni-0a",
        "dial https://[fd00:10::1]:443 refused",
    ],
    setup._FAMILIES["ipv4"]: [
        "AssignPodIPv4Address: none left",
        "AssignIPv4Address: done",
        "Failed to allocate a private IP address",
        "Get https://172.20.0.1:443/version",
        "Get https://10.100.0.1/version",
    ],
    setup._MODES["prefix_delegation"]: ["Prefix Delegation enabled true"],
    setup._MODES["custom_networking"]: ["Custom networking enabled false"],
    pool.STATS: ["IP pool stats: total: 3, assigned 2", "pool stats: total 3, assigned 2"],
    **{
        shape: [word.format("eu-west-1a") for word in words]
        for (_, shape), words in zip(
            fleet.TRAITS.values(),
            (
                ["Found subnet-id: subnet-0a"],
                ["Found availability zone: {}"],
                ["Found availability zone: {} "],
                ["Found instance-type: m5.large"],
            ),
            strict=True,
        )
    },
}


@pytest.mark.parametrize(("shape", "text"), [(s, t) for s, some in ASKED.items() for t in some])
def test_what_a_regex_finds_is_kept_for_it(shape: str, text: str) -> None:
    records = pl.DataFrame({"message": [text, "another line"]}, schema_overrides=RECORDS)
    records = pl.concat([pl.DataFrame(schema=RECORDS), records], how="diagonal")

    assert re.search(shape, text)
    assert telling.telling(records)["message"].to_list() == [text]


def test_every_alternative_of_a_regex_has_a_line() -> None:
    for shape, texts in ASKED.items():
        assert len(texts) > re.sub(r"\([^)]*\)", "", shape).count("|"), shape
