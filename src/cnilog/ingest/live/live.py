"""Read sources that still grow: at any moment what `ingest.read` gives of the bytes so far."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cnilog.ingest.live.growing import Growing
from cnilog.ingest.member import MemberReader
from cnilog.ingest.place import Place
from cnilog.ingest.place.bundles import places
from cnilog.ingest.read import together
from cnilog.ingest.sources import members_of
from cnilog.ingest.streams import identities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cnilog.finding import Document
    from cnilog.ingest.part import Part
    from cnilog.reading import Reading


class Live:
    """Files that grow, by name.

    Args:
        keep: Literals of the records to keep, as for `ingest.read`.
    """

    def __init__(self, keep: Sequence[str]) -> None:
        self.files: dict[str, Growing] = {}
        self._keep = keep
        self._read: dict[tuple[tuple[str, int], ...], tuple[list[Part], list[Document]]] = {}

    def add(self, name: str, data: bytes, modified: datetime | None = None) -> None:
        """Take the bytes that come next in the file *name*."""
        if name not in self.files:
            self.files[name] = Growing(name, self._keep, modified)
        self.files[name].add(data)

    def close(self) -> None:
        """Let go of what is held on disk."""
        for file in self.files.values():
            file.close()

    @property
    def interest(self) -> int:
        """A number that changes when something came that a pattern may want."""
        return sum(file.interest for file in self.files.values())

    @property
    def settled(self) -> int:
        """How many records, from the first, are the same in every later reading; a lower bound."""
        return next(iter(self.files.values())).kept if len(self.files) == 1 else 0

    def reading_of(self, file: Growing) -> Reading | None:
        """Return what is kept of one *file* alone, its records numbered as in its entries."""
        part = file.settled()
        return together([part], []) if part is not None else None

    def reading(self) -> Reading:
        """Return what the files hold by now; nothing is wrong with one that cannot be read."""
        parts = {name: file.part() for name, file in self.files.items()}
        known = {name: part for name, part in parts.items() if part is not None}
        again = _delivered_twice(known)
        whole = [
            file
            for name, file in sorted(self.files.items(), key=lambda pair: _walked(pair[0]))
            if name not in known or (name in again and file.has_all)
        ]
        apart = {one.name for one in whole}
        read, documents = self._wholly(whole)
        lines = [part for name, part in known.items() if name not in apart]
        order = sorted(self.files, key=_walked)
        both = sorted((*lines, *read), key=lambda part: _place(part.file, order))
        return together(both, documents)

    def _wholly(self, files: Sequence[Growing]) -> tuple[list[Part], list[Document]]:
        """Return what *files* hold that must be read as a whole; the same ones are read once."""
        key = tuple((file.name, file.size) for file in files)
        if key not in self._read:
            reader = MemberReader(self._keep)
            for file in files:
                for member in members_of(file.name, file.start(), file.modified):
                    reader.read(member)
                if file.lost:
                    reader.parts()[
                        -1
                    ].damaged = f"the first {file.lost >> 20} MiB are not looked at"
            self._read = {key: (reader.parts(), reader.documents)}
        return self._read[key]


def _delivered_twice(parts: Mapping[str, Part]) -> set[str]:
    """Return the files that may hold the lines of one container twice."""
    if len(parts) < 2:
        return set()
    where = places(list(parts), ())
    owners = {
        name: {
            (who.pod, who.container)
            for who in identities(part, where.get(name, Place()))
            if who.pod and who.container
        }
        for name, part in parts.items()
    }
    counted = Counter(who for some in owners.values() for who in some)
    return {name for name, some in owners.items() if any(counted[who] > 1 for who in some)}


def _walked(file: str) -> list[tuple[bool, str]]:
    """Return where a walk through folders meets *file*: files before the folders beside them."""
    *folders, name = file.split("/")
    return [*((True, folder) for folder in folders), (False, name)]


def _place(file: str, order: Sequence[str]) -> int:
    name = file if file in order else file.partition("!")[0]
    return order.index(name) if name in order else len(order)
