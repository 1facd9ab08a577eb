"""What an envelope has to offer; the registry of them is in `cnilog.ingest.envelopes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import polars as pl

SAMPLE_LINES: Final = 64  # lines shown to `LineEnvelope.fits`, none of them blank
SAMPLE_BYTES: Final = 65_536  # first part of a file shown to `DocumentEnvelope.fits`
BEFORE_OBJECT: Final = "\x1e "  # what may stand before a JSON object in its line
SHARE: Final = 0.6  # of the sample that carries an envelope: notices and damage are the rest


class Alike(NamedTuple):
    """What lines are like that say the same of their writer, and nothing else but a text.

    Attributes:
        sound: A regex (Rust syntax) of such lines whose text is whole: an object in one line, which
            ends as one that ends with a string does.
        before: A regex that takes all of such a line before its text.
        behind: And one that takes all behind it.
        field: The field that is the text; each line is one JSON object.
        after: What stands right behind the text, up to the time or the end. No text holds it.
        last: Nothing comes after it.
    """

    sound: str
    before: str
    behind: str
    field: str
    after: str
    last: bool


class LineEnvelope(NamedTuple):
    r"""An envelope round each line.

    Attributes:
        name: Shown among the formats of a source.
        fits: Says whether a sample of at most `SAMPLE_LINES` lines carries it. The sample comes
            from the begin, the middle and the end of the file, after outer envelopes were peeled.
        peel: `PEELED` in, `PEELED` out, same rows in the same order (see `peeled.learn`); rows
            without the envelope unchanged. Vectorized: it sees millions of rows.
        prefix: Where the envelope is nothing but a prefix of a line and the rest is the text
            unchanged: a regex (Rust syntax, no anchor, no groups that capture) for the prefix of
            a *complete* line, which lets the fast path skip lines without peeling them. Null
            where the text is transformed.
        alike: Where the text stands in quotes inside the envelope: given a line, what lines are
            like that carry another text of the same writer; null for a line not to go by.
        heads: A line without the prefix goes on with the one before it, whose time it has: what
            begins with the prefix must not be passed over where such a line follows.
        unsigned: It never tells who wrote a line.
        objects: Lines are JSON objects, of which each is looked at by itself: those of several
            files may be peeled at once.
    """

    name: str
    fits: Callable[[Sequence[str]], bool]
    peel: Callable[[pl.DataFrame], pl.DataFrame]
    prefix: str | None = None
    heads: bool = False
    unsigned: bool = False
    objects: bool = False
    alike: Callable[[str], Alike | None] | None = None


class DocumentEnvelope(NamedTuple):
    """An envelope round many lines.

    Attributes:
        name: Shown among the formats of a source.
        fits: Given the decoded first `SAMPLE_BYTES` of a file and its name, says whether it is
            this document. Cheap: it is asked for every file.
        peel: The whole file's bytes in (text is UTF-8 by now, without BOM), `PEELED` out, oldest
            line first; null where the document is not what it looked like after all, an empty
            frame where it is but carries no line. Make the frame with `peeled.peeled`. A ``text``
            may hold several lines: the reader splits it and marks the rows as one ``event``.
        binary: The file is not text (a spreadsheet): `fits` sees latin-1.
        chunks: Where the document can be larger than memory: blocks of its text in (cut anywhere,
            no BOM), frames as `peel` gives them out, one after the other; ``line`` runs on.
            Null where `peel` is the only way.
        document: The file is a document too (a list of objects with events among them): it is
            also handed on for its facts.
    """

    name: str
    fits: Callable[[str, str], bool]
    peel: Callable[[bytes], pl.DataFrame | None]
    binary: bool = False
    chunks: Callable[[Iterable[bytes]], Iterator[pl.DataFrame]] | None = None
    document: bool = False


def share(sample: Sequence[str], test: Callable[[str], object]) -> float:
    """Return which part of *sample* passes *test*; 0 for an empty sample."""
    return sum(bool(test(line)) for line in sample) / len(sample) if sample else 0.0
