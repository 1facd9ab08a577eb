"""Read objects of S3 buckets as streams; nothing is ever kept on disk.

An object comes in ranges of a few MiB, each a request of its own: a slow reader meets no time
limit, and a broken connection costs one range. A few small objects are fetched ahead of the
reader, since a request takes tens of milliseconds and an export has thousands of objects.
Needs the extra ``cnilog[s3]``.
"""

from __future__ import annotations

import contextlib
import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnilog.errors import SourceError
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from concurrent.futures import Future
    from datetime import datetime

    from obstore import GetOptions
    from obstore.store import RetryConfig

SCHEME: Final = "s3://"
RANGE: Final = 8 << 20  # bytes of one request
AHEAD: Final = 16  # objects that are fetched before they are asked for …
AHEAD_BYTES: Final = 32 << 20  # … as long as they are no more than this
RETRIES: Final = 6  # of one request, doubling from 0.1 s
CREDENTIALS: Final = (  # where one of these is set, no profile is looked at
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)
# What an S3 server answers where it refuses, inside what the library says of it.
ANSWER: Final = regex(r"<Code>([^<]{1,80})</Code>\s*<Message>([^<]{1,300})</Message>")
CHECK: Final = "Check the name, the region and your credentials"


class Item(NamedTuple):
    """One object as a listing shows it."""

    address: str  # s3://bucket/key
    size_bytes: int
    modified: datetime
    etag: str | None
    version: str | None

    @property
    def stamp(self) -> str:
        """What changes when the object does."""
        return f"{self.address}|{self.etag}|{self.version}|{self.size_bytes}"


class Opened(NamedTuple):
    """An object that can be read, or the reason why it cannot."""

    item: Item
    blocks: Iterator[bytes]
    refused: str | None = None


def is_address(source: object) -> bool:
    """Return whether *source* names something in a bucket."""
    return str(source).startswith(SCHEME)


def split(address: str) -> tuple[str, str]:
    """Return bucket and key of *address*."""
    bucket, _, key = address.removeprefix(SCHEME).partition("/")
    return bucket, key


def find_items(address: str) -> Iterator[Item]:
    """Yield the object at *address*, or all below it, in the order of their keys.

    Raises:
        SourceError: It cannot be listed.
    """
    import obstore

    bucket, key = split(address)
    store = open_bucket(bucket)
    if key and not key.endswith("/"):
        with contextlib.suppress(FileNotFoundError, obstore.exceptions.PermissionDeniedError):
            yield _item(bucket, _reached(address, obstore.head, store, key))
            return
    pages = iter(obstore.list(store, prefix=key or None))
    while (page := _reached(address, next, pages, None)) is not None:
        for found in page:
            if not (found["size"] == 0 and found["path"].endswith("/")):
                yield _item(bucket, found)


def open_items(items: Iterable[Item]) -> Iterator[Opened]:
    """Yield every one of *items*, opened; each must be read before the next one is asked for.

    Raises:
        SourceError: The storage cannot be reached, or an object was replaced while it was read.
            An object that may not be read is no error: it is yielded with the reason.
    """
    stores: dict[str, Any] = {}
    waiting: deque[tuple[Item, Future[bytes]]] = deque()
    with ThreadPoolExecutor(AHEAD) as pool:
        for item in items:
            bucket = split(item.address)[0]
            stores[bucket] = stores.get(bucket) or open_bucket(bucket)
            waiting.append((item, pool.submit(_range, stores[bucket], item, 0)))
            while _enough([one for one, _ in waiting]):
                yield _open(pool, stores, *waiting.popleft())
        while waiting:
            yield _open(pool, stores, *waiting.popleft())


def _enough(items: list[Item]) -> bool:
    held = sum(min(item.size_bytes, RANGE) for item in items)
    return bool(items) and (len(items) >= AHEAD or held >= AHEAD_BYTES)


def _open(
    pool: ThreadPoolExecutor, stores: dict[str, Any], item: Item, first: Future[bytes]
) -> Opened:
    import obstore

    try:
        data = _reached(item.address, first.result)
    except FileNotFoundError:
        return Opened(item, iter(()), "was deleted after it was listed")
    except (
        obstore.exceptions.PermissionDeniedError,
        obstore.exceptions.UnauthenticatedError,
    ) as error:
        return Opened(item, iter(()), f"may not be read: {brief(error)}")
    return Opened(item, _blocks(pool, stores[split(item.address)[0]], item, data))


