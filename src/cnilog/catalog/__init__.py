"""What is known of failures: the patterns, their language, and the messages the CNI prints."""

from __future__ import annotations

from cnilog.catalog.load import DEFAULT, load_catalog
from cnilog.catalog.model import Catalog, Pattern, Signal
from cnilog.catalog.when import When

__all__ = ["DEFAULT", "Catalog", "Pattern", "Signal", "When", "load_catalog"]
