"""Know what is done: the result files are the ledger.

    OUT/v-<version>/results/<2 hex>/<key>.parquet    a bundle that was analyzed: the commit point
    OUT/v-<version>/failed/<2 hex>/<key>.parquet     one that could not be, with the reason
    OUT/v-<version>/attempts/<key>.<n>               written before attempt n: counts what kills
    OUT/v-<version>/seen/<writer>.jsonl              source and stamp to key: spares reading again

The key is a hash of the content, the version one of the catalog and the result's schema, so a
result is a function of its name: a rerun writes the same bytes, whoever runs it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnilog.batch.store import Store

MOST_ATTEMPTS: Final = 3  # a bundle that killed its worker three times is given up
KILLED: Final = "it ended its worker (a crash, or no memory left)"


@dataclass(slots=True)
class Ledger:
    """The state of one version of one batch."""

    store: Store
    version: str
    done: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)  # begun and not finished: under way, or deadly
    seen: dict[str, str] = field(default_factory=dict)  # source|stamp -> key

    @property
    def home(self) -> str:
        """The folder of this version."""
        return f"v-{self.version}"

    def load(self) -> Ledger:
        """Read what is there: three listings and the small files of what was seen."""
        self.done = {_key(name) for name in self.store.names(f"{self.home}/results")}
        self.failed = {_key(name) for name in self.store.names(f"{self.home}/failed")}
        marks = self.store.names(f"{self.home}/attempts")
        self.tried = {_key(name).rpartition(".")[0] for name in marks}
        for name in self.store.names(f"{self.home}/seen"):
            for line in (self.store.get(name) or b"").splitlines():
                entry = _entry(line)
                if entry:
                    self.seen[entry[0]] = entry[1]
        return self

    def forget(self) -> None:
        """Let go of what was loaded."""
        self.done, self.failed, self.tried, self.seen = set(), set(), set(), {}

    def key_of(self, seen_as: str) -> str | None:
        """Return the content key of a source, if it was read before in this very state."""
        return self.seen.get(seen_as)

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

    def mark_name(self, key: str, turn: int) -> str:
        """The name of the mark of one attempt."""
        return f"{self.home}/attempts/{key}.{turn}"

    def begin(self, key: str) -> int:
        """Write down that an attempt begins; return its number, from 1."""
        turn = 1
        while self.store.exists(self.mark_name(key, turn)):
            turn += 1
        if turn <= MOST_ATTEMPTS:
            self.store.mark(self.mark_name(key, turn), b"")
        return turn

    def explain(self, key: str, turn: int, reason: str) -> None:
        """Write into the mark of attempt *turn* why it ends."""
        self.store.mark(self.mark_name(key, turn), reason.encode())

    def why(self, key: str) -> str:
        """Return why the attempts at *key* ended, as the last one that knew says."""
        marks = [self.store.get(self.mark_name(key, turn)) for turn in range(1, MOST_ATTEMPTS + 1)]
        known = [mark.decode("utf-8", "replace") for mark in marks if mark] or [KILLED]
        return f"given up after {MOST_ATTEMPTS} attempts: {known[-1]}"

    def finish(self, key: str, table: bytes, turn: int = MOST_ATTEMPTS) -> None:
        """Commit a result; from here on the bundle is done."""
        self.store.put(self.result_name(key), table)
        self.store.delete(self.failed_name(key))
        self.forget_attempts(key, turn)

    def fail(self, key: str, table: bytes, turn: int = MOST_ATTEMPTS) -> None:
        """Commit a failure."""
        self.store.put(self.failed_name(key), table)
        self.forget_attempts(key, turn)

    def forget_attempts(self, key: str, turn: int = MOST_ATTEMPTS) -> None:
        """Remove the marks of attempts up to *turn*."""
        for number in range(1, min(turn, MOST_ATTEMPTS) + 1):
            self.store.delete(self.mark_name(key, number))

    def forget_attempt(self, key: str, turn: int) -> None:
        """Remove the mark of one attempt: it was stopped from outside, which is no fault."""
        self.store.delete(self.mark_name(key, turn))

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
