"""What the native pass leaves of many files at once is what each file's records are told by."""

from __future__ import annotations

import pytest

from cnilog.ingest import native
from cnilog.ingest.decode import decode
from cnilog.ingest.keep import LOUD, Keep
from cnilog.ingest.multiline import unwrap
from cnilog.ingest.peeled import peeled
from cnilog.ingest.swept import Swept, swept

pytestmark = pytest.mark.skipif(not native.is_here(), reason="no native pass in this copy")
KEEP = Keep.of(("wanted text",), LOUD)


def zap(message: str, minute: int = 15, caller: str = "ipamd/x.go:1") -> bytes:
    head = f'{{"level":"info","ts":"2026-01-05T09:{minute:02}:02.104Z"'
    return f'{head},"caller":"{caller}","msg":"{message}"}}\n'.encode()


def parted(*texts: bytes) -> Swept:
    found = swept(texts, KEEP)
    assert found is not None
    return found


def doubtful(*texts: bytes) -> set[int]:
    """Return which of *texts* must be looked at line by line."""
    found = parted(*texts)
    lines = peeled(found.rest.select("text", line="of_line"))
    lines = lines.with_columns(found.rest.select(file="of"))
    return found.doubtful(decode(unwrap(lines)))


QUIET = [zap(f"pool {number}") for number in range(9)]


def test_each_file_keeps_what_is_wanted_and_its_ends() -> None:
    found = parted(b"".join(QUIET), b"".join([*QUIET[:4], zap("wanted text"), *QUIET[4:]]))

    assert found.lines == [9, 10]
    assert found.rest.select("of", "of_line", "before").rows() == [
        *((0, 1, 0), (0, 9, 7)),
        *((1, 1, 0), (1, 5, 3), (1, 10, 7)),
    ]
    assert found.totals() == {0: 7, 1: 7}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([zap("a"), zap("b"), zap("c", 17), zap("d", 18)], set(), id="time goes on"),
        pytest.param(
            [zap("a"), zap("b", 16), zap("c", 15), zap("d", 16)], set(), id="a minute back"
        ),
        pytest.param(
            [zap("a"), zap("b", 19), zap("c", 16), zap("d", 19)], {0}, id="time goes back"
        ),
        pytest.param([zap("a"), zap("b"), zap("a"), zap("c")], {0}, id="the first line again"),
        pytest.param([zap("a"), zap("b").replace(b"caller", b"logger"), zap("c")], {0}, id="json"),
    ],
)
def test_a_file_whose_lines_may_come_twice_is_looked_at_line_by_line(
    lines: list[bytes], expected: set[int]
) -> None:
    assert doubtful(b"".join(lines), b"".join(QUIET)) == expected


def test_who_wrote_a_file_is_told_by_the_first_lines_that_were_passed_over() -> None:
    lines = [zap("a"), *(zap(f"b {n}", caller="driver/driver.go:96") for n in range(5)), zap("c")]
    assert parted(b"".join(lines)).callers(500)["caller"].to_list() == ["driver/driver.go:96"] * 5
    assert parted(b"".join(lines)).callers(3)["line"].to_list() == [2, 3]
