"""Write a result to a file: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from errno import EACCES, EISDIR, ENOENT
from pathlib import Path

from cnilog.errors import OutputError


def check(path: Path | None) -> None:
    """Raise `OutputError` where *path* could not be written: before the work, not after it."""
    if path is None or str(path) == "-" or (path.exists() and not path.is_dir()):
        return
    if path.is_dir():
        raise _refused(path, IsADirectoryError(EISDIR, "is a directory"))
    if not path.parent.is_dir():
        raise _refused(path, FileNotFoundError(ENOENT, "no such folder"))
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise _refused(path, PermissionError(EACCES, "permission denied"))


def write(path: Path, text: str) -> None:
    """Write *text* beside *path*, then put it in its place.

    Raises:
        OutputError: The folder is not there or cannot be written to.
    """
    if not path.exists() or path.is_file():
        _replace(path, text)
    else:
        _pour(path, text)


def _replace(path: Path, text: str) -> None:
    beside = None
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(beside).chmod(_mode(path))
        Path(beside).replace(path)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        if beside:
            Path(beside).unlink(missing_ok=True)


def _pour(path: Path, text: str) -> None:
    """Write to what is no plain file, such as /dev/stdout or a pipe."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise _refused(path, error) from error


def _mode(path: Path) -> int:
    """Return the mode the file has, or would get if it were opened plainly."""
    if path.exists():
        return path.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _refused(path: Path, error: OSError) -> OutputError:
    reason = (error.strerror or str(error)).lower()
    advice = "Name a file in a folder you may write to"
    return OutputError(f"{path}: cannot be written ({reason}). {advice}")
