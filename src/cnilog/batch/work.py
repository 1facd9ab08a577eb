"""Analyze one bundle and write its result: what a worker does, whatever engine runs it."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from cnilog.batch.job import Job, Receipt, Status
from cnilog.batch.ledger import MOST_ATTEMPTS, Ledger
from cnilog.batch.store import open_store
from cnilog.batch.table import done_row, failed_row
from cnilog.errors import CnilogError, SourceError

if TYPE_CHECKING:
    from cnilog.catalog import Catalog

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Work:
    """All that a worker must know; small enough to travel."""

    out: str
    version: str
    patterns: tuple[str, ...] = ()
    retry_failed: bool = False

    def __call__(self, job: Job) -> Receipt:
        """Analyze *job* unless it is done, write the result, return the receipt."""
        begin = time.monotonic()
        ledger = Ledger(open_store(self.out), self.version)
        try:
            key = content_key(job.source)
        except (OSError, CnilogError) as error:
            key = hashlib.blake2b(job.source.encode("utf-8", "replace"), digest_size=16).hexdigest()
            return self._failed(ledger, job, key, "failed", str(error), begin)
        if ledger.has(key, retry_failed=self.retry_failed):
            return Receipt(job.source, "skipped", key)
        if ledger.begin(key) > MOST_ATTEMPTS:
            why = f"it ended its worker {MOST_ATTEMPTS} times"
            return self._failed(ledger, job, key, "given up", why, begin)
        return self._analyze(ledger, job, key, begin)

    def _analyze(self, ledger: Ledger, job: Job, key: str, begin: float) -> Receipt:
        from cnilog.analysis import analyze

        try:
            report = analyze(job.source, catalog=_catalog(self.patterns))
        except CnilogError as error:
            return self._failed(ledger, job, key, "failed", str(error), begin)
        ledger.finish(key, done_row(key, job.source, report))
        loud = sum(cause.confidence != "possible" for cause in report.causes)
        return Receipt(job.source, "done", key, "", time.monotonic() - begin, loud)

    def _failed(
        self, ledger: Ledger, job: Job, key: str, status: Status, error: str, begin: float
    ) -> Receipt:
        ledger.fail(key, failed_row(key, job.source, status, error))
        return Receipt(job.source, status, key, error, time.monotonic() - begin)


@cache
def _catalog(folders: tuple[str, ...]) -> Catalog:
    from cnilog.catalog import load_catalog

    return load_catalog(*folders)


def content_key(source: str) -> str:
    """Return the key of the content of *source*: a file, a folder, an S3 object.

    For S3 the listing's identity (etag, version, size) stands for the content, so that nothing is
    read twice.
    """
    if source.startswith("s3://"):
        from cnilog.batch.bundles import find_bundles

        stamps = "".join(job.source + job.stamp for job in find_bundles([source]))
        return hashlib.blake2b(stamps.encode(), digest_size=16).hexdigest()
    path = Path(source)
    digest = hashlib.blake2b(digest_size=16)
    if path.is_file():
        _add_file(digest, path)
        return digest.hexdigest()
    if not path.is_dir():
        raise SourceError(f"{source}: no such file or folder. It was there when the batch began")
    for folder, folders, files in os.walk(path):
        folders.sort()
        for file in sorted(files):
            member = Path(folder, file)
            digest.update(str(member.relative_to(path)).encode("utf-8", "surrogateescape") + b"\0")
            _add_file(digest, member)
    return digest.hexdigest()


def _add_file(digest: hashlib.blake2b, path: Path) -> None:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
