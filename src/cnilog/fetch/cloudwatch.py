"""Fetch a CloudWatch log group, page by page, and go on where the last try stopped.

Every page becomes one gzip member of NDJSON, an event a line with the keys that
``aws logs filter-log-events`` gives, so the file is whole after every page. The token of the next
page is written, by rename, only after the page is: a page may come twice after a crash (events
carry an ``eventId``, so they count once), and none is lost.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cnilog.errors import OutputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

PAGE: Final = 10_000  # the most events that the service gives at once
TIMES: Final = ("since", "until")
RETRIES: Final = 12  # with the SDK's adaptive back-off: throttling is waited out


@dataclass(frozen=True, slots=True)
class Window:
    """What to fetch."""

    group: str
    since: datetime
    until: datetime | None = None
    streams: tuple[str, ...] = ()  # beginnings of stream names; all where there are none
    asked: str = ""  # the user's words for the time, where they mean another one each day: "2h"

    @property
    def name(self) -> str:
        """A file name that is the same for the same window."""
        words = (self.group, self.since.isoformat(), str(self.until), *self.streams)
        digest = hashlib.blake2b("|".join(words).encode(), digest_size=6).hexdigest()
        return f"{self.group.strip('/').replace('/', '-')}-{digest}"

    @property
    def question(self) -> list[str]:
        """What the user asked for: a stopped fetch goes on where the same is asked for."""
        return [self.group, self.asked, *self.streams]


def fetch_cloudwatch(
    window: Window,
    out: Path,
    *,
    client: Any = None,  # boto3's clients have no static type
    tell: Callable[[int], None] | None = None,
) -> Path:
    """Fetch the events of *window* into *out*; return the file.

    Args:
        window: Group and time.
        out: Folder; a stopped fetch into the same folder goes on.
        client: A boto3 ``logs`` client; the usual credentials where it is left out.
        tell: Called with the number of events so far.

    Raises:
        SourceError: The group cannot be read; boto3 is not installed.
        OutputError: The folder cannot be written.
    """
    client = client or _client()
    try:
        out.mkdir(parents=True, exist_ok=True)
        window = _begun(window, out)
        target, state = out / f"{window.name}.jsonl.gz", out / f".{window.name}.token"
        token = json.loads(state.read_text("utf-8")) if state.exists() else {"size": 0}
        _write_pages(window, target, state, token, client, tell)
    except OSError as error:
        advice = "Choose a folder that you may write to"
        raise OutputError(f"{out}: cannot be written ({error.strerror}). {advice}") from error
    return target


def _begun(window: Window, out: Path) -> Window:
    """Return the window of a stopped fetch that the same words began, else *window*."""
    for state in sorted(out.glob(".*.token")) if window.asked else ():
        token = json.loads(state.read_text("utf-8"))
        if token.get("asked") == window.question and not token["done"]:
            since, until = (token[name] and datetime.fromisoformat(token[name]) for name in TIMES)
            return replace(window, since=since, until=until)
    return window


def _write_pages(
    window: Window,
    target: Path,
    state: Path,
    token: dict[str, Any],
    client: Any,
    tell: Callable[[int], None] | None,
) -> None:
    if token.get("done"):
        return
    with target.open("ab") as file:
        file.truncate(token["size"])  # a page that was cut is fetched again
        count = 0
        for events, following in _pages(window, client, token.get("next")):
            count += len(events)
            if events:
                file.write(gzip.compress(_lines(events), 6, mtime=0))
                file.flush()
            told = {"size": file.tell(), "next": following, "done": following is None}
            _keep(state, told | _identity(window))
            if tell:
                tell(count)


def _pages(
    window: Window, client: Any, token: str | None
) -> Iterable[tuple[list[dict[str, Any]], str | None]]:
    from botocore.exceptions import BotoCoreError, ClientError

    request: dict[str, Any] = {
        "logGroupName": window.group,
        "startTime": int(window.since.timestamp() * 1000),
        "limit": PAGE,
    }
    if window.until:
        request["endTime"] = int(window.until.timestamp() * 1000)
    while True:
        if token:
            request["nextToken"] = token
        try:
            page = client.filter_log_events(**request)
        except (ClientError, BotoCoreError) as error:
            advice = "Check the name, the region and your credentials; run it again to go on"
            raise SourceError(f"{window.group}: cannot be read ({error}). {advice}") from error
        token = page.get("nextToken")
        yield [event for event in page["events"] if _wanted(window, event)], token
        if token is None:
            return


def _wanted(window: Window, event: dict[str, Any]) -> bool:
    name = event.get("logStreamName", "")
    return not window.streams or name.startswith(window.streams)


def _lines(events: list[dict[str, Any]]) -> bytes:
    keys = ("logStreamName", "timestamp", "message", "ingestionTime", "eventId")
    kept = [{key: event[key] for key in keys if key in event} for event in events]
    return "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in kept).encode()


def _identity(window: Window) -> dict[str, Any]:
    until = window.until.isoformat() if window.until else None
    return {"asked": window.question, "since": window.since.isoformat(), "until": until}


def _keep(state: Path, token: dict[str, Any]) -> None:
    beside = state.with_suffix(".part")
    beside.write_text(json.dumps(token), "utf-8")
    beside.replace(state)


def _client() -> Any:
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        advice = "Install it with: pip install 'cnilog[aws]'"
        raise SourceError(f"fetch cloudwatch: needs the package boto3. {advice}") from error
    config = Config(retries={"mode": "adaptive", "max_attempts": RETRIES})
    try:
        return boto3.client("logs", config=config)
    except (BotoCoreError, ValueError) as error:  # no region, no such profile, no such endpoint
        advice = "Set AWS_REGION and your credentials"
        raise SourceError(
            f"fetch cloudwatch: no client for CloudWatch ({error}). {advice}"
        ) from error


def parse_since(text: str, now: datetime | None = None) -> datetime:
    """Return the moment that *text* names: ``2h``, ``3d``, or an ISO time.

    Raises:
        SourceError: It is neither.
    """
    from cnilog.catalog.when import milliseconds

    now = now or datetime.now(UTC)
    try:
        back = milliseconds(text)
        if isinstance(back, int):
            return datetime.fromtimestamp(now.timestamp() - back / 1000, UTC)
    except (ValueError, OverflowError, OSError):  # no span, or one that begins before all time
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        advice = "Write 30m, 2h, 3d, or 2026-03-02T10:00:00Z"
        raise SourceError(f"'{text}': is no time. {advice}") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
