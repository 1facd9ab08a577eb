"""Every format reads its own sample, and gives back what it writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import polars as pl
import pytest
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from cnilog.ingest.decode import decode
from cnilog.ingest.format import Entry
from cnilog.ingest.formats import FORMATS
from cnilog.ingest.multiline import join
from cnilog.ingest.peeled import peeled
from cnilog.ingest.years import fill_years

if TYPE_CHECKING:
    from cnilog.ingest.format import Format

FINENESS = {"zap": 1000, "json": 1000, "seelog": 1000, "logrus": 1_000_000, "klog": 1}  # µs
HINT = datetime(2026, 6, 1, tzinfo=UTC)
WRITERS = [form for form in FORMATS if form.write]

entries = st.builds(
    Entry,
    ts=st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC)),  # noqa: DTZ001
    level=st.sampled_from(["info", "warn", "error", "fatal"]),
    message=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"])
        | st.sampled_from([" ", '"', "\\", "\t", "{", "}", "=", "'"]),
        min_size=1,
        max_size=80,
    ).map(lambda text: f"m{text}m"),
    caller=st.just("ipamd/ipamd.go:42"),
)


def records(lines: list[str]) -> pl.DataFrame:
    return join(fill_years(decode(peeled(pl.DataFrame({"text": lines}))), HINT), None).frame


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_format_reads_its_sample(form: Format) -> None:
    read = records([form.sample])

    assert read["format"].to_list() == [form.name]


@pytest.mark.parametrize("form", WRITERS, ids=lambda form: form.name)
@settings(max_examples=examples(40))
@given(several=st.lists(entries, min_size=1, max_size=5))
def test_what_is_written_is_read(form: Format, several: list[Entry]) -> None:
    assert form.write
    fine = FINENESS[form.name]

    read = records([form.write(entry) for entry in several])

    assert read["message"].to_list() == [entry.message for entry in several]
    assert read["level"].to_list() == [entry.level for entry in several]
    assert [int(ts.timestamp() * 1e6 + 0.5) // fine for ts in read["ts"]] == [
        int(entry.ts.timestamp() * 1e6 + 0.5) // fine for entry in several
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param(
            '{"msg": "reordered", "ts": "2026-01-05T09:15:02.104Z", "level": "info"}',
            "reordered",
            id="other order",
        ),
        pytest.param(
            '{"level":"info","ts":1767604502.1,"logger":"setup","msg":"epoch"}', "epoch", id="epoch"
        ),
        pytest.param(
            '{"level":"info","timestamp":"2026-01-05T09:15:02.104Z","msg":"Pod: ","name:":"web"}',
            "Pod:  name=web",
            id="fields of the policy agent",
        ),
        pytest.param(
            r'{"level":"info","ts":"2026-01-05T09:15:02.104Z","caller":"a/b.go:1","msg":"{\"a\":\"{\\\"b\\\":1}\"}"}',
            r'{"a":"{\"b\":1}"}',
            id="JSON in JSON in JSON",
        ),
        pytest.param(
            'time="2026-01-05T09:15:02Z" level=error msg="Failed" error="exit status 2"',
            'Failed error="exit status 2"',
            id="logrus with a field",
        ),
        pytest.param(
            "INFO[0000] Starting IPAM daemon...", "Starting IPAM daemon...", id="terminal"
        ),
        pytest.param(
            "SDK 2024/09/21 13:35:26 WARN falling back to IMDSv1: x",
            "falling back to IMDSv1: x",
            id="SDK",
        ),
        pytest.param(
            "2019-05-19T11:40:57.501Z [ERROR]\tFailed",
            "Failed",
            id="seelog",
        ),
    ],
)
def test_a_variant_is_read(line: str, message: str) -> None:
    read = records([line])

    assert read["message"].to_list() == [message]
    assert read["format"].null_count() == 0


def test_lines_that_an_sdk_error_brings_belong_to_it() -> None:
    read = records(
        [
            "2019-05-19T11:40:57.501Z [ERROR]\tFailed to get ENI",
            "\tstatus code: 400, request id: 1",
            "caused by: RequestError: send request failed",
            "2019-05-19T11:40:58.501Z [INFO]\tnext",
        ]
    )

    assert read["lines"].to_list() == [3, 1]
    assert read["message"][0].endswith("send request failed")


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        pytest.param("2026-01-05T00:21:62.000Z", "2026-01-05T00:22:02", id="seconds past 59"),
        pytest.param("2026-01-05T09:15:02.104+0900", "2026-01-05T00:15:02.104", id="no colon"),
        pytest.param("2026-01-05T09:15:02.104+09:00", "2026-01-05T00:15:02.104", id="colon"),
        pytest.param("2026-01-05 09:15:02,104", "2026-01-05T09:15:02.104", id="comma"),
        pytest.param("1767604502104", "2026-01-05T09:15:02.104", id="milliseconds"),
        pytest.param("1767604502104233", "2026-01-05T09:15:02.104233", id="microseconds"),
        pytest.param("1767604502.104", "2026-01-05T09:15:02.104", id="float"),
        pytest.param("2026-02-30T09:15:02.104Z", None, id="30th of February"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_time_is_read(time: str, expected: str | None) -> None:
    line = f'{{"level":"info","ts":"{time}","caller":"a/b.go:1","msg":"m"}}'

    ts = records([line])["ts"][0]

    assert ts == (datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None)


def test_seconds_past_59_leave_a_mark() -> None:
    read = records(
        [
            'time="2026-01-05T00:21:60Z" level=info msg="a"',
            'time="2026-01-05T00:21:58Z" level=info msg="b"',
        ]
    )

    assert read["ts_repaired"].to_list() == [True, False]


def test_a_year_that_is_not_stated_turns_over() -> None:
    read = records(
        [
            "I1231 23:59:59.000000       1 main.go:1] old",
            'time="2026-01-01T00:00:01Z" level=info msg="new"',
            "I0101 00:00:02.000000       1 main.go:1] newer",
        ]
    )

    assert [ts.year for ts in read["ts"]] == [2025, 2026, 2026]
