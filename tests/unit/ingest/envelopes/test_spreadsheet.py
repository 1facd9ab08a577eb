"""Spreadsheets, whole, torn and made to cost much."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from cnilog.errors import SourceError
from cnilog.ingest import read
from cnilog.ingest.envelopes import spreadsheet

if TYPE_CHECKING:
    from pathlib import Path

LINE = '{"level":"info","ts":"2026-01-05T09:15:02.104Z","caller":"ipamd/ipamd.go:463","msg":"x"}'


def sheet(*rows: tuple[str, ...]) -> bytes:
    cells = (
        "".join(
            f'<c r="{"ABC"[column]}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
            for column, text in enumerate(row)
        )
        for number, row in enumerate(rows, 1)
    )
    body = "".join(f"<row>{row}</row>" for row in cells)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        book.writestr("xl/worksheets/sheet1.xml", f"<worksheet>{body}</worksheet>")
    return made.getvalue()


def results(count: int) -> bytes:
    line = LINE.replace('"', "&quot;")
    rows = ((f"2026-01-05 09:15:{n % 60:02d}.000", line) for n in range(count))
    return sheet(("@timestamp", "@message"), *rows)


def test_a_row_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "results.xlsx").write_bytes(results(3))

    assert read(tmp_path).records["message"].to_list() == ["x"] * 3


def test_a_torn_one_is_told_wherever_it_is_torn(tmp_path: Path) -> None:
    whole = results(40)
    (tmp_path / "ipamd.log").write_text(LINE + "\n")  # what is beside it is read in any case
    for place in range(0, len(whole), 23):
        torn = bytearray(whole)
        torn[place] ^= 0xFF
        (tmp_path / "results.xlsx").write_bytes(torn)
        found = read(tmp_path)

        mine = [one for one in found.sources if "results.xlsx" in one.file]
        assert any(one.lines or one.skipped or one.damaged for one in mine)
        assert found.accounting.holds()


def test_one_with_more_rows_than_a_sheet_can_have_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spreadsheet, "MOST", 30)
    (tmp_path / "results.xlsx").write_bytes(results(40))

    with pytest.raises(SourceError, match="is not text"):
        read(tmp_path)