def _blocks(pool: ThreadPoolExecutor, store: Any, item: Item, data: bytes) -> Iterator[bytes]:
    at = len(data)
    while data:
        following = pool.submit(_range, store, item, at) if at < item.size_bytes else None
        yield data
        try:
            data = _reached(item.address, following.result) if following else b""
        except FileNotFoundError:
            raise SourceError(f"{item.address}: was deleted while it was read") from None
        at += len(data)


def _range(store: Any, item: Item, start: int) -> bytes:
    import obstore

    end = min(start + RANGE, item.size_bytes)
    if end <= start:
        return b""
    options: GetOptions = {"range": (start, end), "if_match": item.etag}
    return bytes(obstore.get(store, split(item.address)[1], options=options).bytes())


def _reached(address: str, ask: Any, *arguments: Any) -> Any:
    """Return what *ask* returns; what is not a plain refusal ends the reading of the source."""
    import obstore

    refusals = (
        FileNotFoundError,
        obstore.exceptions.PermissionDeniedError,
        obstore.exceptions.UnauthenticatedError,
    )
    try:
        return ask(*arguments)
    except refusals:
        if ask is next:
            raise SourceError(f"{address}: cannot be listed. {CHECK}") from None
        raise
    except obstore.exceptions.PreconditionError as error:
        advice = "Run it again"
        raise SourceError(f"{address}: was replaced while it was read. {advice}") from error
    except (OSError, obstore.exceptions.BaseError) as error:
        raise SourceError(f"{address}: cannot be read ({brief(error)}). {CHECK}") from error


def brief(error: Exception) -> str:
    """Return what the server answered, else the first line of what the library says."""
    answer = ANSWER.search(str(error))
    if answer:
        return f"{answer[1]}: {answer[2]}".rstrip(" .:")
    return str(error).strip().splitlines()[0].split("Debug source:")[0][:300].rstrip(" .:")


def _item(bucket: str, found: Any) -> Item:
    return Item(
        f"{SCHEME}{bucket}/{found['path']}",
        found["size"],
        found["last_modified"],
        found.get("e_tag"),
        found.get("version"),
    )


def open_bucket(bucket: str) -> Any:  # obstore's store classes have no public base
    """Return the store of *bucket*; credentials, region and endpoint come from the usual places.

    The environment, a pod's role (IRSA, Pod Identity) and an instance's role are known to
    obstore; a profile of ``~/.aws`` (SSO too) is asked through boto3 where that is installed.

    Raises:
        SourceError: The extra is not installed.
    """
    try:
        from obstore.store import S3Store
    except ImportError as error:
        advice = "Install it with: pip install 'cnilog[s3]'"
        raise SourceError(f"s3://{bucket}: needs the package obstore. {advice}") from error
    retry: RetryConfig = {"max_retries": RETRIES, "retry_timeout": timedelta(minutes=2)}
    return S3Store(bucket, retry_config=retry, **_endpoint(), **_profile())


def endpoint() -> str | None:
    """Return the S3-compatible server that the environment names, if it names one."""
    return os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")


def _endpoint() -> dict[str, Any]:
    server = endpoint()
    if not server:
        return {}
    plain = {"client_options": {"allow_http": True}} if server.startswith("http://") else {}
    return {"endpoint": server, "virtual_hosted_style_request": False, **plain}


def _profile() -> dict[str, Any]:
    """Return credentials of the user's profile, where nothing in the environment goes before."""
    home = Path("~/.aws").expanduser()
    files = (
        os.environ.get("AWS_SHARED_CREDENTIALS_FILE", home / "credentials"),
        os.environ.get("AWS_CONFIG_FILE", home / "config"),
    )
    if any(map(os.environ.get, CREDENTIALS)) or not any(Path(file).exists() for file in files):
        return {}
    try:
        import boto3
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ImportError:
        return {}
    session = boto3.Session()
    if session.get_credentials() is None:
        return {}
    region = {"region": session.region_name} if session.region_name else {}
    return {"credential_provider": Boto3CredentialProvider(session), **region}
