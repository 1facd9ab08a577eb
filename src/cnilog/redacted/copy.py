"""Redact a source into a place beside it: whole or not at all, never over the source."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.errors import OutputError, SourceError
from cnilog.ingest.archives import ZIP_DAMAGE, Packed, open_zip
from cnilog.ingest.limits import LIMITS, Budget
from cnilog.ingest.sources import members
from cnilog.ingest.stream import Stream, blocks_of
from cnilog.ingest.text import encoding
from cnilog.redacted.bulk import Bulk, learn
from cnilog.redacted.members import Rewriter
from cnilog.redacted.summary import Summary
from cnilog.redacted.texts import changed
from cnilog.redacted.vocabulary import words
from cnilog.redaction import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.ingest.limits import Limits
    from cnilog.ingest.sources import Member

STDIN: Final = "-"
_HEAD: Final = 65_536


def redact(
    source: str | Path,
    out: Path,
    *,
    key: bytes | None = None,
    names: Iterable[str] = (),
    mapping: bool = False,
    limits: Limits = LIMITS,
) -> Summary:
    """Write a redacted copy of *source* to *out*, and return what was done.

    Args:
        source: A file, a folder, an archive, or ``-`` for standard input.
        out: Where the copy goes: a folder where the source is one, else a file.
        key: What the stand-ins are drawn from. The same key gives the same ones; without it
            nobody can tell what they stand for. Null: a key that is thrown away.
        names: More names to replace wherever they stand.
        mapping: Whether the summary tells what each stand-in stands for.
        limits: How much of an archive, a compressed file or a folder is copied.

    Raises:
        SourceError: There is nothing to read.
        OutputError: The copy cannot be written there, or would overwrite its source.
    """
    with _on_disk(source) as path:
        _check(path, out)
        known = _learned(path, names, limits)
        bulk = Bulk(key, known)
        bulk.redactor.stand_ins.keep_all = mapping
        rewriter = Rewriter(bulk.redact, limits)
        (_folder if path.is_dir() else _file)(path, out, rewriter)
    return _summary(bulk, rewriter, mapping=mapping)


@contextlib.contextmanager
def _on_disk(source: str | Path) -> Iterator[Path]:
    """Give the path of *source*; standard input is put into a file, to be read twice."""
    if str(source) != STDIN:
        if not Path(source).exists():
            raise SourceError(f"{source}: no such file or folder. Check the path")
        yield Path(source)
        return
    import sys

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield path


def _check(source: Path, out: Path) -> None:
    here, there = source.resolve(), out.resolve()
    if here == there or (out.exists() and source.samefile(out)):
        raise OutputError(f"{out}: is the source itself. Choose another place")
    if source.is_dir() and here in there.parents:
        raise OutputError(f"{out}: lies in the source. Choose a place outside of it")
    if there in here.parents:
        raise OutputError(f"{out}: holds the source. Choose another place")
    if not out.parent.is_dir():
        raise OutputError(f"{out}: no such folder {out.parent}. Make it, or choose another place")
    if source.is_dir() and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise OutputError(f"{out}: is there already. Choose a new folder, or an empty one")
    if not source.is_dir() and out.is_dir():
        raise OutputError(f"{out}: is a folder. Name the file to write")


def _learned(path: Path, names: Iterable[str], limits: Limits) -> Names:
    known = Names(words())
    for name in names:
        known.add("name", name, asked=True)
    for member in members(path, limits):
        learn(member.file.removeprefix(str(path)), known)
        if not member.skipped:
            _learn_member(member, known, limits)
    return known


def _learn_member(member: Member, known: Names, limits: Limits) -> None:
    head = member.stream.peek(_HEAD)
    if head.startswith(b"PK"):
        _learn_sheet(member, known, limits)
        return
    code = encoding(head)
    if code:
        _learn_text(member.stream, code, known)


def _learn_text(stream: Stream, code: str, known: Names) -> None:
    def look(text: str) -> str:
        learn(text, known)
        return ""

    for _ in changed(stream.blocks(), code, look, stream.peek(_HEAD)):
        pass


def _learn_sheet(member: Member, known: Names, limits: Limits) -> None:
    """Learn from the cells of an office document, which is given as the zip file that it is."""
    import io

    source = Packed(io.BytesIO(member.stream.read()))
    budget = Budget(limits, lambda: source.taken)
    with contextlib.suppress(*ZIP_DAMAGE), open_zip(source) as sheet:
        for part in sheet.infolist():
            with contextlib.suppress(*ZIP_DAMAGE), sheet.open(part) as content:
                _learn_text(Stream(budget.metered(blocks_of(content))), "utf-8", known)
            if not budget.enter():
                break


def _file(path: Path, out: Path, rewriter: Rewriter) -> None:
    handle, beside = tempfile.mkstemp(prefix=f".{out.name[:40]}.", dir=out.parent)
    try:
        with os.fdopen(handle, "wb") as sink:
            written = rewriter.file(path, out.name, sink)
        if not written:
            reason = rewriter.left_out[-1].reason
            raise SourceError(f"{path}: {reason}, so it cannot be redacted. Nothing was written")
        Path(beside).chmod(0o666 & ~_mask())
        Path(beside).replace(out)
    except OSError as error:
        raise _refused(out, error) from error
    finally:
        Path(beside).unlink(missing_ok=True)


def _folder(path: Path, out: Path, rewriter: Rewriter) -> None:
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name[:40]}.", dir=out.parent))
    try:
        for file in _files(path):
            _copied(path, file, beside, rewriter)
        beside.chmod(0o777 & ~_mask())
        beside.replace(out)
    except OSError as error:
        raise _refused(out, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders.sort()
        yield from (Path(root) / name for name in sorted(files))


def _copied(root: Path, file: Path, beside: Path, rewriter: Rewriter) -> None:
    name = rewriter.name(_readable(str(file.relative_to(root))))
    if not _ours(root, file):
        rewriter.leave(name, "is no regular file, or a link to one outside of the source")
        return
    target = _free(beside / name)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("xb") as sink:
        written = rewriter.file(file, name, sink)
    if written:
        with contextlib.suppress(OSError):
            when = file.stat().st_mtime
            os.utime(target, (when, when))
    else:
        target.unlink()


def _ours(root: Path, file: Path) -> bool:
    try:
        regular = stat.S_ISREG(file.stat().st_mode)
    except OSError:
        return False
    return regular and (not file.is_symlink() or root.resolve() in file.resolve().parents)


def _free(path: Path) -> Path:
    """Return *path*, or one beside it where two names became one."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _readable(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _refused(out: Path, error: OSError) -> OutputError:
    reason = (error.strerror or str(error)).lower()
    return OutputError(f"{out}: cannot be written ({reason}). Choose a folder you may write to")


def _summary(bulk: Bulk, rewriter: Rewriter, *, mapping: bool) -> Summary:
    made = bulk.redactor.stand_ins.made
    distinct = Counter(kind for kind, _ in made)
    return Summary(
        rewriter.files,
        rewriter.size_bytes,
        dict(sorted(bulk.counts.items())),
        dict(sorted(distinct.items())),
        tuple(rewriter.left_out),
        tuple(rewriter.damaged),
        tuple((kind, one, out) for (kind, one), out in made.items()) if mapping else (),
    )
