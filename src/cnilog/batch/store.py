"""Where results lie: a folder, or a prefix in S3. Whatever is written there is whole or absent.

On disk a file is written beside its name, synced, and renamed; in S3 one PUT does the same.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from cnilog.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Store(Protocol):
    """What the ledger needs of a storage."""

    root: str

    def put(self, name: str, data: bytes) -> None:
        """Write *data* under *name*, whole or not at all."""

    def get(self, name: str) -> bytes | None:
        """Return what lies under *name*, or null."""

    def exists(self, name: str) -> bool:
        """Return whether something lies under *name*."""

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with *prefix* (a folder), in no promised order."""

    def delete(self, name: str) -> None:
        """Remove *name* if it is there."""


class FolderStore:
    """A folder on this machine, or on a file system that many machines share."""

    def __init__(self, root: str) -> None:
        self.root = root
        try:
            Path(root).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            advice = "Choose a folder that you may write to"
            raise OutputError(f"{root}: cannot be made ({error.strerror}). {advice}") from error

    def put(self, name: str, data: bytes) -> None:
        """Write beside, sync, rename."""
        target = Path(self.root, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
        try:
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise OutputError(f"{target}: cannot be written ({error.strerror})") from error

    def get(self, name: str) -> bytes | None:
        """Read a file."""
        try:
            return Path(self.root, name).read_bytes()
        except FileNotFoundError:
            return None

    def exists(self, name: str) -> bool:
        """Look for a file."""
        return Path(self.root, name).exists()

    def names(self, prefix: str) -> Iterator[str]:
        """Walk a folder; files that are still being written are not shown."""
        base = Path(self.root, prefix)
        for folder, _, files in os.walk(base):
            inside = os.path.relpath(folder, self.root)
            for file in files:
                if not file.startswith("."):
                    yield f"{inside}/{file}"

    def delete(self, name: str) -> None:
        """Unlink a file."""
        Path(self.root, name).unlink(missing_ok=True)


class ObjectStore:
    """A prefix of an S3 bucket; needs the extra ``cnilog[s3]``."""

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")
        bucket, _, self.prefix = self.root.removeprefix("s3://").partition("/")
        self.store = open_bucket(bucket)

    def _path(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def put(self, name: str, data: bytes) -> None:
        """PUT an object."""
        import obstore

        try:
            obstore.put(self.store, self._path(name), data)
        except (OSError, obstore.exceptions.BaseError) as error:
            raise OutputError(f"{self.root}/{name}: cannot be written ({error})") from error

    def get(self, name: str) -> bytes | None:
        """GET an object."""
        import obstore

        try:
            return bytes(obstore.get(self.store, self._path(name)).bytes())
        except FileNotFoundError:
            return None

    def exists(self, name: str) -> bool:
        """HEAD an object."""
        import obstore

        try:
            obstore.head(self.store, self._path(name))
        except FileNotFoundError:
            return False
        return True

    def names(self, prefix: str) -> Iterator[str]:
        """List a prefix."""
        import obstore

        start = len(self.prefix) + 1 if self.prefix else 0
        for page in obstore.list(self.store, prefix=self._path(prefix)):
            for item in page:
                yield item["path"][start:]

    def delete(self, name: str) -> None:
        """DELETE an object."""
        import obstore

        obstore.delete(self.store, self._path(name))


def open_bucket(bucket: str) -> Any:  # obstore's store classes have no public base
    """Return the store of *bucket*; credentials and endpoint come from the usual places.

    Raises:
        OutputError: The extra is not installed.
    """
    try:
        from obstore.store import S3Store
    except ImportError as error:
        advice = "Install it with: pip install 'cnilog[s3]'"
        raise OutputError(f"s3://{bucket}: needs the package obstore. {advice}") from error
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    options: dict[str, Any] = {}
    if endpoint:
        options["endpoint"] = endpoint
        options["virtual_hosted_style_request"] = False
        if endpoint.startswith("http://"):
            options["client_options"] = {"allow_http": True}
    return S3Store(bucket, **options)


def open_store(root: str) -> Store:
    """Return the store at *root*: an ``s3://`` prefix or a folder, which is made."""
    return ObjectStore(root) if root.startswith("s3://") else FolderStore(root)
