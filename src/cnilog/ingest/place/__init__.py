"""Say of each file of a source which node, pod, container and program wrote it."""

from cnilog.ingest.place.place import Place

__all__ = ["Place"]
