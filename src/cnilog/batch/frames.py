"""A batch's results as lazy frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from cnilog.batch.compaction import joined, key_of, options
from cnilog.batch.store import open_store
from cnilog.batch.table import FACT, FINDING, RESULTS, SIGN
from cnilog.buckets import is_address
from cnilog.errors import SourceError


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
            paths, schema=RESULTS, storage_options=options(self.root), glob=False
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


def _paths(root: str, version: str) -> list[str]:
    """Return the joined files, and every result that is in none of them."""
    store = open_store(root)
    held = joined(store, version)
    known = {key for keys in held.values() for key in keys}
    loose = [
        name
        for kind in ("results", "failed")
        for name in store.names(f"v-{version}/{kind}")
        if kind == "failed" or key_of(name) not in known
    ]
    return [f"{root}/{name}" for name in (*held, *sorted(loose))]
