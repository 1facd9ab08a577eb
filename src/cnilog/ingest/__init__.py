"""Read sources into the records frame; every line is accounted for."""

from cnilog.ingest.read import read
from cnilog.reading import Reading

__all__ = ["Reading", "read"]
