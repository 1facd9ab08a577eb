"""A table stays one whatever the length of what stands in its cells."""

from __future__ import annotations

import pytest

from cnilog.redacted.columns import laid_out

TABLE = """\
NAME    READY   NODE            NOMINATED NODE
web-0   0/1     ip-10-0-0-1     <none>
web-1   1/1     ip-10-0-0-222   <none>

some text about ip-10-0-0-1
"""


def redacted(text: str) -> str:
    """Return *text* as `Bulk` redacts it: a space less behind what is longer, but never none."""
    out = text.replace("ip-10-0-0-1     <", "ip-10-213-44-112  <")
    return out.replace("about ip-10-0-0-1", "about ip-10-213-44-112")


def cell(text: str) -> str:
    return "ip-10-213-44-112" if text == "ip-10-0-0-1" else text


def test_a_table_with_a_cell_that_outgrew_its_column_is_laid_out_anew() -> None:
    out = laid_out(TABLE, redacted(TABLE), cell)
    header, first, second = out.split("\n")[:3]

    assert first.index("<none>") == second.index("<none>") == header.index("NOMINATED NODE")
    assert out.split("\n")[4] == "some text about ip-10-213-44-112"
    assert second.split() == ["web-1", "1/1", "ip-10-0-0-222", "<none>"]


def test_a_table_in_shape_stays_as_it_is() -> None:
    out = TABLE.replace("ip-10-0-0-1 ", "ip-10-0-9-9 ")

    assert laid_out(TABLE, out, str.upper) == out


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("NAME   READY", id="a header alone"),
        pytest.param("NAME   READY\nweb-0 runs across the columns\n", id="no row"),
        pytest.param("LAST SEEN a sentence\n", id="no header"),
    ],
)
def test_what_is_no_table_is_left(text: str) -> None:
    assert laid_out(text, text, str.upper) == text
