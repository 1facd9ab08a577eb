r"""Peel the tables and the YAML that the AWS CLI prints with ``--output table`` and ``yaml``.

    ||  ingestionTime |  message              |   timestamp    ||       get-log-events
    |+----------------+-----------------------+----------------+|
    ||  1767604502150 |  {"level":"info", …}  |  1767604502104 ||

    events:
    - message: '{"level":"info", …}'
      timestamp: 1767604502104

A message may hold bars and line ends: columns are counted from both ends, and a row that does not
end yet goes on in the next line. Blanks at the end of a message cannot be told from the padding.
Source: awscli `table.py`, `formatter.py`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes import event_yaml, insights
from cnilog.ingest.envelopes._carried import Carried, frame_of, named, oldest_first
from cnilog.ingest.envelopes._documents import Value
from cnilog.ingest.envelopes.json_documents import rows as rows_of_documents
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

EDGE: Final = regex(r"^(?:-+|\|*\+[-+]*-[-+]*\+\|*)$")
HEADER: Final = regex(r"^\|+(?= )(?=.*\bmessage\b)(?=.*\btimestamp\b)[\s\w|]+\|$", re.MULTILINE)
PAIRS: Final = regex(r"^\|+ +field +\| +value +\|+$", re.MULTILINE)
TITLE: Final = regex(r"^\|+ +[A-Za-z]+ +\|+$")  # the name of a command, of a section
ABOVE: Final = regex(r"^-{5,}\r?\n\|.*\|\r?\n", re.MULTILINE)
NUMBERS: Final = frozenset({"timestamp", "ingestionTime"})
LONGEST: Final = 500  # lines of one row
YAML: Final = regex(
    r"^(?:- )?(?:events|results):[ \t\r]*\n\s*- .*?^\s+(?:message|value): ",
    re.MULTILINE | re.DOTALL,
)


def _table(text: str) -> Iterator[Carried]:
    for columns, lines in _sections(text.splitlines()):
        if columns == ["field", "value"]:
            cells = [row for row in _rows(lines, columns) if isinstance(row, dict)]
            yield from _result({str(row["field"]): row["value"] for row in cells})
        elif columns:
            for row in _rows(lines, columns):
                yield _event(row) if isinstance(row, dict) else Carried(row)
        else:
            yield from (Carried(line) for line in lines if not line.startswith("|"))


def _sections(lines: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the columns of each section of the table and its lines, without frames."""
    columns: list[str] = []
    held: list[str] = []
    for line in lines:
        if (found := _columns(line)) is not None or TITLE.match(line):
            yield columns, held
            columns, held = found or [], []
        elif line.strip() and not EDGE.match(line):
            held.append(line)
    yield columns, held


def _rows(lines: list[str], columns: list[str]) -> Iterator[dict[str, object] | str]:
    """Yield the rows in *lines*, and as text what is none: a row may be cut short."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        row = _row("\n".join(held), columns) if line.endswith("|") else None
        if row is None and len(held) < LONGEST:
            continue
        if row is not None:
            yield row
        else:
            yield from (part.strip("| ") for part in held)
        held = []
    yield from (part.strip("| ") for part in held)


def _columns(line: str) -> list[str] | None:
    """Return the columns that *line* names, null where it is no header of a table of lines."""
    if not (HEADER.match(line) or PAIRS.match(line)):
        return None
    return [cell.strip() for cell in line.strip("|").split("|")]


def _row(text: str, columns: list[str]) -> dict[str, object] | None:
    """Return the cells of a row; null where it does not end yet, or is none."""
    if not (text.startswith("|") and text.endswith("|")):
        return None
    wide = columns.index("message" if "message" in columns else "value")
    left = text.strip("|").split("|", wide)
    if len(left) <= wide:
        return None
    right = left.pop().rsplit("|", len(columns) - wide - 1)
    cells = [cell.strip(" ") for cell in left + right]
    if len(cells) != len(columns):
        return None
    row: dict[str, object] = dict(zip(columns, cells, strict=True))
    times = [row[name] for name in NUMBERS & row.keys()]
    return row if all(str(time).isdecimal() for time in times) else None


def _event(row: dict[str, object]) -> Carried:
    key, stream = row.get("eventId"), row.get("logStreamName")
    text = str(row["message"]).rstrip("\n")
    found = Carried(text, time=str(row["timestamp"]), key=str(key) if key else None)
    return named(found, str(stream) if stream else None)


def _result(pairs: dict[str, object]) -> Iterator[Carried]:
    if pairs and (found := insights.fields(pairs)) is not None:
        yield found


def _fits_table(head: str, _: str) -> bool:
    return bool(ABOVE.search(head) and (HEADER.search(head) or PAIRS.search(head)))


def _peel_table(data: bytes) -> pl.DataFrame | None:
    found = list(_table(data.decode("utf-8", "replace")))
    return oldest_first(frame_of(found)) if found else None


def _fits_yaml(head: str, _: str) -> bool:
    if head.lstrip("\ufeff \n").startswith(("{", "[")):
        return False
    return bool(YAML.search(head))


def _peel_yaml(data: bytes) -> pl.DataFrame | None:
    documents = event_yaml.documents(data.decode("utf-8", "replace"))
    found = [
        row
        for number, document in enumerate(documents)
        for row in rows_of_documents([Value("", _numbers(document), number)])
        if isinstance(row, Carried)
    ]
    return oldest_first(frame_of(found)) if found else None


def _numbers(value: object) -> object:
    """Return *value* with the times of its events as the numbers they are."""
    if isinstance(value, list):
        return [_numbers(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: int(part)
        if name in NUMBERS and isinstance(part, str) and part.isdecimal() and len(part) < 20
        else _numbers(part)
        for name, part in value.items()
    }


AWS_TABLE: Final = DocumentEnvelope("aws-table", _fits_table, _peel_table)
AWS_YAML: Final = DocumentEnvelope("aws-yaml", _fits_yaml, _peel_yaml)
