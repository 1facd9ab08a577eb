"""Find the bundles in what the user names.

A file is a bundle. In a folder, every archive below it is one; where there is no archive, every
direct subfolder is one, and the folder itself if it has only files. In ``s3://bucket/prefix``,
every archive is one; where there is none, every object that lies directly in one "folder" belongs
to the bundle of that folder (as CloudWatch export tasks write them).
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.batch.job import Job
from cnilog.batch.store import open_bucket
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ARCHIVES: Final = (".tar.gz", ".tgz", ".tar", ".zip", ".tar.zst", ".tar.bz2")


def find_bundles(sources: Sequence[str]) -> list[Job]:
    """Return one job for each bundle in *sources*, largest first, without reading any.

    Raises:
        SourceError: A source is not there, or holds nothing.
    """
    jobs = [job for source in sources for job in _find(source)]
    return sorted(jobs, key=lambda job: (-job.size_bytes, job.source))


def shard(jobs: Iterable[Job], index: int, count: int) -> list[Job]:
    """Return part *index* (from 0) of *count*: the same bundle always falls to the same part."""
    return [job for job in jobs if _slot(job.source, count) == index]


def _slot(source: str, count: int) -> int:
    return int.from_bytes(hashlib.blake2b(source.encode(), digest_size=8).digest(), "big") % count


def _find(source: str) -> list[Job]:
    if source.startswith("s3://"):
        found = list(_in_bucket(source))
    else:
        found = list(_in_folder(Path(source)))
    if not found:
        raise SourceError(f"{source}: no bundle in it. Name a folder of archives or log folders")
    return found


def _in_folder(path: Path) -> Iterator[Job]:
    if not path.exists():
        raise SourceError(f"{path}: no such file or folder. Check the path")
    if path.is_file():
        yield _file_job(path)
        return
    archives = [found for found in _walk(path) if found.name.endswith(ARCHIVES)]
    if archives:
        yield from map(_file_job, archives)
        return
    folders = sorted(entry for entry in path.iterdir() if entry.is_dir())
    for folder in folders or [path]:
        job = _folder_job(folder)
        if job:
            yield job


def _walk(path: Path) -> Iterator[Path]:
    for folder, folders, files in os.walk(path):
        folders.sort()
        for file in sorted(files):
            yield Path(folder, file)


def _file_job(path: Path) -> Job:
    stat = path.stat()
    return Job(str(path), stat.st_size, f"{stat.st_size}-{stat.st_mtime_ns}")


def _folder_job(folder: Path) -> Job | None:
    stats = [(path, path.stat()) for path in _walk(folder) if path.is_file()]
    if not stats:
        return None
    size = sum(stat.st_size for _, stat in stats)
    digest = hashlib.blake2b(digest_size=16)
    for path, stat in stats:
        digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode("utf-8", "replace"))
    return Job(str(folder), size, digest.hexdigest())


def _in_bucket(source: str) -> Iterator[Job]:
    import obstore

    bucket, _, prefix = source.removeprefix("s3://").partition("/")
    try:
        pages = obstore.list(open_bucket(bucket), prefix=prefix or None)
        items = [item for page in pages for item in page]
    except (OSError, obstore.exceptions.BaseError) as error:
        advice = "Check the name, the region and your credentials"
        raise SourceError(f"{source}: cannot be listed ({error}). {advice}") from error
    archives = [item for item in items if item["path"].endswith(ARCHIVES)]
    if archives or not items:
        for item in archives:
            yield Job(f"s3://{bucket}/{item['path']}", item["size"], _object_stamp(item))
        return
    folders: dict[str, list[dict[str, object]]] = {}
    for item in items:
        folders.setdefault(item["path"].rpartition("/")[0], []).append(dict(item))
    for folder, members in sorted(folders.items()):
        stamp = hashlib.blake2b("".join(map(_object_stamp, members)).encode(), digest_size=16)
        size = sum(int(str(member["size"])) for member in members)
        yield Job(f"s3://{bucket}/{folder}/", size, stamp.hexdigest())


def _object_stamp(item: object) -> str:
    known: dict[str, object] = dict(item)  # type: ignore[call-overload]
    return f"{known['path']}|{known.get('e_tag')}|{known.get('version')}|{known['size']}"
