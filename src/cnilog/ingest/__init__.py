"""Read sources into the records frame; every line is accounted for."""

from cnilog.ingest.read import read, read_prose
from cnilog.reading import Reading

__all__ = ["Reading", "read", "read_prose"]
