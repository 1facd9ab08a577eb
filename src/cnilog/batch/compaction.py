"""Join small result files into large ones: ten thousand small ones take seconds to open.

    OUT/v-<version>/compact/<hash of its keys>.parquet    some hundred results, as they are

The small files stay, for they are the ledger. A reader takes the joined files and whatever result
is in none of them, so a stop in between costs only speed. Where two writers joined the same
result, the later of their files by name is left out, and what only it holds is read singly.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.batch.store import open_store
from cnilog.batch.table import RESULTS
from cnilog.buckets import brief, endpoint, is_address
from cnilog.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.batch.store import Store

PART: Final = 500  # results a joined file: they are held at a time, with their reports
MANY: Final = 1_000  # small files from which on a batch joins them by itself


def compact(root: str, version: str, least: int = 1) -> int:
    """Join the results of *version* that lie alone; return how many lie in joined files then.

    Failures are left as they are: they are few, and `--retry-failed` replaces them.

    Args:
        root: Where the batch lies, a folder or an ``s3://`` prefix.
        version: Of the results.
        least: How many must lie alone for anything to be done.

    Raises:
        OutputError: A result cannot be read, or nothing can be written.
    """
    store = open_store(root)
    held = {key for keys in joined(store, version).values() for key in keys}
    names = {key_of(name): name for name in store.names(f"v-{version}/results")}
    loose = sorted(names.keys() - held)
    if len(loose) < least:
        return len(held)
    for start in range(0, len(loose), PART):
        _join(store, version, [names[key] for key in loose[start : start + PART]])
    return len(held) + len(loose)


def _join(store: Store, version: str, names: Sequence[str]) -> None:
    frame = _read(store, names, RESULTS.names())
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", statistics=False)
    name = hashlib.blake2b("\n".join(names).encode(), digest_size=16).hexdigest()
    store.put(f"v-{version}/compact/{name}.parquet", buffer.getvalue())


def joined(store: Store, version: str) -> dict[str, list[str]]:
    """Return the joined files that are to be read, and the keys of the results in each."""
    found: dict[str, list[str]] = {}
    taken: set[str] = set()
    names = store.names(f"v-{version}/compact")
    for name in sorted(name for name in names if name.endswith(".parquet")):
        keys = _read(store, [name], ["key"])["key"].to_list()
        if taken.isdisjoint(keys):
            taken.update(keys)
            found[name] = keys
    return found


def _read(store: Store, names: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    paths = [f"{store.root}/{name}" for name in names]
    try:
        return pl.read_parquet(
            paths, columns=list(columns), storage_options=options(store.root), glob=False
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        which = paths[0] if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1:,} more"
        raise OutputError(f"{which}: cannot be read ({brief(error)})") from error


def key_of(name: str) -> str:
    """Return the key of the result that is named *name*."""
    return name.rpartition("/")[2].removesuffix(".parquet")


def options(root: str) -> dict[str, str] | None:
    """Return what Polars needs to reach an S3-compatible server named by the environment."""
    server = endpoint()
    if not is_address(root) or not server:
        return None
    return {
        "aws_endpoint_url": server,
        "aws_allow_http": str(server.startswith("http://")).lower(),
    }
