r"""Put together again what a terminal, a mail or an editor wrapped, in a text of a few lines.

A terminal cuts at its width, in the middle of a word:

    Warning  FailedCreatePodSandBox  5s  kubelet  Failed to create pod sandb
    ox: rpc error: code = Unknown desc = failed to set up sandbox

a mail between two words, as soon as the next one has no room. Which it was, and the width, are
told from the lengths: nothing is joined unless the lines of the text agree on one width. What
stands before the first line of a record (a journal's header, a pod's name) stands there once, so
this comes before envelopes are looked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.ingest.multiline import merged
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

MOST: Final = 3_000  # lines of a text that somebody pasted
NARROWEST, WIDEST = 60, 400  # characters of a terminal's line
BYTES: Final = MOST * (4 * WIDEST + 2)  # of a text with no wider and no more lines
SOFT_WIDEST: Final = 160  # nobody wraps mails wider
FEWEST: Final = 2  # cuts that agree on a width
AGREE: Final = 0.8  # of the cuts
PARTS: Final = 60  # lines that one was cut into
HEAD: Final = regex(  # how a record begins, perhaps behind the name of its writer
    r"\s{0,4}(?:\{(?:\"|$)|time=|level=|<?[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]|[IWEF][0-9]{4} [0-9]"
    r"|\+ |-- |[A-Z][a-z]{2} [ 0-9][0-9] [0-9]{2}:|\[(?:pod/|signal |[A-Z]+\]|\s*[0-9])"
    r"|panic: |goroutine "
    r"|=====|SDK 20|[│┃|>]|(?:[0-9]+[smhd])+\s+(?:\(|Warning|Normal)|(?:Warning|Normal)\s"
    r"|Type\s+Reason|LAST SEEN)"
)
STACK: Final = "goroutine "
PLAIN: Final = (b'{"', b"time=", b"20", *(b"I0", b"I1", b"W0", b"W1", b"E0", b"E1"))  # most lines
BLANK, INDENTED = regex(r"\t|\s*$"), regex(r"\s{2}|\t|\s*$")  # nothing goes on there
Joint = Callable[[str, str], str | None]  # what stood between two parts; null where none was cut


class Found(NamedTuple):
    """What one way to wrap makes of a text."""

    whole: dict[int, tuple[int, str]]  # last row and text of each record, by its first row
    cuts: int
    others: int  # lines that seem to go on with another one, and do not fit

    @property
    def holds(self) -> bool:
        """Return whether the lines agree on it."""
        return self.cuts >= FEWEST and self.cuts >= AGREE * (self.cuts + self.others)


def is_wrapped(text: bytes) -> bool:
    """Return whether *text*, a whole file, holds lines that `rejoin` puts together."""
    widest = WIDEST if text.isascii() else 4 * WIDEST  # in bytes, up to four for a character
    if len(text) > BYTES or _is_wider(text, widest) or text.count(b"\n") > MOST:
        return False
    lines = text.splitlines()
    if max(map(len, lines), default=0) < NARROWEST:
        return False
    if sum(not line.startswith(PLAIN) for line in lines) < FEWEST:
        return False
    return bool(wrapped([line.decode() for line in lines]))


def _is_wider(text: bytes, widest: int) -> bool:
    """Return whether a line of *text* has more bytes; to part all its lines takes ten times it."""
    at = 0
    while len(text) - at > widest:
        end = text.rfind(b"\n", at, at + widest + 1)
        if end < 0:
            return True
        at = end + 1
    return False


def rejoin(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* (`PEELED`, a whole file) with the parts of wrapped lines in one row."""
    whole = wrapped([text.rstrip("\r\n") for text in frame["text"].to_list()])
    return merged(frame, whole) if whole else frame


def wrapped(texts: Sequence[str]) -> dict[int, tuple[int, str]]:
    """Return last row and text of the records in *texts* that were wrapped, by their first row."""
    widths = [len(text) for text in texts]
    width = max(widths, default=0)
    soft = width <= SOFT_WIDEST
    full = widths.count(width) + widths.count(width - 1)  # a terminal cuts no others
    if not NARROWEST <= width <= WIDEST or not (soft or full >= FEWEST):
        return {}
    ways = [_found(texts, _cut(width))]
    ways += [_found(texts, _folded(width))] if soft else []
    best = max(ways, key=lambda found: found.cuts - found.others)
    return best.whole if best.holds else {}


def _cut(width: int) -> Joint:
    """Return how a terminal of *width* cuts: in the middle of a word."""

    def between(part: str, following: str) -> str | None:
        if BLANK.match(following):
            return None
        return "" if len(part) == width else " " if len(part) == width - 1 else None

    return between


def _folded(width: int) -> Joint:
    """Return how lines are wrapped between words: where the next one had no room."""

    def between(part: str, following: str) -> str | None:
        if INDENTED.match(following):
            return None
        full = len(part.rstrip()) + 1 + len(following.split(" ", 1)[0]) > width
        return ("" if part.endswith(" ") else " ") if full else None

    return between


def _found(texts: Sequence[str], between: Joint) -> Found:
    """Return what is one record where lines were wrapped as *between* says."""
    whole: dict[int, tuple[int, str]] = {}
    cuts = others = row = 0
    while row < len(texts):
        text, last = texts[row], row
        while _goes_on(texts, row, last) and not _is_complete(text):
            joint = between(texts[last], texts[last + 1])
            if joint is None:
                others += not INDENTED.match(texts[last + 1])
                break
            last += 1
            text += joint + texts[last]
        if last > row:
            whole[row] = (last, text)
            cuts += last - row
        row = last + 1
    return Found(whole, cuts, others)


def _goes_on(texts: Sequence[str], row: int, last: int) -> bool:
    """Return whether the line after *last* may be of the record that begins in *row*."""
    if last + 1 == len(texts) or last - row >= PARTS or not HEAD.match(texts[row]):
        return False
    if texts[row].startswith(STACK):  # what stands below it are frames, however long they are
        return False
    return not HEAD.match(texts[last + 1])


def _is_complete(text: str) -> bool:
    """Return whether *text* ends with an object that is whole."""
    return text.endswith("}") and text.count("{") == text.count("}")
