"""The key of a bundle: a hash of what is in it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.batch.job import Job

CHUNK: Final = 1 << 20


def content_key(job: Job) -> str:
    """Return the key of *job*'s content: of a file its bytes, of a folder names and bytes.

    For S3 the listing's identity (etag, version, size) stands for the content, so that nothing is
    read twice; such a job has its key already.

    Raises:
        SourceError: The bundle is not there any more.
        OSError: It cannot be read.
    """
    if job.key is not None:
        return job.key
    path = Path(job.source)
    digest = hashlib.blake2b(digest_size=16)
    if path.is_file():
        _add(digest, path)
        return digest.hexdigest()
    for name, member in _members(job):
        digest.update(name.encode("utf-8", "surrogateescape") + b"\0")
        digest.update(member.stat().st_size.to_bytes(8, "big"))
        _add(digest, member)
    return digest.hexdigest()


def name_key(source: str) -> str:
    """Return a key for a bundle whose content cannot be read."""
    return hashlib.blake2b(source.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _members(job: Job) -> Iterator[tuple[str, Path]]:
    """Yield every file with its name below the bundle, in one order."""
    for top in map(Path, job.parts or (job.source,)):
        if not top.is_dir():
            advice = "It was there when the batch began"
            raise SourceError(f"{top}: no such file or folder. {advice}")
        for folder, folders, files in os.walk(top):
            folders.sort()
            for file in sorted(files):
                member = Path(folder, file)
                if member.is_file():
                    yield str(member.relative_to(top.parent if job.parts else top)), member


def _add(digest: hashlib.blake2b, path: Path) -> None:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
