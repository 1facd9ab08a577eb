"""A batch's results as lazy frames, and their compaction.

A result is one small Parquet file; ten thousand of them take seconds to open. Compaction writes
them into few files and a manifest of the keys they hold; a reader takes the manifest's files and
whatever result is not in it, so a crash in between costs only speed.
"""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.batch.store import open_store
from cnilog.batch.table import FACT, FINDING, RESULTS, SIGN
from cnilog.buckets import endpoint, is_address
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from cnilog.batch.store import Store

PART: Final = 1_000  # results a compacted file: they are held at a time, with their reports


@dataclass(frozen=True)
class Batch:
    """One version of a batch's results.

    ``results`` has one row a bundle (schema `RESULTS`); ``findings``, ``signs`` and ``facts`` have
    one row each, with the bundle's ``key`` and ``source``.
    """

    root: str
    version: str

    @cached_property
    def results(self) -> pl.LazyFrame:
        """One row a bundle, done or failed."""
        paths = _paths(self.root, self.version)
        if not paths:
            return pl.LazyFrame(schema=RESULTS)
        return pl.scan_parquet(
            paths, schema=RESULTS, storage_options=_options(self.root), glob=False
        )

    @cached_property
    def findings(self) -> pl.LazyFrame:
        """One row for each cause or symptom of each bundle."""
        return self._rows("findings", FINDING)

    @cached_property
    def signs(self) -> pl.LazyFrame:
        """One row for each point of each timeline."""
        return self._rows("signs", SIGN)

    @cached_property
    def facts(self) -> pl.LazyFrame:
        """One row for each fact of each node."""
        return self._rows("facts", FACT)

    def _rows(self, column: str, shape: pl.Struct) -> pl.LazyFrame:
        names = [field.name for field in shape.fields]
        return (
            self.results.filter(pl.col(column).list.len() > 0)
            .select("key", "source", "cni", pl.col(column))
            .explode(column, empty_as_null=False, keep_nulls=False)
            .select("key", "source", "cni", *[pl.col(column).struct.field(n) for n in names])
        )


def open_batch(root: str, version: str | None = None) -> Batch:
    """Return the results under *root*: of *version*, or of the one written last.

    Raises:
        SourceError: There is no batch.
    """
    there = is_address(root) or Path(root).is_dir()
    folders = open_store(root).folders() if there else []
    versions = [name.removeprefix("v-") for name in folders if name.startswith("v-")]
    if not versions or (version and version not in versions):
        raise SourceError(f"{root}: no batch results in it. Run cnilog batch with --out {root}")
    return Batch(root, version or versions[-1])


def compact(root: str, version: str) -> int:
    """Write the results of *version* that lie alone into few files; return how many are in such.

    Failures are left as they are: they are few, and `--retry-failed` replaces them.
    """
    store = open_store(root)
    held = _held(store, version)
    known = {name for names in held.values() for name in names}
    loose = sorted(name for name in store.names(f"v-{version}/results") if name not in known)
    for start in range(0, len(loose), PART):
        some = loose[start : start + PART]
        paths = [f"{root}/{name}" for name in some]
        frame = pl.read_parquet(paths, schema=RESULTS, storage_options=_options(root), glob=False)
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd")
        part = f"v-{version}/compact/part-{uuid.uuid4().hex}.parquet"
        store.put(part, buffer.getvalue())
        held[part] = some
    if loose:
        store.put(f"v-{version}/compact/manifest.json", json.dumps(held).encode())
    return len(known) + len(loose)


def _held(store: Store, version: str) -> dict[str, list[str]]:
    """Return which results lie in which compacted file."""
    held: dict[str, list[str]] = json.loads(
        store.get(f"v-{version}/compact/manifest.json") or b"{}"
    )
    return held


def _paths(root: str, version: str) -> list[str]:
    """Return the compacted files, and every result that is in none of them."""
    store = open_store(root)
    held = _held(store, version)
    known = {name for names in held.values() for name in names}
    loose = [
        name
        for kind in ("results", "failed")
        for name in store.names(f"v-{version}/{kind}")
        if name not in known
    ]
    return [f"{root}/{name}" for name in (*held, *sorted(loose))]


def _options(root: str) -> dict[str, str] | None:
    """Return what Polars needs to reach an S3-compatible server named by the environment."""
    server = endpoint()
    if not is_address(root) or not server:
        return None
    return {
        "aws_endpoint_url": server,
        "aws_allow_http": str(server.startswith("http://")).lower(),
    }
