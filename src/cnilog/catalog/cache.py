"""Keep loaded patterns between commands: reading YAML takes longer than everything else.

The key is the content of the pattern files and of the code that judges them, so that an entry is
never stale. Entries are JSON and are validated when they are read. Where the user's cache folder
cannot be read or written, nothing is kept, and nothing fails.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import TypeAdapter, ValidationError

from cnilog.catalog.model import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

KEPT: Final = 4  # entries: some releases and checkouts of cnilog side by side
CODE: Final = ("model.py", "sense.py", "expressions.py", "versions.py", "load.py")
_PATTERNS: Final[TypeAdapter[tuple[Pattern, ...]]] = TypeAdapter(tuple[Pattern, ...])


def key(folder: Path, files: Iterable[Path]) -> str:
    """Return what stands for the content of *files* below *folder*.

    Raises:
        OSError: One of them cannot be read.
    """
    digest = hashlib.sha256()
    paths = {name: Path(__file__).with_name(name) for name in CODE}
    paths.update((str(path).removeprefix(str(folder)), path) for path in files)  # with a slash
    for name, path in paths.items():
        with path.open("rb", buffering=0) as file:  # two hundred at each start
            data = file.read()
        digest.update(b"%s\0%d\0" % (os.fsencode(name), len(data)))
        digest.update(data)
    return digest.hexdigest()[:32]


def fetch(key: str) -> tuple[Pattern, ...] | None:
    """Return the patterns kept under *key*; null where there are none."""
    folder = _folder()
    if folder is None:
        return None
    try:
        return _PATTERNS.validate_json((folder / f"catalog-{key}.json").read_bytes())
    except (OSError, ValidationError):
        return None


def keep(key: str, patterns: tuple[Pattern, ...]) -> None:
    """Keep *patterns* under *key*, where that is possible."""
    folder = _folder()
    if folder is None:
        return
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        data = _PATTERNS.dump_json(patterns, by_alias=True, exclude_defaults=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix="catalog-", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(folder / f"catalog-{key}.json")
        _forget(folder)


def _forget(folder: Path) -> None:
    """Remove all but the newest entries."""
    entries = sorted(folder.glob("catalog-*"), key=lambda path: -path.stat().st_mtime)
    for path in entries[KEPT:]:
        path.unlink()


def _folder() -> Path | None:
    """Return the user's cache folder for cnilog (XDG); null where there is no home."""
    root = os.environ.get("XDG_CACHE_HOME", "")
    if Path(root).is_absolute():
        return Path(root) / "cnilog"
    try:
        return Path.home() / ".cache" / "cnilog"
    except RuntimeError:
        return None
