"""Tell logs from other files, by what is in them and at last by their name."""

from __future__ import annotations

import re
from typing import Final

import polars as pl

from cnilog.ingest.decode import decode
from cnilog.ingest.multiline import unwrap
from cnilog.ingest.peel import Peeler, is_bare
from cnilog.ingest.peeled import peeled

SHOWN: Final = 200  # lines that are tried
LOG_NAME: Final = re.compile(
    r"(?i)\.log(?:$|[.\d-])|logs?\.txt$|ipamd|plugin|kubelet|aws-node|messages$|journal|-json\.log"
)
EVIDENCE_NAME: Final = re.compile(
    r"(?i)\.(?:json|ya?ml|tf|conf|conflist|link|xml|html?|prom|ini|cfg)(?:\.(?:gz|zst|bz2|xz))?$"
)
WEAK: Final = frozenset(  # envelopes that any text may carry; the others are made for logs
    {"quoted", "indented", "numbered", "grep", "json-string", "k9s-escapes", "k9s-container",
     "compose", "kubetail", "k9s-screen"}
)  # fmt: skip
EVENTS_NAME: Final = re.compile(r"(?i)events?[^/]*$")


def is_document(sample: str, file: str) -> bool:
    """Return whether a text file is no log: hardly a line of it is a record.

    Args:
        sample: Its first part.
        file: Its name, which decides where the content does not.
    """
    lines = [line for line in sample.splitlines()[:SHOWN] if line.strip()]
    if not lines or is_bare(lines):
        return False
    peeler = Peeler()
    inner = peeler.peel(peeled(pl.DataFrame({"text": lines})))
    if set(peeler.names) - WEAK:
        return False
    rows = decode(unwrap(inner.filter(pl.col("text").str.strip_chars() != "")))
    read = rows["format"].drop_nulls()
    if len(read) and len(read) >= rows.height * 0.1:
        return False
    if looks_like_log(file) and not EVIDENCE_NAME.search(file):
        return False
    return len(read) == 0


def looks_like_log(file: str) -> bool:
    """Return whether the name of *file* is that of a log."""
    name = re.split(r"[/!]", file)[-1]
    log = LOG_NAME.search(name) or EVENTS_NAME.search(name)
    return bool(log) and not EVIDENCE_NAME.search(name)
