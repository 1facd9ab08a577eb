"""Tell logs from other files, by what is in them and at last by their name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.decode import decode
from cnilog.ingest.formats import FORMATS
from cnilog.ingest.multiline import unwrap
from cnilog.ingest.peel import COLOURED, Peeler, envelope_of, is_bare, sample_of
from cnilog.ingest.peeled import peeled
from cnilog.ingest.wrapped import rejoin, wrapped
from cnilog.lazily import regex

if TYPE_CHECKING:
    from cnilog.finding import Document

SHOWN: Final = 200  # lines that are tried
LOG_NAME: Final = regex(
    r"(?i)\.log(?:$|[.0-9-])|logs?\.txt$|ipamd|plugin|kubelet|aws-node|messages$|journal|-json\.log"
)
EVIDENCE_NAME: Final = regex(
    r"(?i)\.(?:json|ya?ml|tf|conf|conflist|link|xml|html?|prom|ini|cfg)(?:\.(?:gz|zst|bz2|xz))?$"
)
WEAK: Final = frozenset(  # envelopes that any text may carry; the others are made for logs
    {"quoted", "indented", "numbered", "grep", "json-string", "k9s-escapes", "k9s-container",
     "compose", "kubetail", "k9s-screen"}
)  # fmt: skip
# sentences of programs in trouble, as people paste them without time and level; tables hold none
TROUBLE: Final = regex(
    r"(?i)failed to|unable to|cannot |could not|not ready:|rpc error|error: |is forbidden"
    r"|unauthorized|connection refused|timed out|probe (?:failed|errored)|panic: |back-off "
    r"|(?:api|operation|request) error|status code: [45]|failed \((?:add|del)\)|exec format error"
    r"|no such file|not authorized|access ?denied|not (?:have )?enough|limit ?exceeded"
)
# how JSON, XML and YAML begin; a shell's prompt and a level may stand in brackets, too
DATA: Final = regex(r'[{<]|\[\s*(?:[{\["\]]|-?[0-9.]+\s*[,\]]|$)|apiVersion:|---')
EVENTS_NAME: Final = regex(r"(?i)events?[^/]*$")


def is_document(sample: str, file: str) -> bool:
    """Return whether a text file is no log: hardly a line of it is a record.

    Args:
        sample: Its first part.
        file: Its name, which decides where the content does not.
    """
    lines = [line for line in sample.splitlines()[:SHOWN] if line.strip()]
    if not lines or is_bare(lines):
        return False
    is_log = looks_like_log(file)
    if not is_log and _is_plain(lines):
        return not (says_trouble(lines) and not EVIDENCE_NAME.search(file))
    outer = envelope_of(sample_of(lines))
    if outer and outer.name not in WEAK:  # as will be found below, at a hundred times the price
        return False
    peeler = Peeler()
    inner = peeler.peel(rejoin(peeled(pl.DataFrame({"text": lines}))))
    if set(peeler.names) - WEAK:
        return False
    rows = decode(unwrap(inner.filter(pl.col("text").str.strip_chars() != "")))
    read = rows["format"].drop_nulls()
    if len(read) and len(read) >= rows.height * 0.1:
        return False
    if is_log and not EVIDENCE_NAME.search(file):
        return False
    return len(read) == 0 and not (says_trouble(lines) and not EVIDENCE_NAME.search(file))


def _is_plain(lines: list[str]) -> bool:
    """Return whether no line of a text carries an envelope or is of a format: one query asks it."""
    texts = pl.DataFrame({"text": lines})
    tests = [*(form.test for form in FORMATS), pl.col("text").str.contains(COLOURED)]
    return (
        not texts.select(pl.any_horizontal(tests).any()).item()
        and envelope_of(sample_of(lines)) is None
        and not wrapped(lines)
    )


def is_prose(document: Document) -> bool:
    """Return whether *document* is a text of sentences, and whole, not data with a grammar."""
    told = document.text.lstrip()
    return not (document.truncated or EVIDENCE_NAME.search(document.file) or DATA.match(told))


def says_trouble(lines: list[str]) -> bool:
    """Return whether half of *lines* are sentences of a program in trouble.

    Of a page with blocks of code (Markdown) only those count: what is around them is a letter.
    """
    fences = [at for at, line in enumerate(lines) if line.lstrip().startswith("```")]
    pairs = zip(fences[::2], fences[1::2], strict=False)
    told = [line for begin, end in pairs for line in lines[begin + 1 : end]] or lines
    return 2 * sum(bool(TROUBLE.search(line)) for line in told) >= len(told)


def looks_like_log(file: str) -> bool:
    """Return whether the name of *file* is that of a log."""
    name = re.split(r"[/!]", file)[-1]
    log = LOG_NAME.search(name) or EVENTS_NAME.search(name)
    return bool(log) and not EVIDENCE_NAME.search(name)
