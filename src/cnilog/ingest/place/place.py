"""Where a file stood: the node, pod, container and program that its path tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Mapping

INSTANCE: Final = regex(r"i-[0-9a-f]{8,17}")


class Place(NamedTuple):
    """What is known of a file from its path and from the bundle it lies in; null where unknown."""

    node: str | None = None
    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    component: str | None = None  # a word of `schema.COMPONENTS`
    writer: str | None = None  # files with one writer are rotations of one log
    rank: tuple[int, str] = (0, "")  # order among the files of one writer, oldest first
    ignore: str | None = None  # why the file is not worth reading (a torn copy, say)
    alone: bool = False  # all lines of the file come from `node`, whatever name they use for it
    pods: Mapping[tuple[str | None, str | None], str] = {}  # pod → node

    def node_of(self, node: str | None, namespace: str | None, pod: str | None) -> str | None:
        """Return the node of a line that states *node* and comes from *pod*; null if unknown."""
        if self.alone:
            return self.node
        if node and self.node and INSTANCE.fullmatch(node):
            return self.node  # the name of the host says more than the instance's id
        return node or self.pods.get((namespace, pod)) or self.pods.get((None, pod)) or self.node
