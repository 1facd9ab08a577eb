"""Where results lie: a folder, or a prefix in S3. Whatever is written there is whole or absent.

On disk a file is written beside its name, synced, and renamed; in S3 one PUT does the same.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cnilog.buckets import brief, is_address, open_bucket, split
from cnilog.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Store(Protocol):
    """What the ledger needs of a storage."""

    root: str

    def put(self, name: str, data: bytes) -> None:
        """Write *data* under *name*, whole or not at all."""

    def mark(self, name: str, data: bytes) -> None:
        """Write *data* under *name*; it need not survive a power cut."""

    def get(self, name: str) -> bytes | None:
        """Return what lies under *name*, or null."""

    def exists(self, name: str) -> bool:
        """Return whether something lies under *name*."""

    def names(self, prefix: str) -> Iterator[str]:
        """Yield the names that begin with *prefix* (a folder), in no promised order."""

    def folders(self) -> list[str]:
        """Return the folders directly below the root, the one made last at the end."""

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
        beside = target.with_name(f".{target.name}.{uuid.uuid4().hex}.part")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except OSError as error:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise OutputError(f"{target}: cannot be written ({error.strerror})") from error

    def mark(self, name: str, data: bytes) -> None:
        """Write in place, without waiting for the disk."""
        target = Path(self.root, name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:
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

    def folders(self) -> list[str]:
        """List the root by time of change."""
        found = [entry for entry in os.scandir(self.root) if entry.is_dir()]
        found.sort(key=lambda entry: (entry.stat().st_mtime_ns, entry.name))
        return [entry.name for entry in found]

    def delete(self, name: str) -> None:
        """Unlink a file."""
        try:
            Path(self.root, name).unlink(missing_ok=True)
        except OSError as error:
            path = Path(self.root, name)
            raise OutputError(f"{path}: cannot be removed ({error.strerror})") from error


class ObjectStore:
    """A prefix of an S3 bucket; needs the extra ``cnilog[s3]``."""

    def __init__(self, root: str) -> None:
        self.root = root.rstrip("/")
        bucket, self.prefix = split(self.root)
        self.store = open_bucket(bucket)

    def _path(self, name: str) -> str:
        return f"{self.prefix}/{name}" if self.prefix else name

    def put(self, name: str, data: bytes) -> None:
        """PUT an object."""
        import obstore

        with self._told(name, "written"):
            obstore.put(self.store, self._path(name), data)

    def mark(self, name: str, data: bytes) -> None:
        """PUT an object."""
        self.put(name, data)

    def get(self, name: str) -> bytes | None:
        """GET an object."""
        import obstore

        with self._told(name, "read"):
            try:
                return bytes(obstore.get(self.store, self._path(name)).bytes())
            except FileNotFoundError:
                return None

    def exists(self, name: str) -> bool:
        """HEAD an object."""
        import obstore

        with self._told(name, "looked for"):
            try:
                obstore.head(self.store, self._path(name))
            except FileNotFoundError:
                return False
        return True

    def names(self, prefix: str) -> Iterator[str]:
        """List a prefix."""
        import obstore

        start = len(self.prefix) + 1 if self.prefix else 0
        with self._told(prefix, "listed"):
            for page in obstore.list(self.store, prefix=self._path(prefix) or None):
                for item in page:
                    yield item["path"][start:]

    def folders(self) -> list[str]:
        """List the prefix; which folder is the last is told by its objects."""
        import obstore

        with self._told("", "listed"):
            listed = obstore.list_with_delimiter(self.store, prefix=self.prefix or None)
            found = [path.rstrip("/").rpartition("/")[2] for path in listed["common_prefixes"]]
            return sorted(found, key=self._changed) if len(found) > 1 else found

    def _changed(self, folder: str) -> datetime:
        import obstore

        pages = obstore.list(self.store, prefix=self._path(folder))
        times = (item["last_modified"] for page in pages for item in page)
        return max(times, default=datetime.min.replace(tzinfo=UTC))

    def delete(self, name: str) -> None:
        """DELETE an object."""
        import obstore

        with self._told(name, "removed"), contextlib.suppress(FileNotFoundError):
            obstore.delete(self.store, self._path(name))

    @contextlib.contextmanager
    def _told(self, name: str, what: str) -> Iterator[None]:
        """Turn the library's errors into one sentence."""
        import obstore

        try:
            yield
        except (OSError, obstore.exceptions.BaseError) as error:
            raise OutputError(
                f"{self._address(name)}: cannot be {what} ({brief(error)})"
            ) from error

    def _address(self, name: str) -> str:
        return f"{self.root}/{name}".rstrip("/")


def open_store(root: str) -> Store:
    """Return the store at *root*: an ``s3://`` prefix or a folder, which is made."""
    return ObjectStore(root) if is_address(root) else FolderStore(root)
