"""Know what is done: the result files are the ledger.

    OUT/v-<version>/results/<2 hex>/<key>.parquet    a bundle that was analyzed: the commit point
    OUT/v-<version>/failed/<2 hex>/<key>.parquet     one that could not be, with the reason
    OUT/v-<version>/attempts/<key>.<n>               written before attempt n: counts what kills
    OUT/v-<version>/seen/<writer>.jsonl              source and stamp to key: spares reading again

The key is a hash of the content, the version one of the catalog and the result's schema, so a
result is a function of its name: a rerun writes the same bytes, whoever runs it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnilog.batch.store import Store

MOST_ATTEMPTS: Final = 3  # a bundle that killed its worker three times is given up


@dataclass(slots=True)
class Ledger:
    """The state of one version of one batch."""

    store: Store
    version: str
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    seen: dict[str, str] = field(default_factory=dict)  # source|stamp -> key

    @property
    def home(self) -> str:
        """The folder of this version."""
        return f"v-{self.version}"

    def load(self) -> Ledger:
        """Read what is there: two listings and the small files of what was seen."""
        self.done = {_key(name) for name in self.store.names(f"{self.home}/results")}
        self.failed = {_key(name) for name in self.store.names(f"{self.home}/failed")}
        for name in self.store.names(f"{self.home}/seen"):
            for line in (self.store.get(name) or b"").splitlines():
                entry = _entry(line)
                if entry:
                    self.seen[entry[0]] = entry[1]
        return self

    def key_of(self, source: str, stamp: str) -> str | None:
        """Return the content key of *source*, if it was read before in this very state."""
        return self.seen.get(f"{source}|{stamp}")

    def has(self, key: str, *, retry_failed: bool = False) -> bool:
        """Ask the storage itself whether *key* is finished."""
        if self.store.exists(self.result_name(key)):
            return True
        return not retry_failed and self.store.exists(self.failed_name(key))

    def result_name(self, key: str) -> str:
        """The name of a result."""
        return f"{self.home}/results/{key[:2]}/{key}.parquet"

    def failed_name(self, key: str) -> str:
        """The name of a failure."""
        return f"{self.home}/failed/{key[:2]}/{key}.parquet"

    def begin(self, key: str) -> int:
        """Write down that an attempt begins; return its number, from 1."""
        turn = 1
        while self.store.exists(f"{self.home}/attempts/{key}.{turn}"):
            turn += 1
        if turn <= MOST_ATTEMPTS:
            self.store.put(f"{self.home}/attempts/{key}.{turn}", b"")
        return turn

    def finish(self, key: str, table: bytes) -> None:
        """Commit a result; from here on the bundle is done."""
        self.store.put(self.result_name(key), table)
        self.store.delete(self.failed_name(key))
        self.forget_attempts(key)

    def fail(self, key: str, table: bytes) -> None:
        """Commit a failure."""
        self.store.put(self.failed_name(key), table)
        self.forget_attempts(key)

    def forget_attempts(self, key: str) -> None:
        """Remove the marks of attempts."""
        for turn in range(1, MOST_ATTEMPTS + 1):
            self.store.delete(f"{self.home}/attempts/{key}.{turn}")

    def remember(self, writer: str, entries: dict[str, str]) -> None:
        """Keep which source had which key, in a file of this writer's own."""
        lines = [json.dumps({"source": source, "key": key}) for source, key in entries.items()]
        self.store.put(f"{self.home}/seen/{writer}.jsonl", "\n".join(lines).encode())


def _key(name: str) -> str:
    return name.rsplit("/", 1)[-1].removesuffix(".parquet")


def _entry(line: bytes) -> tuple[str, str] | None:
    """Return source and key; a line that a crash cut is worth nothing and costs nothing."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return (entry["source"], entry["key"]) if isinstance(entry, dict) else None


def content_key(*parts: bytes) -> str:
    """Return the key of a content."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()
