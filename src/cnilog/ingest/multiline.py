"""Join the lines of one record: traces, messages with line ends in them, hard-wrapped lines.

Records that stand in one line (JSON, logrus) are transparent: they neither take lines nor end a
record that does, so the trace of a panic stays whole when another pipe's lines fall between. Only
lines that no format knows are ever joined to something.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import polars as pl

from cnilog.ingest.formats import FORMATS
from cnilog.ingest.peeled import WRITER
from cnilog.lazily import regex

OPENS: Final = {form.name: form.opens for form in FORMATS if form.opens != "nothing"}
GAP: Final = 200  # lines of other writers that may stand between two lines of a record
LONGEST: Final = 5_000  # lines of one record; a trace of all goroutines has some thousands
TRACE: Final = regex(
    r"\s|\[signal |goroutine [0-9]+|created by |exit status |runtime stack:|\.\.\.|\[recovered\]|"
    r"(?:r[0-9a-z]{1,2}|rip|rflags|cs|fs|gs|fault|pc|lr|sp)\s+0x|"
    r"[\w.$*(){}\[\]/@%~,·:+-]+\(.*\)$|main\.|runtime\."
)
BEGINS: Final = regex(
    r'\{"|time=|[0-9]{4}-[0-9]{2}-[0-9]{2}T|[IWEF][0-9]{4} [0-9]|panic: |goroutine |\+ |\[pod/'
    r"|=====|SDK 20"
)
WRAPPED: Final = 60  # lines that a hard-wrapped one may have been cut into

TEXT: Final = pl.col("text")
TORN_JSON: Final = TEXT.str.starts_with('{"') & ~TEXT.str.strip_chars_end().str.ends_with("}")
QUOTED: Final = regex(r'(?:[^"]|"(?:[^"\\]|\\.)*")*')  # every quote that opens is closed
TORN_LOGRUS: Final = TEXT.str.starts_with('time="') & ~TEXT.str.contains(f"^{QUOTED.pattern}$")


@dataclass(slots=True)
class Block:
    """A record that may still take lines."""

    row: int
    opens: str
    last: int  # number of the last line that it took
    event: int | None
    taken: list[int] = field(default_factory=list)


class Joined(NamedTuple):
    """The rows of a chunk after joining."""

    frame: pl.DataFrame
    open_from: int | None  # line number from which a record may go on in the next chunk


def unwrap(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* (`PEELED`) with lines put together again that a terminal had wrapped.

    A line that begins as a record and does not end as one takes the lines that follow, until it
    is whole; where it never gets whole, nothing is changed.
    """
    texts = frame["text"]
    torn = _torn(texts)
    if torn.is_empty():
        return frame
    follows = _follows(frame)
    whole: dict[int, tuple[int, str]] = {}
    done = -1
    for row in torn:
        if row > done and (found := _whole(texts, follows, row)):
            whole[row] = found
            done = found[0]
    return merged(frame, whole) if whole else frame


def _torn(texts: pl.Series) -> pl.Series:
    """Return the rows of *texts* that begin as a record and do not end as one."""
    maybe = texts.str.starts_with('{"') & ~texts.str.ends_with("}")
    rows = (maybe | texts.str.starts_with('time="')).arg_true()
    some = texts.gather(rows).to_frame("text")
    return rows.filter(some.select(TORN_JSON | TORN_LOGRUS).to_series())


def _follows(frame: pl.DataFrame) -> pl.Series:
    """Return whether each row stands right after the one before it in the file."""
    end = pl.col("line") + pl.col("lines")
    return frame.select((pl.col("line") == end.shift()).fill_null(value=False)).to_series()


def _whole(texts: pl.Series, follows: pl.Series, row: int) -> tuple[int, str] | None:
    """Return the last row and the text of the record that begins in *row*."""
    text = texts[row]
    for last in range(row + 1, min(row + WRAPPED, len(texts))):
        part = texts[last]
        if not follows[last] or BEGINS.match(part):
            return None
        text += part
        if text.startswith("{") and part.endswith("}") and _is_json(text):
            return last, text
        if text.startswith("time=") and QUOTED.fullmatch(text):
            return last, text
    return None


