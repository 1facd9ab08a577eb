"""What is repeated with another time is read once, and the copy is what it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnilog.redacted.bulk import Bulk, learn
from cnilog.redacted.repeats import once
from cnilog.redaction import Names

MARK = "\ue000"
SHORT = st.sampled_from(
    [
        *("10.1.2.3", "10.0.0.0/16", "ip-10-1-2-3.ec2.internal", "eni-0a1b2c3d", "111122223333"),
        *("shop", "crew-one", "aws-node-x7k2p", "web-7d9c5b8f6-x2k4j", "fd00:1:2::17", "x", "→"),
        *("arn:aws:iam::111122223333:role/crew-one", "%2F10.1.2.3%2F", "me@x.example.com"),
        *("AWS_SECRET_ACCESS_KEY=abcdefghijklmnop1234", "Authorization: Bearer abcdefgh12345678"),
        *(r"pod_name\":\"till-1", "node/edge-7", "token=", "password:", "2026-03-02T10:00:13.713Z"),
    ]
)
SIGNS = st.sampled_from([" ", "  ", ", ", "=", "/", r"\n", r"\"", "}", "{", ":"])
WORDS = st.lists(st.builds(str.__add__, SHORT, SIGNS), min_size=1, max_size=5).map("".join)
OTHERS = st.sampled_from(  # lines that are not the ones that are repeated
    [
        *("password:", "kind: Pod", "  name: till-1", "cluster:", "{", "}", "", "10.1.2.3", "shop"),
        *("pod_name=", "name: till-2\nnamespace: shop", "eni-0a1b2c3d", 'Authorization: "'),
    ]
)


TABLE = "NAME    IP         NODE\nweb-0   10.0.0.1   ip-10-1-2-3.ec2.internal"
INDENTED = f"Nov 20 09:15:04 ip-10-0-0-1 kubelet[1]: output=<\n{' ' * 44}refused"


def zap(message: str) -> str:
    return f'{{"level":"info","ts":"<time>","caller":"ipamd/ipamd.go:670","msg":"{message}"}}'


def timed(lines: list[str], size: int = 100_000) -> str:
    """Return *lines* over and over up to that size, each with the next time."""
    now = datetime(2026, 3, 2, 10, tzinfo=UTC)
    text: list[str] = []
    length = 0
    while length < size:
        for line in lines:
            now += timedelta(milliseconds=997)
            stamp = f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"
            text.append(line.replace("<time>", stamp))
            length += len(text[-1])
    return "\n".join(text) + "\n"


def plainly(text: str) -> str:
    """Return *text* so that it is not cut at its times."""
    return text.replace('"ts":"', '"at":"')


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(WORDS.map(zap), OTHERS), min_size=1, max_size=6), WORDS.map(zap))
def test_the_copy_is_that_of_the_whole(lines: list[str], more: str) -> None:
    text = timed([*lines, more])
    names = Names()
    names.add("namespace", "shop")
    quick, slow = Bulk(b"k", names), Bulk(b"k", names)

    assert once(text, MARK)
    assert once(plainly(text), MARK) is None
    assert plainly(quick.redact(text)) == slow.redact(plainly(text))
    assert quick.counts == slow.counts


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(WORDS.map(zap), OTHERS), min_size=1, max_size=6), WORDS.map(zap))
def test_the_same_names_are_learned(lines: list[str], more: str) -> None:
    text = timed([*lines, more])
    quick, slow = Names(), Names()
    learn(text, quick)
    learn(plainly(text), slow)

    assert (quick._kinds, quick.odd, quick.accounts) == (slow._kinds, slow.odd, slow.accounts)


def test_only_the_different_parts_are_read() -> None:
    text = timed([zap("IP stats - total IPs: 14, assigned IPs: 3"), zap("10.1.2.3 is free")])
    few = once(text, MARK)

    assert few is not None
    assert len(few.text) < 1_000
    assert sum(few.times.values()) == text.count("\n") + 1
    assert few.whole(few.text) == text


def test_a_name_that_a_time_may_hold_is_replaced_in_every_time() -> None:
    text = timed([zap("IP stats")])
    names = Names()
    names.add("name", "02T10", asked=True)

    assert "02T10" in text
    assert "02T10" not in Bulk(b"k", names).redact(text)


@pytest.mark.parametrize("name", ["info", "caller", "ipamd"])
def test_a_name_that_every_line_holds_is_replaced_in_all(name: str) -> None:
    text = timed([zap("IP stats"), zap("10.1.2.3 is free")])
    names = Names()
    names.add("name", name, asked=True)
    out = Bulk(b"k", names).redact(text)

    assert name in text
    assert name not in out
    assert out.count("\n") == text.count("\n")


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("-----BEGIN RSA PRIVATE KEY-----", id="a key that ends nowhere"),
        pytest.param('"level":"info","ts":"10:00","caller":"x"', id="another time"),
        pytest.param(TABLE, id="a table"),
        pytest.param(INDENTED, id="an indent"),
        pytest.param('xZ","caller":"y', id="no time"),
    ],
)
def test_a_text_with_what_goes_over_lines_is_read_as_a_whole(line: str) -> None:
    text = timed([zap("10.1.2.3 is free")]) + line + "\n" + timed([zap("10.1.2.4 is free")])
    quick, slow = Bulk(b"k", Names()), Bulk(b"k", Names())

    assert plainly(quick.redact(text)) == slow.redact(plainly(text))
    assert quick.counts == slow.counts
