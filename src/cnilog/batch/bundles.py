"""Find the bundles in what the user names, without reading one.

A file is a bundle. In a folder or below an ``s3://`` prefix, every archive is one, and so is every
direct subfolder without an archive in it; where there is neither, the folder itself. A CloudWatch
export (``TASK/STREAM/000000.gz``) is a bundle a node, where its streams name one, else a stream.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.batch.job import Job
from cnilog.buckets import find_items, is_address
from cnilog.errors import SourceError
from cnilog.ingest.names import read_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ARCHIVES: Final = (
    ".tar.gz",
    ".tgz",
    ".tar",
    ".zip",
    ".tar.zst",
    ".tar.bz2",
    ".tbz2",
    ".tar.xz",
    ".txz",
)
EXPORTED: Final = re.compile(r"^(?:.*/)?([^/]+)/\d{6}(?:\.gz)?$")
WRITE_TEST: Final = "aws-logs-write-test"  # CloudWatch leaves it in every export


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or an object below a source."""

    path: str  # as the reader opens it
    inner: str  # below the source, with slashes
    size_bytes: int
    stamp: str


@dataclass(frozen=True, slots=True)
class Found:
    """The bundles of some sources, largest first, and the files that belong to none."""

    jobs: tuple[Job, ...]
    aside: tuple[str, ...] = ()


def find_bundles(sources: Sequence[str], *, out: str | None = None) -> Found:
    """Return one job for each bundle in *sources*; what lies below *out* is none.

    Raises:
        SourceError: A source is not there, or holds nothing.
    """
    found = [_find(source, out) for source in sources]
    jobs = {job.source: job for one in found for job in one.jobs}  # named twice, done once
    ordered = sorted(jobs.values(), key=lambda job: (-job.size_bytes, job.source))
    return Found(tuple(ordered), tuple(path for one in found for path in one.aside))


def shard(jobs: Iterable[Job], index: int, count: int) -> list[Job]:
    """Return part *index* (from 0) of *count*: the same bundle always falls to the same part."""
    return [job for job in jobs if _slot(job.source, count) == index]


def _slot(source: str, count: int) -> int:
    return int.from_bytes(_digest(source)[:8], "big") % count


def _find(source: str, out: str | None) -> Found:
    entries = list(_objects(source) if is_address(source) else _files(source, out))
    if len(entries) == 1 and not entries[0].inner:
        return Found((_single(entries[0]),))
    found = _grouped(source, entries)
    if not found.jobs:
        raise SourceError(f"{source}: no bundle in it. Name a folder of archives or log folders")
    return found


def _objects(address: str) -> Iterator[Entry]:
    prefix = address if address.endswith("/") else f"{address}/"
    for item in find_items(address):
        inner = item.address.removeprefix(prefix) if item.address != address else ""
        if not inner.endswith(WRITE_TEST):
            yield Entry(item.address, inner, item.size_bytes, item.stamp)


def _files(source: str, out: str | None) -> Iterator[Entry]:
    path = Path(source)
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder. Check the path")
    if not path.is_dir():
        stat = path.stat()
        yield Entry(source, "", stat.st_size, f"{stat.st_size}-{stat.st_mtime_ns}")
        return
    results = os.path.realpath(out) if out and not is_address(out) else None
    for folder, folders, files in os.walk(source):
        folders[:] = sorted(one for one in folders if not _is(folder, one, results))
        inside = os.path.relpath(folder, source)
        for file in sorted(files):
            entry = _entry(folder, inside, file)
            if entry:
                yield entry


def _is(folder: str, name: str, results: str | None) -> bool:
    return results is not None and os.path.realpath(f"{folder}/{name}") == results


def _entry(folder: str, inside: str, file: str) -> Entry | None:
    path = f"{folder}{os.sep}{file}"
    try:
        stat = os.stat(path)  # noqa: PTH116 -- ten thousand of them, and Path costs more
    except OSError:  # a dangling link, or gone since
        return None
    inner = file if inside == os.curdir else f"{inside.replace(os.sep, '/')}/{file}"
    return Entry(path, inner, stat.st_size, f"{stat.st_size}-{stat.st_mtime_ns}")


def _grouped(source: str, entries: Sequence[Entry]) -> Found:
    archives = [entry for entry in entries if entry.inner.endswith(ARCHIVES)]
    taken = {_top(entry) for entry in archives}
    rest = [entry for entry in entries if not entry.inner.endswith(ARCHIVES)]
    loose = [entry for entry in rest if _top(entry) in taken | {""}]
    if not archives and len(loose) == len(rest):
        return Found((_group(source, source, loose),) if loose else ())
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in rest:
        if _top(entry) not in taken | {""}:
            groups[_name(entry)].append(entry)
    jobs = [_single(entry) for entry in archives]
    jobs += [_group(source, f"{source.rstrip('/')}/{name}", some) for name, some in groups.items()]
    return Found(tuple(jobs), tuple(entry.path for entry in loose))


def _top(entry: Entry) -> str:
    """Return the direct subfolder of the source that *entry* lies in; nothing where in none."""
    return entry.inner.rpartition("/")[0].partition("/")[0]


def _name(entry: Entry) -> str:
    """Return the name of the bundle that a file outside archives belongs to."""
    exported = EXPORTED.match(entry.inner)
    if exported is None:
        return _top(entry)
    folder = entry.inner.rpartition("/")[0]
    node = read_name(exported[1]).node
    return f"{folder.rpartition('/')[0]}/{node}".lstrip("/") if node else folder


def _single(entry: Entry) -> Job:
    return _keyed(Job(entry.path, entry.size_bytes, entry.stamp))


def _group(source: str, name: str, entries: Sequence[Entry]) -> Job:
    stamp = _digest("".join(f"{entry.inner}|{entry.stamp}\n" for entry in entries)).hex()
    size = sum(entry.size_bytes for entry in entries)
    here = f"{name.rstrip('/')}/" if is_address(source) else name
    inside = all(entry.path.startswith(f"{name.rstrip('/')}/") for entry in entries)
    folders = sorted({entry.path.rpartition("/")[0] + "/" for entry in entries})
    return _keyed(Job(here, size, stamp, parts=() if inside else tuple(folders)))


def _keyed(job: Job) -> Job:
    """Return *job* with its key, where a listing's etags stand for the content."""
    if not is_address(job.source):
        return job
    return replace(job, key=_digest(f"{job.source}|{job.stamp}").hex())


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).digest()
