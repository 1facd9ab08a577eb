"""Where a file stood: the node, pod, container and program that its path tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a file from its path and from the bundle it lies in; null where unknown."""

    node: str | None = None
    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    component: str | None = None  # a word of `schema.COMPONENTS`
    writer: str | None = None  # files with one writer are rotations of one log
    rank: tuple[int, str] = (0, "")  # order among the files of one writer, oldest first
    ignore: str | None = None  # why the file is not worth reading (a torn copy, say)
