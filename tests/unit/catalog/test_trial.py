"""Trying a signal on a text says what matching it against records says."""

from __future__ import annotations

import polars as pl
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from cnilog.catalog import Catalog, Pattern, Signal
from cnilog.catalog.trial import takes
from cnilog.matching import match
from cnilog.schema import RECORDS

WORDS = ("Failed", "to", "attach", "ENI", "eni-1", "eni-2", "refused", "err:", "is", "ok", "(", "*")
COMPONENTS = ("ipamd", "plugin", "kubelet")
LEVELS = ("info", "warn", "error")
REGEXES = (
    None,
    r"ENI (?P<eni>eni-\d)",
    r"^Failed",
    r"(?i)failed.*ok$",
    r"(?P<a>is)|(?P<b>ok)",
    r"to (?!attach)",
)
COMPARED = (  # with an engine that runs away from nothing, and with the other one
    {"regex": r"(?P<a>eni-\d) (?P<b>eni-\d)?", "same": ("a", "b")},
    {"regex": r"(?P<a>eni-\d) (?P<b>eni-\d)?", "differ": ("a", "b")},
    {"regex": r"(?P<a>eni-\d)(?! ok) (?P<b>eni-\d)?", "same": ("a", "b")},
    {"regex": r"(?P<a>eni-\d)(?! ok) (?P<b>eni-\d)?", "differ": ("a", "b")},
)

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
some = st.lists(st.sampled_from(WORDS), max_size=2).map(tuple)
signals = st.builds(
    Signal,
    component=st.lists(st.sampled_from(COMPONENTS), max_size=2).map(tuple),
    level=st.lists(st.sampled_from(LEVELS), max_size=2).map(tuple),
    contains=st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
    also=some,
    without=some,
    regex=st.sampled_from(REGEXES),
)
compared = st.builds(lambda keys: Signal(contains=("eni-1",), **keys), st.sampled_from(COMPARED))
records = st.tuples(texts, st.sampled_from((*COMPONENTS, None)), st.sampled_from((*LEVELS, None)))


def pattern(signal: Signal) -> Pattern:
    return Pattern.model_validate(
        {
            "id": "p", "kind": "symptom", "title": "t", "why": "w", "signals": {"s": signal},
            "examples": {
                "match": [{"log": "a", "from": "b"}], "reject": [{"log": "c", "because": "d"}]
            },
        }
    )  # fmt: skip


def frame(rows: list[tuple[str, str | None, str | None]]) -> pl.DataFrame:
    blank = dict.fromkeys(RECORDS.names())
    plain = [
        {**blank, "record": n, "stream": 0, "run": 0, "file": "f", "line": n + 1, "message": text,
         "component": component, "level": level, "decoded": True}
        for n, (text, component, level) in enumerate(rows)
    ]  # fmt: skip
    return pl.DataFrame(plain, schema=RECORDS)


@given(signal=signals | compared, rows=st.lists(records, min_size=1, max_size=8))
@settings(max_examples=examples(50))
def test_a_trial_is_as_a_match(
    signal: Signal, rows: list[tuple[str, str | None, str | None]]
) -> None:
    found = match(frame(rows), Catalog(patterns=(pattern(signal),)))
    matched = {
        row["record"]: {pair["name"]: pair["value"] for pair in row["values"]}
        for row in found.to_dicts()
    }
    tried = {
        n: values
        for n, (text, component, level) in enumerate(rows)
        if (values := takes(signal, text, component=component, level=level)) is not None
    }

    assert tried == matched
