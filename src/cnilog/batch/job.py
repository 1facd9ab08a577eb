"""What is to be done with one bundle, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal["done", "skipped", "failed", "given up"]


@dataclass(frozen=True, slots=True)
class Job:
    """One bundle to analyze.

    ``stamp`` changes when the bundle does (size and modification time, or an object's etag), so a
    rerun knows without reading whether it has seen it.
    """

    source: str  # path or s3:// address
    size_bytes: int
    stamp: str
    key: str | None = None  # of the content, where it is known without reading
    parts: tuple[str, ...] = ()  # what to read, where the bundle is not all that lies at source
    again: bool = False  # this very run gave it to a worker before, which died

    @property
    def seen_as(self) -> str:
        """What the ledger remembers it by."""
        return f"{self.source}|{self.stamp}"

    @property
    def reading(self) -> str | list[str]:
        """What an analysis reads."""
        return list(self.parts) or self.source


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a worker tells the driver: small, so that the driver's memory stays flat."""

    source: str
    status: Status
    key: str | None = None
    error: str = ""
    seconds: float = 0.0
    causes: int = 0  # how many causes at likely or above were named
    size_bytes: int = 0
    seen_as: str = ""
    unwritten: bool = False  # the storage refused; nothing of this bundle is in the ledger
