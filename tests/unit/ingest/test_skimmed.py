"""Skimming a file gives what reading every line of it gives."""

from __future__ import annotations

import functools
import gc
import json
import random
import threading
import weakref
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from effort import THOROUGH, examples
from hypothesis import given, settings
from hypothesis import strategies as st
from mixtures import LINES, TIMES, lines
from polars.testing import assert_frame_equal

from cnilog import ingest
from cnilog.catalog import Catalog, Pattern
from cnilog.errors import SourceError
from cnilog.ingest import member, native, reader, skimmed, skimmers
from cnilog.ingest.peel import SAMPLE_ROWS
from cnilog.ingest.skim import Skimmed, _beside
from cnilog.matching import match

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cnilog.reading import Reading

KEEP = ("Unauthorized", "IP address pool stats", "Starting L-IPAMD", 'quo"ted text', "refused")
STEADY = ("IP address pool stats",)
TROUBLES = ("refused", "Unauthorized")
EXAMPLES = {"match": [{"log": "a", "from": "b"}], "reject": [{"log": "c", "because": "d"}]}
CATALOG = Catalog(
    patterns=(
        Pattern.model_validate(
            {
                "id": "p", "kind": "symptom", "title": "t", "why": "w", "examples": EXAMPLES,
                "signals": {
                    "calm": {"contains": list(STEADY), "steady": True},
                    "trouble": {"contains": list(TROUBLES)},
                    "other": {"contains": ["Starting L-IPAMD", 'quo"ted text']},
                },
                "when": {"any": [{"sequence": {"signals": ["calm", "trouble"], "within": "1s"}}, {"seen": "other"}]},
            }
        ),
    )
)  # fmt: skip


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let small files be skimmed, in many blocks and batches."""
    monkeypatch.setattr(member, "SMALLEST", 1)


@pytest.fixture(params=["native", "polars"])
def either(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let lines be skimmed by the native pass, and by Polars alone."""
    if request.param == "native" and not native.is_here():
        pytest.skip("built without the native pass")
    monkeypatch.setenv(native.OFF, "0" if request.param == "polars" else "1")


def compare(path: Path) -> Reading:
    """Return what skimming gives, which is what is asked for of all."""
    plain, skim = ingest.read(path), ingest.read(path, keep=KEEP)
    error_like = pl.col("level").is_in(["error", "fatal"]) | ~pl.col("decoded")
    held = pl.col("message").str.contains_any(list(KEEP))
    wanted = plain.records.filter(error_like.fill_null(value=False) | held)

    assert skim.accounting == plain.accounting
    assert skim.sources == plain.sources
    assert_frame_equal(skim.histogram, plain.histogram)
    assert_frame_equal(skim.runs, plain.runs)
    assert_frame_equal(skim.records.drop("raw"), wanted.drop("raw"))
    return skim


def compare_matches(path: Path, whole: Reading) -> None:
    """Without the steady lines that tell nothing all is as with them, and so are the matches."""
    thin = ingest.read(path, keep=KEEP, steady=STEADY, troubles=TROUBLES)

    assert thin.accounting == whole.accounting
    assert thin.sources == whole.sources
    assert_frame_equal(thin.histogram, whole.histogram)
    assert_frame_equal(thin.runs, whole.runs)
    assert_frame_equal(match(thin.records, CATALOG), match(whole.records, CATALOG))


def headless(seed: int, some: Iterator[bytes], prefix: str) -> Iterator[bytes]:
    """Take the *prefix* off the lines of *some*, here and there, as of those that go on."""
    dice = random.Random(seed)
    rare = dice.choice((3, 30, 300))
    for number, line in enumerate(some):
        yield line.removeprefix(prefix.encode()) if number and not dice.randrange(rare) else line


@pytest.mark.usefixtures("tiny", "either")
@settings(max_examples=examples(12), deadline=None)
@given(seed=st.integers(0, 10**6), count=st.integers(1, 1500))
def test_a_mixture_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, seed: int, count: int
) -> None:
    path = tmp_path_factory.mktemp("mixture") / "ipamd.log"
    path.write_bytes(b"".join(lines(seed, count)))

    compare_matches(path, compare(path))


