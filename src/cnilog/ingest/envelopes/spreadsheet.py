"""Peel lines out of a spreadsheet: the Insights results that the console offers as Excel.

The table in each sheet is read as `cnilog.ingest.envelopes.tables` reads a CSV. Excel cuts a cell
at 32767 characters. Source: ECMA-376, SpreadsheetML.
"""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.ingest.archives import ZIP_DAMAGE, Packed, open_zip
from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes._carried import frame_of, oldest_first
from cnilog.ingest.envelopes.tables import rows
from cnilog.ingest.limits import LIMITS, OverLimitError, in_proportion
from cnilog.ingest.stream import Stream, blocks_of
from cnilog.lazily import regex

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    import polars as pl

SHEET: Final = regex(r"xl/worksheets/sheet[0-9]+\.xml$")
INDEX: Final = regex("[0-9]{1,9}")
CELL: Final = regex(r"([A-Z]+)[0-9]+")
MAGIC: Final = "PK\x03\x04"
HELD: Final = 1 << 30  # bytes of one sheet
WIDEST: Final = 16_384  # columns that a sheet may have
MOST: Final = 1 << 20  # rows that a sheet may have


def _fits(head: str, _: str) -> bool:
    return head.startswith(MAGIC) and ("xl/" in head or "[Content_Types].xml" in head)


def peel(data: bytes) -> pl.DataFrame | None:
    """Return the lines in a spreadsheet, oldest first; null where it holds none."""
    from xml.etree.ElementTree import ParseError  # late: spreadsheets are rare

    try:
        source = Packed(io.BytesIO(data))
        with open_zip(source) as book:
            found = [row for table in _sheets(Book(book, source)) for row in rows(table)]
    except (ParseError, *ZIP_DAMAGE):
        return None
    return oldest_first(frame_of(found)) if found else None


class Book(NamedTuple):
    """The parts of a spreadsheet; one that inflates like a bomb ends early, as if it were torn."""

    archive: zipfile.ZipFile
    source: Packed

    @contextmanager
    def part(self, name: str) -> Iterator[Stream]:
        """Give the content of the part *name*."""
        with self.archive.open(name) as opened:
            yield Stream(in_proportion(blocks_of(opened), lambda: self.source.taken, LIMITS))


def _sheets(book: Book) -> Iterator[list[list[str]]]:
    shared = _shared(book)
    for one in book.archive.infolist():
        if SHEET.search(one.filename) and one.file_size <= HELD:
            with book.part(one.filename) as sheet:
                yield [_row(element, shared) for element in _elements(sheet, "row")]


def _shared(book: Book) -> list[str]:
    if "xl/sharedStrings.xml" not in book.archive.namelist():
        return []
    with book.part("xl/sharedStrings.xml") as strings:
        return ["".join(_texts(element)) for element in _elements(strings, "si")]


def _elements(part: Stream, name: str) -> Iterator[Element]:
    from xml.etree.ElementTree import iterparse

    count = 0
    for _, element in iterparse(part):
        if element.tag.rpartition("}")[2] == name:
            count += 1
            if count > MOST:
                raise OverLimitError(f"more than {MOST} of {name}")
            yield element
            element.clear()


def _texts(element: Element) -> Iterator[str]:
    for part in element.iter():
        if part.tag.rpartition("}")[2] == "t":
            yield part.text or ""


def _row(element: Element, shared: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in element:
        place = CELL.match(cell.get("r", ""))
        column = _number(place[1]) if place else len(cells)
        cells.extend([""] * (column - len(cells)))
        cells.append(_cell(cell, shared))
    return cells


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return min(number, WIDEST) - 1


def _cell(cell: Element, shared: list[str]) -> str:
    value = next((part.text for part in cell if part.tag.rpartition("}")[2] == "v"), None) or ""
    if cell.get("t") == "s" and INDEX.fullmatch(value) and int(value) < len(shared):
        return shared[int(value)]
    return "".join(_texts(cell)) if cell.get("t") == "inlineStr" else value


SPREADSHEET: Final = DocumentEnvelope("spreadsheet", _fits, peel, binary=True)
