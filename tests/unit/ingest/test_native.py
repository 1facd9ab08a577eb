"""The native pass leaves out no line that is wanted, and counts all that it leaves out."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mixtures import lines

from cnilog.ingest import native
from cnilog.ingest.keep import Keep
from cnilog.ingest.native import NativeSkimmer, parts_of
from cnilog.ingest.skim import Opening, PolarsSkimmer, Skimmed, texts_of
from cnilog.ingest.text import chunks, clean

if TYPE_CHECKING:
    from collections.abc import Sequence

KEEP = ("Unauthorized", "IP address pool stats", "Starting L-IPAMD", 'quo"ted text', "refused")
STEADY = ("IP address pool stats",)
TROUBLES = ("refused", "Unauthorized")
WANTED = Keep.of(KEEP, ("error", "fatal"), STEADY, TROUBLES)
LINE = '{"level":"info","ts":"2026-01-05T09:15:03.010Z","caller":"x/y.go:1","msg":"TEXT"}'

pytestmark = pytest.mark.skipif(not native.is_here(), reason="built without the native pass")


def skimmer(keep: Sequence[str] = WANTED, sample: bytes = b"") -> NativeSkimmer:
    made = native.native(keep, Opening(), sample)
    assert made
    return made


def left(chunk: bytes, **more: int) -> Skimmed:
    found = skimmer().skim(chunk, **more)
    assert found is not None
    return found


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 300), sample=st.binary(max_size=400))
def test_what_is_passed_over_is_sound_unwanted_and_counted(
    seed: int, count: int, sample: bytes
) -> None:
    some = [line for line in lines(seed, count) if clean(line)]
    chunk = b"".join(some)
    found = skimmer(sample=sample).skim(chunk)
    assert found is not None
    passed = {*range(len(some))} - {*found.rows["row"]} | {*found.forced}
    texts = [some[row].decode() for row in passed]
    heads = [re.match(r'\{"level":"(debug|info|warn)","ts":"(.{16})', one) for one in texts]

    assert found.lines == len(some)
    assert found.rows["raw"].to_list() == [
        some[row].decode().removesuffix("\n") for row in found.rows["row"]
    ]
    assert all(text.endswith('"}\n') for text in texts)
    assert Counter(head.groups() for head in heads if head) == {
        (level, minute.strftime("%Y-%m-%dT%H:%M")): count
        for level, minute, count in found.groups.select("level", "minute", "count").iter_rows()
    }
    assert all(heads)
    assert not any(part in text for text in texts for part in parts_of({*KEEP} - {*STEADY}) or ())


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 300), forced=st.integers(0, 40))
def test_polars_passes_over_no_more(seed: int, count: int, forced: int) -> None:
    """Its texts are shorter, so it leaves some lines more, and never one less."""
    some = (line for line in lines(seed, count) if clean(line) and b"02-30" not in line)
    chunk = b"".join(some)
    found = left(chunk, forced=forced)
    other = PolarsSkimmer(WANTED, Opening(), texts_of(WANTED, "")).skim(chunk, forced)

    odd = {*found.rows["row"]} - {*found.forced}
    assert odd <= {*other.rows["row"]} - {*other.forced}
    assert found.lines == other.lines


@pytest.mark.parametrize("text", KEEP)
def test_a_text_is_found_at_every_place(text: str) -> None:
    for before in range(30):
        line = LINE.replace("TEXT", "-" * before + text.replace('"', '\\"'))
        chunk = f"{LINE}\n{line}\n{LINE}\n{LINE}\n".encode()
        assert 1 in set(left(chunk).rows["row"]) - {*left(chunk).forced}, line


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"\r", b"\n", b"\0", b"\xff", b"\xe2\x82", b"\xed\xa0\x80", "é".encode()])
        | st.binary(max_size=4)
    )
)
def test_broken_text_is_mended_as_python_does_it(pieces: list[bytes]) -> None:
    chunk = b"".join(pieces)
    lines = b"".join(chunks((chunk,), "utf-8", len(chunk) + 1)).decode().split("\n")

    assert left(chunk).rows["raw"].to_list() == (lines if lines[-1] else lines[:-1])


@pytest.mark.parametrize("day", ["02-30", "13-01", "00-10"])
def test_a_day_that_no_calendar_has_is_left(day: str) -> None:
    chunk = f"{LINE}\n{LINE.replace('01-05', day)}\n{LINE}\n{LINE}\n".encode()

    assert 1 in set(left(chunk).rows["row"]) - {*left(chunk).forced}


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("texts", [[b""], [b"", b""], [b"a", b"", b"b"], [LINE.encode()] * 3])
def test_ends_of_lines_are_counted_as_polars_does(texts: list[bytes], end: bytes) -> None:
    chunk = b"\n".join(texts) + end
    other = PolarsSkimmer(WANTED, Opening(), texts_of(WANTED, "")).skim(chunk)

    assert left(chunk).lines == other.lines
    assert left(chunk).rows.equals(other.rows)


def test_steady_lines_are_kept_where_trouble_cannot_be_told() -> None:
    calm = LINE.replace("TEXT", STEADY[0])
    chunk = "\n".join([calm] * 9).encode()
    for trouble, count in (("refused", 1), ('"""', 9)):
        found = skimmer(Keep.of(KEEP, ("error",), STEADY, (trouble,))).skim(chunk)
        assert found is not None
        assert found.rows.height - len(found.forced) == count


def test_nothing_has_no_lines() -> None:
    assert left(b"").lines == 0


def test_texts_that_have_no_part_to_look_for_are_not_skimmed_by() -> None:
    assert parts_of(["Unauthorized", '"""']) is None
    assert parts_of(["Unauthorized", 'a "quoted word"']) == ["Unauthorized", "quoted word"]


def test_a_library_that_does_not_fit_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    native._library.cache_clear()
    monkeypatch.setattr(native, "BORDER", -1)
    try:
        assert native.native(WANTED, Opening(), b"") is None
    finally:
        native._library.cache_clear()