@pytest.mark.usefixtures("tiny", "either")
@pytest.mark.parametrize(
    "prefix",
    [
        pytest.param("2026-01-05T09:15:02.104233871Z stdout F ", id="cri"),
        pytest.param("2026-01-05T18:15:02.104233871+09:00 ", id="timestamps"),
    ],
)
@pytest.mark.parametrize("seed", range(examples(3)))
def test_a_prefixed_mixture_reads_the_same(tmp_path: Path, seed: int, prefix: str) -> None:
    path = tmp_path / "0.log"
    path.write_bytes(b"".join(lines(seed, 900, prefix)))

    compare(path)


@pytest.mark.usefixtures("tiny", "either")
@pytest.mark.parametrize("seed", range(examples(2)))
def test_many_blocks_and_batches_read_the_same(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member, "CHUNK", 20_000)
    monkeypatch.setattr(member, "BLOCK", 30_000)
    monkeypatch.setattr(skimmed, "BATCH", 300)
    path = tmp_path / "ipamd.log"
    path.write_bytes(b"".join(lines(seed, 3000)))

    compare_matches(path, compare(path))


@pytest.mark.usefixtures("tiny", "either")
def test_of_steady_lines_few_are_left(tmp_path: Path) -> None:
    steady, trouble = LINES[4], LINES[0].replace("IP stats", "refused")
    path = tmp_path / "ipamd.log"
    with path.open("w") as file:
        for number in range(2000):
            time = f"2026-01-05T09:15:{number % 60:02d}.{number % 1000:03d}Z"
            line = trouble if number % 500 == 250 else steady
            file.write(line.format(ts=time, n=number) + "\n")
    thin = ingest.read(path, keep=KEEP, steady=STEADY, troubles=TROUBLES).records

    calm = thin.filter(pl.col("message").str.contains(STEADY[0], literal=True))
    assert {249, 749, 1249, 1749, 1999} <= set(calm["record"])  # before trouble, and the last
    after = calm.filter(pl.col("record") >= SAMPLE_ROWS)  # the first lines are decoded in any case
    assert after.height <= 6
    compare_matches(path, ingest.read(path, keep=KEEP))


@pytest.mark.usefixtures("tiny")
def test_a_copy_in_the_file_is_counted_once_either_way(tmp_path: Path) -> None:
    path = tmp_path / "ipamd.log"
    path.write_bytes(b"".join(lines(1, 700)) * 2)

    compare(path)
    assert ingest.read(path, keep=KEEP).accounting.duplicate > 500


@pytest.mark.usefixtures("tiny")
def test_every_shared_log_reads_the_same(shared: Path) -> None:
    files = [path for path in (shared / "cases").glob("*/logs/*") if path.is_file()]
    files += [path for path in (shared / "samples").rglob("*") if path.is_file()]

    for path in sorted(files)[:: 1 if THOROUGH else 4]:  # of each kind there are more
        try:
            compare(path)
        except SourceError:
            continue


STAMP = "2026-01-05T18:15:02.104Z "


@pytest.mark.usefixtures("tiny", "either")
@pytest.mark.parametrize("batch", [1, 700, 40_000])
@pytest.mark.parametrize("seed", range(examples(3)))
def test_an_export_whose_events_have_several_lines_reads_the_same(
    tmp_path: Path, seed: int, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(skimmed, "BATCH", batch)
    path = tmp_path / "000000"
    path.write_bytes(b"".join(headless(seed, lines(seed, 3000, STAMP), STAMP)))

    whole = compare(path)

    assert whole.sources[0].formats[0] == "cloudwatch-export"
    compare_matches(path, whole)


@pytest.mark.parametrize(  # read together, and each by itself
    "prefix", ["", "2026-01-05T09:15:02.104233871Z stdout F "]
)
@pytest.mark.parametrize("seed", range(4))
def test_of_small_files_no_steady_line_is_kept_that_tells_nothing(
    tmp_path: Path, seed: int, prefix: str
) -> None:
    for number in range(4):
        path = tmp_path / f"ipamd-{number}.log"
        path.write_bytes(b"".join(lines(seed + number, 200, prefix)))

    whole = compare(tmp_path)
    compare_matches(tmp_path, whole)

    thin = ingest.read(tmp_path, keep=KEEP, steady=STEADY, troubles=TROUBLES).records
    calm = pl.col("message").str.contains(STEADY[0], literal=True)
    assert thin.filter(calm).height < whole.records.filter(calm).height


@pytest.mark.usefixtures("tiny")
def test_how_far_a_large_file_is_read_is_told_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member, "CHUNK", 20_000)
    monkeypatch.setattr(member, "BLOCK", 10_000)
    monkeypatch.setattr(skimmed, "BATCH", 300)
    path = tmp_path / "ipamd.log"
    path.write_bytes(b"".join(lines(1, 3000)))
    told: list[tuple[int, int | None, int]] = []
    was_told = threading.Event()
    read = reader.Reader.read

    def slow(self: reader.Reader, frame: pl.DataFrame, **more: Any) -> pl.DataFrame:
        was_told.clear()
        assert was_told.wait(10)  # who waits for the file tells of it meanwhile
        return read(self, frame, **more)

    def tell(*one: Any) -> None:
        told.append(one)
        was_told.set()

    monkeypatch.setattr(reader.Reader, "read", slow)
    ingest.read(path, keep=KEEP, progress=tell)

    size = path.stat().st_size
    assert {total for _, total, _ in told} == {size}
    assert len({done for done, _, _ in told}) > 3
    assert told == sorted(told)
    assert told[-1] == (size, size, 1)


