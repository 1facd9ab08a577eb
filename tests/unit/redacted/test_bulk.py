"""The quick way over whole texts gives what the exact rules give."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted import Planter, lines, zap

from cnilog.redacted.bulk import Bulk, learn
from cnilog.redaction import Names, Redactor
from cnilog.secrets import mask

PIECES = st.sampled_from(
    [
        "10.1.2.3",
        "10.0.0.0/16",
        "v1.2.3.4",
        "ip-10-1-2-3",
        "ip-10-1-2-3.us-west-2.compute.internal",
        "x",
        "7",
        "%2F",
        "i-0a1b2c3d4e5f60718",
        "eni-0a1b2c3d",
        "111122223333",
        "202611200915",
        "fd00:1:2::17",
        "02:ab:cd:12:34:56",
        "arn:aws:iam::111122223333:role/crew-one",
        "shop",
        "aws-node-x7k2p",
        "web-7d9c5b8f6-x2k4j",
        "::1",
        "1.2.3.4.5",
        "0123456789ABCDEF0123456789ABCDEF",
        "me@x.example.com",
        "naïve",
        "crew-one",
        "a12",
        "10.1.2.3/16",
    ]
)
SIGNS = st.sampled_from([" ", "  ", ", ", '"', "\\n", "\\u003c", "\x1b[31m", "=", "\n"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.builds(str.__add__, PIECES, SIGNS), max_size=8).map("".join))
def test_both_ways_agree_but_for_spaces(text: str) -> None:
    names = Names()
    names.add("name", "crew-one")
    names.add("namespace", "shop")
    quick = Bulk(b"k", names).redact(text)
    exact = Redactor(b"k", names).redact(mask(text))

    assert quick.split() == exact.split()


def test_a_log_is_redacted_alike_both_ways() -> None:
    text = "\n".join(zap(line) for line in lines(Planter(3), 200))
    names = Names()
    learn(text, names)

    assert Bulk(b"k", names).redact(text) == Redactor(b"k", names).redact(text)


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        pytest.param('pod="shop/web-0" in web-0', "web-0", id="after a key"),
        pytest.param(r"{\"pod_name\":\"till-1\"} till-1 waits", "till-1", id="JSON in JSON"),
        pytest.param('nodes "edge7" not found: edge7', "edge7", id="quoted"),
        pytest.param("containers/db-0_shop_pg-0123456789ab.log db-0", "db-0", id="path"),
        pytest.param("edge-9   Ready   <none>   5d   v1.29.0-eks\nedge-9 up", "edge-9", id="table"),
        pytest.param("kubernetes.io/cluster/crew1=owned in crew1", "crew1", id="tag"),
        pytest.param("Nov 20 09:15:04 box12 kubelet[1]: x\nbox12", "box12", id="syslog"),
    ],
)
def test_a_name_is_learned_where_it_stands_and_known_everywhere(text: str, gone: str) -> None:
    names = Names()
    learn(text, names)

    assert gone not in Bulk(b"k", names).redact(text)


def test_columns_stay_under_each_other() -> None:
    table = "NAME    IP                NODE\nweb-0   10.0.0.1          edge-9\n"
    names = Names()
    out = Bulk(b"k", names).redact(table).splitlines()

    assert out[1].index("edge-9") == out[0].index("NODE")


def test_what_a_journal_indents_moves_with_its_prefix() -> None:
    prefix = "2026-11-20T09:15:20+0000 ip-10-0-0-1 kubelet[2101]: "
    out = Bulk(b"k", Names()).redact(f"{prefix}W1120 output=<\n{' ' * len(prefix)}refused\n")

    first, second = out.splitlines()
    assert len(first) > len(prefix + "W1120 output=<")
    assert second.index("refused") == first.index("W1120")


def test_secrets_are_masked_and_counted() -> None:
    bulk = Bulk(b"k", Names())

    assert bulk.redact("AWS_SECRET_ACCESS_KEY=abcdefghijklmnop1234 x") == (
        "AWS_SECRET_ACCESS_KEY=[masked] x"
    )
    assert bulk.counts["secret"] == 1


@pytest.mark.parametrize("unit", ["9.", "a9", "a-", "10.", "ip-10-0-", "AKIA", "a@a.", "a_", "::"])
def test_no_long_line_makes_it_slow(unit: str) -> None:
    text = unit * (100_000 // len(unit)) + "!"
    began = time.process_time()
    names = Names()
    learn(text, names)
    Bulk(b"k", names).redact(text)

    assert time.process_time() - began < 2  # seconds; a regex tried from every place takes 5 to 40
