"""Redacted text names nobody's cluster, and still reads and relates as before."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnilog.redaction import Redactor

LINE = (
    "node ip-10-1-4-7.eu-west-1.compute.internal (10.1.4.7, 02:AB:cd:12:34:56, fd00:1:2::17) "
    "eni-0a1b2c3d4e5f60718 subnet-0a1b2c3d account 111122223333 "
    "arn:aws:sts::111122223333:assumed-role/TheRole/i-0a1b2c3d4e5f60718"
)
PLAIN = (
    "10-1-4-7", "10.1.4.7", "AB:cd", "fd00:1:2::17", "0a1b2c3d", "111122223333", "TheRole",
)  # fmt: skip


def test_every_name_is_replaced() -> None:
    text = Redactor(b"k").redact(LINE)

    assert [name for name in PLAIN if name in text] == []


def test_the_same_name_gets_the_same_stand_in() -> None:
    redactor = Redactor(b"k")

    assert redactor.redact(LINE) == redactor.redact(LINE) == Redactor(b"k").redact(LINE)


def test_another_key_gives_other_stand_ins() -> None:
    assert Redactor(b"k").redact(LINE) != Redactor(b"j").redact(LINE)


def test_a_host_name_and_its_address_stay_related() -> None:
    name, address = Redactor(b"k").redact("ip-10-1-4-7 10.1.4.7").split()

    assert name == "ip-" + address.replace(".", "-")


@given(st.ip_addresses(v=4), st.integers(8, 31))
def test_addresses_that_share_a_prefix_still_share_it(address, length) -> None:  # type: ignore[no-untyped-def]
    redactor = Redactor(b"k")
    network = ipaddress.ip_network(f"{address}/{length}", strict=False)
    first, last = redactor.redact(f"{network[0]} {network[-1]}").split()

    assert ipaddress.ip_network(f"{first}/{length}", strict=False) == ipaddress.ip_network(
        f"{last}/{length}", strict=False
    ) or {str(network[0]), str(network[-1])} & {first, last}


@pytest.mark.parametrize(
    "text",
    [
        "169.254.169.254:80 127.0.0.1:50051 0.0.0.0/0 [::1]:61679 fe80::1",
        "v1.18.2 took 12.345s at 00:21:58.120 rpc error 4294967296",
        "https://172.20.0.1:443/version https://10.100.0.1:443 arn:aws:iam::aws:policy/X",
        "cni-plugin sg-rules i-am eni-max-pods.txt",
    ],
)
def test_what_is_the_same_everywhere_stays(text: str) -> None:
    assert Redactor(b"k").redact(text) == text
