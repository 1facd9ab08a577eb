"""Say of each file in a bundle where it stood: which node, pod, container and program.

Called once, after every file was read, so that files which carry the identity of the others
(`instance-id.txt`, `pods.json`, …) are known whatever their order in the archive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.ingest.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cnilog.finding import Document


def places(files: Sequence[str], documents: Sequence[Document]) -> Mapping[str, Place]:
    """Return the place of each of *files* (paths as given, ``archive.tgz!inner/path``)."""
    return {file: Place() for file in files}
