"""Peel lines out of a spreadsheet: the Insights results that the console offers as Excel.

The table in each sheet is read as `cnilog.ingest.envelopes.tables` reads a CSV. Excel cuts a cell
at 32767 characters. Source: ECMA-376, SpreadsheetML.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import IO, TYPE_CHECKING, Final
from xml.etree import ElementTree

from cnilog.ingest.envelope import DocumentEnvelope
from cnilog.ingest.envelopes._carried import frame_of, oldest_first
from cnilog.ingest.envelopes.tables import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

SHEET: Final = re.compile(r"xl/worksheets/sheet[0-9]+\.xml$")
INDEX: Final = re.compile("[0-9]{1,9}")
CELL: Final = re.compile(r"([A-Z]+)[0-9]+")
MAGIC: Final = "PK\x03\x04"
HELD: Final = 1 << 30  # bytes of one sheet
WIDEST: Final = 16_384  # columns that a sheet may have


def _fits(head: str, _: str) -> bool:
    return head.startswith(MAGIC) and ("xl/" in head or "[Content_Types].xml" in head)


def peel(data: bytes) -> pl.DataFrame | None:
    """Return the lines in a spreadsheet, oldest first; null where it holds none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            found = [row for table in _sheets(book) for row in rows(table)]
    except (zipfile.BadZipFile, ElementTree.ParseError, KeyError, ValueError, OSError):
        return None
    return oldest_first(frame_of(found)) if found else None


def _sheets(book: zipfile.ZipFile) -> Iterator[list[list[str]]]:
    shared = _shared(book)
    for name in book.namelist():
        if SHEET.search(name) and book.getinfo(name).file_size <= HELD:
            with book.open(name) as sheet:
                yield [_row(element, shared) for element in _elements(sheet, "row")]


def _shared(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    with book.open("xl/sharedStrings.xml") as strings:
        return ["".join(_texts(element)) for element in _elements(strings, "si")]


def _elements(file: IO[bytes], name: str) -> Iterator[ElementTree.Element]:
    for _, element in ElementTree.iterparse(file):
        if element.tag.rpartition("}")[2] == name:
            yield element
            element.clear()


def _texts(element: ElementTree.Element) -> Iterator[str]:
    for part in element.iter():
        if part.tag.rpartition("}")[2] == "t":
            yield part.text or ""


def _row(element: ElementTree.Element, shared: list[str]) -> list[str]:
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


def _cell(cell: ElementTree.Element, shared: list[str]) -> str:
    value = next((part.text for part in cell if part.tag.rpartition("}")[2] == "v"), None) or ""
    if cell.get("t") == "s" and INDEX.fullmatch(value) and int(value) < len(shared):
        return shared[int(value)]
    return "".join(_texts(cell)) if cell.get("t") == "inlineStr" else value


SPREADSHEET: Final = DocumentEnvelope("spreadsheet", _fits, peel, binary=True)