def quoted(seed: int, some: Iterator[bytes], pods: int) -> Iterator[bytes]:
    """Put lines into the JSON of Fluent Bit, here and there in an unusual way."""
    dice = random.Random(seed)
    names = [f"aws-node-{dice.getrandbits(20):05x}" for _ in range(pods)]
    encode = dice.choice((json.dumps, functools.partial(json.dumps, ensure_ascii=False)))
    first = seed % 3  # the text comes first, last or in the middle
    for number, line in enumerate(some):
        text = line.rstrip(b"\n").decode("utf-8", "replace")
        chance = dice.random()
        pod = dice.choice(names) if number > 400 else names[0]
        entry = {
            "log": f"{text}\n{text}" if chance < 0.004 else text + "\n" * (chance < 0.5),
            "stream": "stderr" if 0.1 < chance < 0.11 else "stdout",
            "_p": "P" if 0.2 < chance < 0.204 else "F",
            "time": f"2026-01-05T09:15:{number % 60:02d}.{dice.randrange(10**9):09d}Z",
            "kubernetes": {"pod_name": pod, "host": "node-a", "container_name": "aws-node"},
        }
        if 0.4 < chance < 0.404:
            entry["level"] = "Unauthorized"
        names_in_order = [*entry][first:] + [*entry][:first]
        entry = {name: entry[name] for name in names_in_order}
        whole = encode(entry, separators=(",", ":")).encode("utf-8", "surrogatepass")
        yield (whole[: len(whole) // 2] if 0.3 < chance < 0.302 else whole) + b"\n"


@pytest.mark.usefixtures("tiny", "either")
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("pods", "chunk"), [(1, 32 << 20), (2, 60_000)])
def test_lines_in_quotes_read_the_same(
    tmp_path: Path, seed: int, pods: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member, "CHUNK", chunk)
    monkeypatch.setattr(member, "BLOCK", chunk)
    monkeypatch.setattr(skimmed, "BATCH", 300)
    path = tmp_path / "dataplane.jsonl"
    path.write_bytes(b"".join(quoted(seed, lines(seed, 1000), pods)))

    compare_matches(path, compare(path))


def dockers(seed: int, some: Iterator[bytes]) -> Iterator[bytes]:
    """Put lines into those of Docker, here and there cut, of the other pipe or with labels."""
    dice = random.Random(seed)
    for number, line in enumerate(some):
        text = line.rstrip(b"\n").decode("utf-8", "replace")
        chance = dice.random()
        whole = 'x"}' if chance < 0.004 else text
        entry = {
            "log": whole + "\n" * (chance > 0.02),
            "stream": "stderr" if 0.1 < chance < 0.11 else "stdout",
            **({"attrs": {"io.kubernetes.pod.name": "a"}} if 0.2 < chance < 0.203 else {}),
            "time": f"2026-01-05T09:15:{number % 60:02d}.{dice.randrange(10**9):09d}Z",
        }
        yield json.dumps(entry, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


@pytest.mark.usefixtures("tiny", "either")
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("chunk", [60_000, 32 << 20])
def test_lines_of_docker_read_the_same(
    tmp_path: Path, seed: int, chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member, "CHUNK", chunk)
    monkeypatch.setattr(member, "BLOCK", chunk)
    monkeypatch.setattr(skimmed, "BATCH", 300)
    path = tmp_path / "0123-json.log"
    path.write_bytes(b"".join(dockers(seed, lines(seed, 1000))))

    compare_matches(path, compare(path))


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize(
    "entry",
    [
        pytest.param({"stream": "stdout", "_p": "F", "time": "2026-01-05T09:15:00Z"}, id="fluent"),
        pytest.param({"stream": "stdout", "time": "2026-01-05T09:15:00Z"}, id="docker"),
    ],
)
def test_lines_in_quotes_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: dict[str, str]
) -> None:
    monkeypatch.setattr(member, "CHUNK", 20_000)
    kept: list[int] = []
    read = reader.Reader.read
    monkeypatch.setattr(
        reader.Reader,
        "read",
        lambda self, frame, **more: (kept.append(frame.height), read(self, frame, **more))[1],
    )
    calm = (LINES[0].format(ts=TIMES[0].format(s=n % 60, ms=n % 999), n=n) for n in range(3000))
    compact = functools.partial(json.dumps, separators=(",", ":"))
    whole = "".join(compact({"log": f"{line}\n", **entry}) + "\n" for line in calm)
    (tmp_path / "dataplane.jsonl").write_text(whole, "utf-8")
    accounting = ingest.read(tmp_path, keep=KEEP).accounting

    assert accounting.records == 3000
    assert sum(kept) < SAMPLE_ROWS + 10


def test_of_many_containers_few_skimmers_are_held() -> None:
    """In quotes the lines of each container are like nobody else's; a fleet has thousands."""
    held = skimmers.Skimmers(KEEP)
    made = []
    for number in range(40):
        entry = {"log": LINES[0].format(ts=TIMES[0].format(s=1, ms=1), n=1) + "\n"}
        head = json.dumps({**entry, "kubernetes": {"pod_name": f"aws-node-{number:05d}"}}).encode()
        opening = skimmers.opening_of(head)
        assert opening is not None
        made.append(weakref.ref(held.skimmer(opening, head)))
    gc.collect()

    assert sum(one() is not None for one in made) == skimmers.OPENINGS


@pytest.mark.usefixtures("tiny")
def test_a_flood_of_short_lines_is_skimmed_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(member, "CHUNK", 20_000)
    monkeypatch.setattr("cnilog.ingest.lines.MOST", 400)
    seen: list[int] = []
    skim = skimmers.Skimmer.skim

    def watched(self: skimmers.Skimmer, chunk: bytes, forced: int = 0) -> Skimmed:
        seen.append(chunk.count(b"\n"))
        return skim(self, chunk, forced)

    monkeypatch.setattr(skimmers.Skimmer, "skim", watched)
    path = tmp_path / "ipamd.log"
    path.write_bytes(b"".join(lines(1, 800)) + b"\n" * 5000 + b"".join(lines(2, 50)))
    compare(path)

    assert max(seen) <= 400


@pytest.mark.usefixtures("tiny", "either")
def test_a_loop_of_starts_reads_the_same_and_takes_no_minutes(tmp_path: Path) -> None:
    """Each line of a script that waits may begin a run: none may be compared with all others."""
    waiting = (
        f'{{"level":"info","ts":"2026-01-05T{n // 1800:02d}:{n // 30 % 60:02d}:{n * 2 % 60:02d}'
        '.010Z","caller":"entrypoint.sh","msg":"Retrying waiting for IPAM-D"}\n'
        for n in range(40_000)
    )
    path = tmp_path / "aws-node.log"
    path.write_text("".join(waiting), "utf-8")

    assert compare(path).accounting.records == 40_000


@settings(max_examples=200)
@given(odd=st.sets(st.integers(0, 30)), marks=st.sets(st.integers(0, 30), min_size=1))
def test_beside_a_mark_are_the_nearest_lines_that_were_passed_over(
    odd: set[int], marks: set[int]
) -> None:
    even = [row for row in range(31) if row not in odd | marks]
    nearest = {
        row
        for mark in marks
        for row in (
            max((one for one in even if one < mark), default=None),
            min((one for one in even if one > mark), default=None),
        )
    }

    assert _beside(pl.Series(sorted(marks)), 31, odd | marks) == nearest - {None}
