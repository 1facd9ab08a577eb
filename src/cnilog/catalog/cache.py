"""Keep loaded patterns between commands: reading YAML takes longer than everything else.

The key is the content of the pattern files and of the code that judges them, so that an entry is
never stale. Entries are JSON, in which each model says which it is; they begin with their digest,
by which one that is damaged is known. What is in them was validated before it was kept, and can
do no more than be a wrong pattern. Where the user's cache folder cannot be read or written, nothing
is kept, and nothing fails.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from cnilog import frozen
from cnilog.catalog import model, when
from cnilog.frozen import Frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.catalog.model import Pattern

KEPT: Final = 4  # entries: some releases and checkouts of cnilog side by side
CODE: Final = ("model.py", "when.py", "parse.py", "sense.py", "expressions.py", "versions.py")
_MODEL: Final = ""  # the key under which a model says which it is; no field is called so
_MODELS: Final = {
    name: found
    for module in (model, when)
    for name, found in vars(module).items()
    if isinstance(found, type) and issubclass(found, Frozen)
}


def key(folder: Path, files: Iterable[Path]) -> str:
    """Return what stands for the content of *files* below *folder*.

    Raises:
        OSError: One of them cannot be read.
    """
    digest = hashlib.sha256()
    code = (Path(__file__), Path(frozen.__file__), *map(Path(__file__).with_name, CODE))
    paths = {path.name: path for path in code}
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
        digest, _, data = (folder / f"catalog-{key}.json").read_bytes().partition(b"\n")
    except OSError:
        return None
    if digest != _digest(data):
        return None
    kept = json.loads(data, object_hook=_built)
    return cast("tuple[Pattern, ...]", _tuples(kept))


def keep(key: str, patterns: tuple[Pattern, ...]) -> None:
    """Keep *patterns* under *key*, where that is possible."""
    folder = _folder()
    if folder is None:
        return
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        data = json.dumps(patterns, default=_told).encode()
        handle, name = tempfile.mkstemp(dir=folder, prefix="catalog-", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(_digest(data) + b"\n" + data)
        Path(name).replace(folder / f"catalog-{key}.json")
        _forget(folder)


def _told(one: Frozen) -> dict[str, object]:
    """Return the model's name, and the fields that are not as they are when left out."""
    fields = {name: getattr(one, name) for name in one.model_fields}
    usual = one.model_defaults.items()
    own = {name: value for name, value in fields.items() if (name, value) not in usual}
    return {_MODEL: type(one).__name__, **own}


def _built(fields: dict[str, Any]) -> object:
    """Return the model that *fields* tell of, or themselves where they tell of none."""
    name = fields.pop(_MODEL, None)
    if name is None:
        return fields
    for key, value in fields.items():
        if type(value) is list:
            fields[key] = _tuples(value)
    return _MODELS[name].model_construct(fields)


def _tuples(value: object) -> object:
    """Return *value* with a tuple for each list, as models hold them."""
    return tuple(map(_tuples, value)) if type(value) is list else value


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).hexdigest().encode()


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
