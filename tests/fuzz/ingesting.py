"""Targets of reading: bytes, compression, archives, names, envelopes, formats, the whole stage."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from unittest import mock

import polars as pl

from cnilog import ingest
from cnilog.errors import SourceError
from cnilog.ingest import member, native, sources, stream
from cnilog.ingest import text as texts
from cnilog.ingest.decode import decode
from cnilog.ingest.envelope import SAMPLE_BYTES, SAMPLE_LINES
from cnilog.ingest.envelopes import DOCUMENT_ENVELOPES, LINE_ENVELOPES
from cnilog.ingest.escapes import escape, unescape
from cnilog.ingest.formats import FORMATS
from cnilog.ingest.keep import Keep
from cnilog.ingest.lines import lines_of
from cnilog.ingest.multiline import unwrap
from cnilog.ingest.names import program_of_file, read_name
from cnilog.ingest.peeled import PEELED
from cnilog.ingest.place.bundles import places
from cnilog.ingest.place.paths import node_in, place_of
from cnilog.ingest.skim import Opening
from cnilog.ingest.years import hint_of

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

KEEP: Final = ("Unauthorized", "IP address pool stats", "Starting L-IPAMD", "refused")
WANTED: Final = Keep.of(KEEP, ("error", "fatal"), KEEP[1:2], ("refused",))
OPENINGS: Final = (
    Opening(),
    *(Opening(envelope) for envelope in LINE_ENVELOPES if envelope.prefix is not None),
)
FOLDER: Final = Path(tempfile.mkdtemp(prefix="cnilog-fuzz-"))
MOST: Final = 1 << 20  # bytes that an input of a few KiB may become before a limit holds it
BETWEEN: Final = b"\0\0"  # two files of an input
FILES: Final = 8  # of an input, at most
NAMES: Final = ("ipamd.log", "aws-node-x7k2p.log", "kubelet.log", "export", "events.json", "0.log")


def text(data: bytes) -> None:
    """Bytes become UTF-8 lines whatever they are, and clean ones are left alone."""
    code = texts.encoding(data)
    for name in {code or "latin-1", "utf-8", "utf-16-le"}:
        halves = (data[: len(data) // 2], data[len(data) // 2 :])
        whole = b"".join(texts.chunks((data,), name, 64))
        whole.decode()
        assert b"\r" not in whole
        assert b"\0" not in whole
        if name == "utf-8":
            assert b"".join(texts.chunks(halves, name)) == whole
            assert texts.text_of(data, name) == whole
            if texts.clean(data) and b"\r" not in data:
                assert whole == data


def skimmed(data: bytes) -> None:
    """The native pass accounts for every line, and leaves those out that a plain test allows."""
    opening = OPENINGS[data[0] % len(OPENINGS)] if data else Opening()
    skimmer = native.native(WANTED, opening, data[:64])
    if skimmer is None:
        return  # built without it
    found = skimmer.skim(data[1:], len(data) % 3)
    assert found is not None
    lines = b"".join(texts.chunks((data[1:],), "utf-8", len(data) + 1)).decode().split("\n")
    lines = lines if lines[-1] else lines[:-1]
    rows = found.rows["row"].to_list()
    assert found.lines == len(lines)
    assert found.rows["raw"].to_list() == [lines[row] for row in rows]
    passed = {*range(len(lines))} - {*rows} | {*found.forced}
    assert found.groups["count"].sum() == len(passed)
    parts = set(native.parts_of([*set(KEEP) - set(WANTED.steady)]) or ())
    assert not any(part in lines[row] for row in passed for part in parts)


def compressed(data: bytes) -> None:
    """A stream hands on what it can and never raises; its size is bounded."""
    inner, _ = stream.plain(stream.Stream(iter((data,))))
    made = 0
    for block in inner.blocks():
        made += len(block)
        if made > MOST * 64:
            break


def archives(data: bytes) -> None:
    """Members are opened one after the other; a name stays text, nothing is written."""
    for one in sources.members_of("case.tgz", data):
        one.file.encode()
        made = 0
        for block in one.stream.blocks():
            made += len(block)
            if made > MOST:
                break


def names(data: bytes) -> None:
    """Paths and stream names say what they say, or nothing."""
    name = data.decode("utf-8", "replace")
    read_name(name)
    program_of_file(name)
    place_of(name)
    node_in(name)
    places((name,), (), {name: [name]})
    hint_of(name, name, None)


def escapes(data: bytes) -> None:
    """The inside of a JSON string is read as JSON says, and what is written is read back."""
    inner = data.decode("utf-8", "replace")
    try:
        said = json.loads(f'"{inner}"', strict=False)
    except ValueError:
        return
    assert _unescaped(inner) == said.encode("utf-8", "replace").decode()
    assert _unescaped(escape(inner)) == inner


def _unescaped(text: str) -> str:
    return str(unescape(pl.Series([text], dtype=pl.String))[0])


def drawn(choices: Sequence[T], data: bytes) -> T:
    """Return the one of *choices* that the last byte of *data* names: one a time is quick."""
    return choices[data[-1] % len(choices)] if data else choices[0]


def _lines(data: bytes) -> pl.DataFrame | None:
    frame = lines_of(b"".join(texts.chunks((data,), "utf-8")), 1)
    return frame if frame.height else None


def formats(data: bytes) -> None:
    """Each format takes any lines; together they give a row for every line."""
    frame = _lines(data)
    if frame is None:
        return
    one = drawn(FORMATS, data)
    rows = frame.filter(one.test)
    assert one.decode(rows).height == rows.height
    if data[-1] & 64:
        decode(unwrap(frame))


def line_envelopes(data: bytes) -> None:
    """Each envelope peels any lines: as many come out, in the columns that were agreed on."""
    frame = _lines(data)
    if frame is None:
        return
    sample = [line for line in frame["text"].head(SAMPLE_LINES) if line.strip()]
    one = drawn(LINE_ENVELOPES, data)
    one.fits(sample)
    peeled = one.peel(frame)
    assert peeled.height == frame.height, one.name
    assert peeled.schema == PEELED, one.name
    assert peeled["line"].equals(frame["line"]), one.name


def document_envelopes(data: bytes) -> None:
    """Each envelope of documents takes any text; where it is cut makes no difference."""
    code = texts.encoding(data) or "latin-1"
    whole = b"".join(texts.chunks((data,), code))
    sample = whole[:SAMPLE_BYTES].decode("utf-8", "replace")
    fitting = [one for one in DOCUMENT_ENVELOPES if one.fits(sample, "export.json")]
    one = drawn(fitting or DOCUMENT_ENVELOPES, data)
    frame = one.peel(data if one.binary else whole)
    assert frame is None or frame.schema == PEELED, one.name
    if one.chunks is not None:
        middle = len(whole) // 2
        at_once = _all(one.chunks(iter((whole,))))
        in_parts = _all(one.chunks(iter((whole[:middle], whole[middle:]))))
        assert at_once == in_parts, one.name


def _all(frames: object) -> list[str]:
    return [text for frame in frames for text in frame["text"]]  # type: ignore[attr-defined]


def read(data: bytes) -> None:
    """Every line is accounted for, and the fast path gives what the plain one gives."""
    with mock.patch.object(member, "SMALLEST", 1):  # what is short is skimmed, too
        compare(written(data))


def folders(data: bytes) -> None:
    """Files that are read together are accounted for, and read the same either way."""
    place = FOLDER / f"{os.getpid()}-folder"
    shutil.rmtree(place, ignore_errors=True)
    for number, part in enumerate(data.split(BETWEEN)[:FILES]):
        node = place / f"node-{number % 3}"
        node.mkdir(parents=True, exist_ok=True)
        (node / f"{number}-{NAMES[len(part) % len(NAMES)]}").write_bytes(part)
    compare(place)


def compare(path: Path) -> None:
    """Assert that reading all of *path*, and only some of it, tell the same."""
    try:
        plain = ingest.read(path)
    except SourceError:
        return
    check(plain)
    fast = ingest.read(path, keep=KEEP)
    error_like = pl.col("level").is_in(["error", "fatal"]) | ~pl.col("decoded")
    held = pl.col("message").str.contains_any(list(KEEP))
    wanted = plain.records.filter(error_like.fill_null(value=False) | held)
    assert fast.accounting == plain.accounting
    assert fast.histogram.equals(plain.histogram)
    assert fast.runs.equals(plain.runs)
    assert fast.records.drop("raw").equals(wanted.drop("raw"))


def check(reading: ingest.Reading) -> None:
    """Assert that the sums of *reading* add up."""
    accounting, records = reading.accounting, reading.records
    assert accounting.holds()
    assert records.height == accounting.records + accounting.undecoded
    assert records["record"].to_list() == list(range(records.height))
    assert int(reading.histogram["count"].sum()) == records.height
    assert int(reading.runs["records"].sum()) == records.height


def written(data: bytes) -> Path:
    """Return a file that holds *data*; its length decides its name."""
    path = FOLDER / f"{os.getpid()}-{NAMES[len(data) % len(NAMES)]}"
    path.write_bytes(data)
    return path