def _is_json(text: str) -> bool:
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def merged(frame: pl.DataFrame, whole: dict[int, tuple[int, str]]) -> pl.DataFrame:
    """Return *frame* with rows made one: by the first of them, the last one and the text."""
    owner = list(range(frame.height))
    for row, (last, _) in whole.items():
        owner[row : last + 1] = [row] * (last - row + 1)
    frame = frame.with_columns(owner=pl.Series(owner, dtype=pl.UInt32))
    texts = pl.DataFrame(
        {"owner": list(whole), "whole": [text for _, text in whole.values()]},
        schema={"owner": pl.UInt32, "whole": pl.String},
    )
    merged = frame.group_by("owner", maintain_order=True).agg(
        pl.all().exclude("lines", "raw").first(),
        pl.col("lines").sum(),
        pl.col("raw").str.join("\n"),
    )
    merged = merged.join(texts, on="owner", how="left", maintain_order="left")
    return merged.with_columns(text=pl.coalesce("whole", "text")).select(
        frame.drop("owner").columns
    )


def join(frame: pl.DataFrame, end: int | None) -> Joined:
    """Return *frame* (decoded rows) with the lines of one record in one row.

    The text of the lines that were taken follows the message after line ends; ``lines`` counts
    them.

    Args:
        frame: The rows in order; lines that stand in between may be missing.
        end: Number of the last line that was looked at; null where the file ends with them.
    """
    blocks, open_from = _blocks(frame, end)
    taken = {line: block.row for block in blocks for line in block.taken}
    if not taken:
        return Joined(frame, open_from)
    owner = pl.Series("owner", range(frame.height), dtype=pl.UInt32)
    owner = owner.scatter(list(taken), pl.Series(list(taken.values()), dtype=pl.UInt32))
    frame = frame.with_columns(owner=owner)
    involved = pl.col("owner").is_in(
        pl.Series(sorted(set(taken.values())), dtype=pl.UInt32).implode()
    )
    merged = (
        frame.filter(involved)
        .group_by("owner", maintain_order=True)
        .agg(
            pl.all().exclude("lines", "raw", "text", "message").first(),
            pl.col("lines").sum(),
            pl.col("raw", "text", "message").str.join("\n"),
        )
    )
    alone = frame.filter(~involved)
    both = pl.concat([alone, merged.select(alone.columns)]).sort("owner")
    return Joined(both.drop("owner"), open_from)


def _blocks(frame: pl.DataFrame, end: int | None) -> tuple[list[Block], int | None]:
    """Return the records that took lines, and the first line of those that may take more."""
    opens = pl.col("format").cast(pl.String).replace_strict(OPENS, default=None)
    odd = (
        frame.lazy()
        .with_row_index("row")
        .with_columns(opens=opens)
        .filter(pl.col("format").is_null() | pl.col("opens").is_not_null())
        .with_columns(writer=pl.struct(*WRITER, "pipe").rank("dense"))
        .with_columns(after=pl.col("opens").is_null().shift(-1).over("writer"))
        # A record that another one follows takes nothing.
        .filter(pl.col("opens").is_null() | pl.col("after").fill_null(value=True))
        .select("row", "line", "lines", "writer", "opens", "event", "text")
        .collect()
    )
    current: dict[int, Block] = {}
    blocks: list[Block] = []
    for row, line, lines, writer, opener, event, text in odd.iter_rows():
        block = current.get(writer)
        if opener is not None:
            current[writer] = Block(row, opener, line + lines - 1, event)
            blocks.append(current[writer])
        elif block is not None and _belongs(block, line, event, text):
            block.taken.append(row)
            block.last = line
    near = [block.row for block in current.values() if end and end - block.last <= GAP]
    return blocks, (frame["line"][min(near)] if near else None)


def _belongs(block: Block, line: int, event: int | None, text: str) -> bool:
    """Return whether a line that no format knows goes on with *block*."""
    if block.event is not None and block.event == event:
        return True
    if line - block.last > GAP or len(block.taken) >= LONGEST:
        return False
    if block.opens == "panic":
        return bool(TRACE.match(text))
    if block.opens == "indented":
        return text[:1].isspace() or text.startswith(">")
    return True
