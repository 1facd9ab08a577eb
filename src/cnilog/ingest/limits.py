"""How much of a hostile or huge source is read before it is let go, and the keeping of that."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.errors import SourceError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence


class Limits(NamedTuple):
    """Bounds on what one source may hold. The first six have a flag: ``--limit ratio=1000``."""

    members: int = 200_000  # files of one archive or folder
    depth: int = 6  # archives in archives, compressions on compressions
    member_mib: int = 16_384  # what one compressed file, or file of an archive, may give
    total_mib: int = 65_536  # what all files of one archive may give
    ratio: int = 200  # bytes that one packed byte may give, past `ratio_from`; logs give 5 to 60
    seconds: int = 3_600  # that one archive or compressed file may take
    ratio_from: int = 16 << 20
    held: int = 1 << 30  # bytes of one zip or document that are held at a time
    line: int = 1 << 20  # characters of one line; the rest of a longer line is cut
    document: int = 8 << 20  # characters of one document that are handed on


LIMITS: Final = Limits()
SEVERAL: Final = 4  # bombs in one archive that are let go one by one, before the whole is
FLAGS: Final = tuple(name.replace("_", "-") for name in Limits._fields)[:6]


def limits_of(given: Sequence[str]) -> Limits:
    """Return the limits that a user wrote as ``name=number``, the others as they are.

    Raises:
        UnknownNameError: There is no limit of that name.
        SourceError: What stands behind the name is no number above 0.
    """
    changed = {}
    for one in given:
        name, _, number = one.partition("=")
        if name not in FLAGS:
            raise UnknownNameError("limit", name, FLAGS)
        if not (number.isascii() and number.isdigit() and int(number[:18])):
            raise SourceError(f"--limit {one}: is no limit. Write --limit {name}=100")
        changed[name.replace("-", "_")] = int(number[:18])
    return LIMITS._replace(**changed)


class OverLimitError(ValueError):
    """A file or an archive gives more than it may; damage to those who read it."""


class Budget:
    """What one archive or compressed file may still cost; all that lies in it draws on it.

    Attributes:
        limits: The bounds.
        spent: Why nothing more is read of the whole; null while it is not spent.
    """

    def __init__(self, limits: Limits, packed: Callable[[], int]) -> None:
        """*packed* says how many bytes of the packed file were taken so far."""
        self.limits = limits
        self.spent: str | None = None
        self._packed = packed
        self._members, self._made = 0, 0
        self._end = time.monotonic() + limits.seconds

    def enter(self) -> bool:
        """Count a member; return whether it may be read."""
        self._members += 1
        if self._members > self.limits.members:
            self._spend(f"holds more than {self.limits.members} members", "members")
        self._look_at_clock()
        return self.spent is None

    def metered(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        """Yield *blocks* of one file; raise `OverLimitError` where they are too many."""
        own = 0
        for block in in_proportion(blocks, self._packed, self.limits):
            own += len(block)
            self._made += len(block)
            if own > self.limits.member_mib << 20:
                words = f"gives more than {self.limits.member_mib} MiB"
                raise OverLimitError(f"{words} (more with --limit member-mib=N)")
            self._look_at_sums()
            if self.spent:
                raise OverLimitError(self.spent)
            yield block

    def _look_at_sums(self) -> None:
        if self._made > self.limits.total_mib << 20:
            self._spend(f"gives more than {self.limits.total_mib} MiB in all", "total-mib")
        if _is_bomb(self._made // SEVERAL, self._packed(), self.limits):
            self._spend(f"inflates to more than {self.limits.ratio} times its size", "ratio")
        self._look_at_clock()

    def _look_at_clock(self) -> None:
        if time.monotonic() > self._end:
            self._spend(f"takes more than {self.limits.seconds} seconds", "seconds")

    def _spend(self, reason: str, flag: str) -> None:
        self.spent = self.spent or f"{reason} (more with --limit {flag}=N)"


def in_proportion(
    blocks: Iterable[bytes], packed: Callable[[], int], limits: Limits
) -> Iterator[bytes]:
    """Yield *blocks*, made of *packed* bytes; raise `OverLimitError` where they are too many."""
    made = 0
    for block in blocks:
        made += len(block)
        if _is_bomb(made, packed(), limits):
            times = f"inflates to more than {limits.ratio} times its size"
            raise OverLimitError(f"{times} (more with --limit ratio=N)")
        yield block


def _is_bomb(made: int, packed: int, limits: Limits) -> bool:
    return made > limits.ratio_from and made > limits.ratio * packed
