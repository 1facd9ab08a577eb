"""Write a frame as a table: Parquet, JSON lines or CSV, by the name of the file."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.cli.ending import put
from cnilog.errors import OutputError, UnknownNameError
from cnilog.redaction.shapes import linear
from cnilog.secrets import LIKELY, mask

if TYPE_CHECKING:
    from collections.abc import Callable

FORMULA: Final = r"^[=+\-@\t\r\n]"  # what makes a cell a formula in a spreadsheet
_ACTING: Final = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
SLICE: Final = 50_000  # rows written at a time


def write_table(frame: pl.DataFrame, output: Path | None) -> None:
    """Write *frame* to *output*, whole or not at all; as JSON lines to standard output.

    Raises:
        UnknownNameError: The name of the file ends in nothing known.
        OutputError: It cannot be written there.
    """
    frame = masked(frame)
    if output is None or str(output) == "-":
        for part in frame.iter_slices(SLICE):
            put(_inert(_zoned(part).write_ndjson()))
        return
    writer = WRITERS.get(output.suffix)
    if writer is None:
        raise UnknownNameError("table format", output.suffix or output.name, WRITERS)
    _replace(output, lambda path: writer(frame, path))


def _inert(text: str) -> str:
    """Return JSON lines with the characters escaped that would act on a terminal."""
    if text.isascii() and "\x7f" not in text:
        return text
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def masked(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with the secrets in its texts masked."""
    likely = linear(LIKELY)
    for name, dtype in frame.schema.items():
        if dtype == pl.String and frame[name].str.contains(likely).any():
            suspect = pl.col(name).str.contains(likely)
            told = pl.col(name).map_elements(mask, return_dtype=pl.String)
            frame = pl.concat(
                [
                    frame.with_row_index("_row").filter(~suspect.fill_null(value=False)),
                    frame.with_row_index("_row").filter(suspect).with_columns(told),
                ]
            )
            frame = frame.sort("_row").drop("_row")
    return frame


def _replace(output: Path, write: Callable[[Path], None]) -> None:
    # Named before it is made: a signal that arrives between the two leaves nothing behind.
    beside = output.parent / f".{output.name[:40]}.{os.getpid()}-{secrets.token_hex(4)}"
    name = str(beside)
    try:
        beside.touch(mode=0o600, exist_ok=False)
        write(beside)
        mask = os.umask(0)
        os.umask(mask)
        beside.chmod(0o666 & ~mask)
        beside.replace(output)
    except (OSError, pl.exceptions.ComputeError) as error:  # Polars' own writer met the same
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        advice = "Name a file in a folder you may write to"
        raise OutputError(f"{output}: cannot be written ({reason}). {advice}") from error
    finally:
        # Polars raises an interrupt of its own while Python's still waits for the next function
        # to begin: only one call that is not Python's comes before it.
        try:  # noqa: SIM105
            os.unlink(name)  # noqa: PTH108
        except FileNotFoundError:
            pass


def _parquet(frame: pl.DataFrame, path: Path) -> None:
    frame.write_parquet(path)


def _json_lines(frame: pl.DataFrame, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for part in frame.iter_slices(SLICE):
            file.write(_zoned(part).write_ndjson())


def _csv(frame: pl.DataFrame, path: Path) -> None:
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    formula = {name: pl.col(name).str.contains(FORMULA) for name in texts}
    safe = frame.with_columns(
        pl.when(formula[name]).then(pl.lit("'") + pl.col(name)).otherwise(name).alias(name)
        for name in texts
    )
    _zoned(safe).write_csv(path)


def _zoned(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with times as RFC 3339 text in UTC."""
    return frame.with_columns(
        pl.col(name).dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
        for name, dtype in frame.schema.items()
        if isinstance(dtype, pl.Datetime)
    )


WRITERS: Final[dict[str, Callable[[pl.DataFrame, Path], None]]] = {
    ".csv": _csv,
    ".jsonl": _json_lines,
    ".parquet": _parquet,
}
