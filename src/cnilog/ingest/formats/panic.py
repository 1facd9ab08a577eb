"""Read the first line of what the Go runtime prints before it dies.

    panic: runtime error: invalid memory address or nil pointer dereference
    [signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x1a2b3c4]

The trace that follows is joined to it (`cnilog.ingest.multiline`). It carries no time.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.ingest.format import Format, decoded

TEXT: Final = pl.col("text")
TEST: Final = TEXT.str.contains(r"^(?:panic: |fatal error: |unexpected fault address |SIG[A-Z]+: )")


def _decode(frame: pl.DataFrame) -> pl.DataFrame:
    return decoded(frame, level=pl.lit("fatal"), message=TEXT)


PANIC: Final = Format(
    "go panic",
    TEST,
    _decode,
    sample="panic: runtime error: invalid memory address or nil pointer dereference",
    opens="panic",
)
