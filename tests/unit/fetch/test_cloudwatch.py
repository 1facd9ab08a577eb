"""CloudWatch events are fetched once each, and a stopped fetch goes on."""

from __future__ import annotations

import gzip
import json
import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cnilog.errors import SourceError
from cnilog.fetch import fetch_cloudwatch
from cnilog.fetch.cloudwatch import Window, parse_since

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
SINCE = datetime(2026, 3, 2, tzinfo=UTC)
RECENT = datetime.now(UTC) - timedelta(hours=1)  # the service refuses events of past weeks
START_MS = int(RECENT.timestamp() * 1000)
GROUP = "/aws/containerinsights/demo/dataplane"


@pytest.fixture
def client(bucket: str, s3_endpoint: str) -> Any:
    del bucket  # it sets the environment
    return boto3.client("logs", endpoint_url=s3_endpoint)


@pytest.fixture
def group(client: Any) -> Any:
    for known in client.describe_log_groups()["logGroups"]:
        client.delete_log_group(logGroupName=known["logGroupName"])
    client.create_log_group(logGroupName=GROUP)
    for stream in ("node-a", "node-b"):
        client.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        events = [
            {"timestamp": START_MS + number, "message": f"{stream} line {number}"}
            for number in range(30)
        ]
        client.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)
    return client


def _events(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.open(path, "rt", encoding="utf-8")]


def test_every_event_is_there_once(group: Any, tmp_path: Path) -> None:
    path = fetch_cloudwatch(Window(GROUP, RECENT), tmp_path, client=group)

    assert len({event["message"] for event in _events(path)}) == len(_events(path)) == 60


def test_only_the_streams_asked_for(group: Any, tmp_path: Path) -> None:
    path = fetch_cloudwatch(Window(GROUP, RECENT, streams=("node-b",)), tmp_path, client=group)

    assert {event["logStreamName"] for event in _events(path)} == {"node-b"}


def test_a_stopped_fetch_goes_on_behind_the_last_whole_page(
    group: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnilog.fetch.cloudwatch.PAGE", 7)

    def stop(count: int) -> None:
        if count > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_cloudwatch(Window(GROUP, RECENT), tmp_path, client=group, tell=stop)
    path = fetch_cloudwatch(Window(GROUP, RECENT), tmp_path, client=group)

    assert len(_events(path)) == 60


def test_a_stopped_fetch_of_the_last_two_hours_goes_on_and_a_finished_one_begins_anew(
    group: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cnilog.fetch.cloudwatch.PAGE", 7)
    first, later, last = (
        Window(GROUP, RECENT + timedelta(milliseconds=ms), asked="2h to now") for ms in (0, 9, 10)
    )
    other = replace(later, asked="3h to now")

    def stop(count: int) -> None:
        if count > 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch_cloudwatch(first, tmp_path, client=group, tell=stop)
    files = [fetch_cloudwatch(window, tmp_path, client=group) for window in (other, later, last)]

    assert [len(_events(path)) for path in files] == [42, 60, 40]


def test_a_group_that_is_not_there_is_one_sentence(client: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="cannot be read"):
        fetch_cloudwatch(Window("/no/such/group", SINCE), tmp_path, client=client)


def test_empty_pages_are_no_end_and_throttling_stops_with_the_token_kept(tmp_path: Path) -> None:
    from botocore.stub import Stubber

    client = boto3.client(
        "logs", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )
    window = Window(GROUP, SINCE)
    request = {"logGroupName": GROUP, "startTime": int(SINCE.timestamp() * 1000), "limit": 10_000}
    event = {"logStreamName": "s", "timestamp": 1, "message": "m", "eventId": "1"}
    with Stubber(client) as aws:
        aws.add_response("filter_log_events", {"events": [], "nextToken": "t1"}, request)
        aws.add_client_error("filter_log_events", "ThrottlingException", "Rate exceeded")
        with pytest.raises(SourceError, match=r"Rate exceeded.*run it again to go on"):
            fetch_cloudwatch(window, tmp_path, client=client)
        following = {**request, "nextToken": "t1"}
        aws.add_response("filter_log_events", {"events": [event]}, following)
        path = fetch_cloudwatch(window, tmp_path, client=client)

    assert [one["message"] for one in _events(path)] == ["m"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2h", datetime(2026, 3, 1, 22, tzinfo=UTC), id="hours back"),
        pytest.param("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC), id="a time"),
        pytest.param("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC), id="a day, in UTC"),
    ],
)
def test_since_reads_both_forms(text: str, expected: datetime) -> None:
    assert parse_since(text, now=SINCE) == expected


@pytest.mark.parametrize("text", ["yesterday", "99999999999999999999d", "9999999d"])
def test_since_refuses_anything_else(text: str) -> None:
    with pytest.raises(SourceError, match="is no time"):
        parse_since(text)


def test_without_a_region_it_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))

    with pytest.raises(SourceError, match="no client for CloudWatch"):
        fetch_cloudwatch(Window(GROUP, SINCE), tmp_path / "out")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_the_service_is_silent_ends_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: int
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "made-up")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with socket.create_server(("127.0.0.1", 0)) as service:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{service.getsockname()[1]}")
        command = [sys.executable, "-m", "cnilog", "fetch", "cloudwatch", "--log-group", GROUP]
        process = subprocess.Popen(
            [*command, "--since", "2h", "-o", str(tmp_path / "out")],
            stderr=subprocess.PIPE,
            text=True,
        )
        service.settimeout(60)
        connection, _ = service.accept()
        with connection:
            assert connection.recv(1)  # it has asked, and gets no answer
            process.send_signal(number)
            _, error = process.communicate(timeout=60)
    word = "interrupted" if number == signal.SIGINT else "terminated"

    assert (process.returncode, error) == (code, f"cnilog: {word}\n")
    assert [one.read_bytes() for one in (tmp_path / "out").rglob("*.gz")] == [b""]  # no half page
