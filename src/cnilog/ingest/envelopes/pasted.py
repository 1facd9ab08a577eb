r"""Peel what pasting and searching put before lines.

    ipamd.log:1:LINE          grep -n over several files; ``file-12-`` are lines of context
    12:LINE                   grep -n on one file
         1	LINE              cat -n, less -N
    > LINE                    an answer to a mail; four blanks: a block of code
    "LINE"                    jq without -r: each line a JSON string that holds a line

A grep over files of several nodes leaves the file as the writer.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope, share
from cnilog.ingest.envelopes.tails import named
from cnilog.ingest.escapes import whole
from cnilog.ingest.peeled import learn
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FILE: Final = r"(?:[A-Za-z]:\\)?[^\s:{}\"=./\\]*[./\\][^\s:{}\"=]*"
GREP_HEADER: Final = rf"^({FILE})(?::(?:[0-9]+:)?|-[0-9]+-)"
NUMBER_HEADER: Final = r"^(?: {0,6}[0-9]{1,9}\t| {1,6}[0-9]{1,9} {1,2}|[0-9]{1,9}[:-])"
STRING: Final = regex(r'^"(?:[^"\\]|\\.)*",?$')
INDENT: Final = r"^(?: {4}| {2}|\t)"
GREPPED: Final = 0.8


def _fits_grep(sample: Sequence[str]) -> bool:
    found = [match[1] for line in sample if (match := re.match(GREP_HEADER, line))]
    if not found or len(found) < GREPPED * len(sample):
        return False
    return len(set(found)) <= max(1, len(found) // 2) and not any(f.isdigit() for f in found)


def _peel_grep(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(GREP_HEADER)
    return named(
        learn(
            frame,
            writer=text.str.extract(GREP_HEADER, 1),
            text=pl.when(carries).then(text.str.replace(GREP_HEADER, "")),
        )
    )


def _fits_number(sample: Sequence[str]) -> bool:
    """Return whether the lines are numbered, the numbers rising."""
    found = [re.match(NUMBER_HEADER, line) for line in sample]
    numbers = [int(re.sub(r"\D", "", match[0])) for match in found if match]
    rises = sum(b > a for a, b in pairwise(numbers))
    return (
        len(numbers) >= GREPPED * len(sample)
        and rises >= 0.9 * (len(numbers) - 1)
        and (len(numbers) > 1 or bool(re.match(r"^ *[0-9]+\t", sample[0])))
    )


def _peel_number(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(NUMBER_HEADER)
    return learn(frame, text=pl.when(carries).then(text.str.replace(NUMBER_HEADER, "")))


def _fits_string(sample: Sequence[str]) -> bool:
    return share(sample, lambda line: STRING.match(line) and r"\"" in line) >= SHARE


def _peel_string(frame: pl.DataFrame) -> pl.DataFrame:
    texts = [_unquoted(line) for line in frame.get_column("text")]
    return learn(
        frame.with_columns(_new=pl.Series(texts, dtype=pl.String)), text=pl.col("_new")
    ).drop("_new")


def _unquoted(line: str) -> str | None:
    if not STRING.match(line):
        return None
    try:
        return whole(str(json.loads(line.rstrip(","), strict=False)))
    except (ValueError, RecursionError):
        return None


def _fits_quoted(sample: Sequence[str]) -> bool:
    return share(sample, lambda line: line.startswith((">", "&gt;"))) >= 0.9


def _fits_indented(sample: Sequence[str]) -> bool:
    """Return whether all lines are moved in alike, as code blocks are."""
    margin = re.match(INDENT, sample[0]) if sample else None
    return margin is not None and all(line.startswith(margin[0]) for line in sample)


def _without(header: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda frame: learn(frame, text=pl.col("text").str.replace(header, ""))


QUOTED: Final = LineEnvelope("quoted", _fits_quoted, _without(r"^(?:>|&gt;) ?"))
INDENTED: Final = LineEnvelope("indented", _fits_indented, _without(INDENT))
GREP: Final = LineEnvelope("grep", _fits_grep, _peel_grep)
NUMBERED: Final = LineEnvelope("numbered", _fits_number, _peel_number)
JSON_STRING: Final = LineEnvelope("json-string", _fits_string, _peel_string)
