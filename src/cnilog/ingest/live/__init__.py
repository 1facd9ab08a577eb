"""Read sources while they grow: at any moment what `ingest.read` gives of the bytes so far."""

from cnilog.ingest.live.live import Live

__all__ = ["Live"]
