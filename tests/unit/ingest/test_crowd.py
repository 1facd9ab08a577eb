"""Many small files read at once give what reading each alone gives."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from effort import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from cnilog.finding import Source
from cnilog.ingest import crowd, crowded, member, read

LINES = (
    '{"level":"info","ts":"2026-01-05T09:15:02.104Z","caller":"ipamd/ipamd.go:463","msg":"one"}',
    '{"level":"error","ts":"2026-01-05T09:15:61.104Z","caller":"driver/x.go:4","msg":"a\\nb"}',
    '{"level":"info","ts":"2026-01-05T08:00:00.000Z","caller":"x.go:1","msg":"Starting L-IPAMD"}',
    '{"level":"info","ts":"2026-01-05T09:1',
    '5:02.104Z","caller":"ipamd/ipamd.go:463","msg":"cut by a terminal"}',
    '{"level":"debug","ts":"2026-01-05T09:16:02.104Z","caller":"driver/x.go:4","msg":"a \\" b"}',
    '{"level":"debug","ts":"2026-01-05T09:16:03.104Z","caller":"driver/x.go:4","msg":"a " b"}',
    '{"level":"info","ts":"2026-13-05T09:16:03.104Z","caller":"ipamd/ipamd.go:4","msg":"when"}',
    '{"level":"info","ts":"2026-01-05T09:17:03.104Z","caller":"entrypoint.sh","msg":"shell"}',
    '{"level":"info","ts":"2026-01-05T09:17:04.104Z","caller":"x","msg":"\\u0053tarting L-IPAMD"}',
    '{"level":"warn","ts":"2026-01-05T09:18:04.104Z","caller":"ipamd/x.go:1","msg":"two"}',
    '{"level":"info","ts":"2026-01-05T09:19:04.104Z","caller":"ipamd/x.go:1","msg":"three"}',
    '{"level":"info","ts":"2026-01-05T09:19:05.104Z","caller":"ipamd/x.go:1","msg":"four"}',
    "E0105 23:59:59.123456       1 reflector.go:138] failed to list *v1.Node: x",
    "I0101 00:00:01.123456       1 reflector.go:138] watch ended",
    'time="2026-01-05T09:15:02Z" level=info msg="Retrying waiting for IPAM-D"',
    "2019-07-30T15:31:53.101Z [DEBUG]\tIP pool stats: total = 28, used = 28",
    "panic: runtime error: invalid memory address",
    "goroutine 1 [running]:",
    "main.main()",
    "\t/go/src/main.go:10 +0x1d",
    "no format knows this",
    'Defaulted container "aws-node" out of: aws-node, aws-eks-nodeagent',
    "+ sysctl -w net.ipv4.conf.eth0.rp_filter=2",
    "",
    "   ",
    "\ufffd\u00e9",
)
TIME = "2026-01-05T09:{0:02}:02.{1:03}"
WRAPS = (
    "{2}",
    TIME + "999999Z stdout F {2}",  # CRI
    TIME + "999999Z stderr P {2}",
    TIME + "Z {2}",  # an export
    TIME + "999999Z {2}",  # kubectl --timestamps
    "[pod/aws-node-x7k2p/aws-node] {2}",
    "\x1b[1;33maws-node-x7k2p aws-node\x1b[0m {2}",
    "Jan 05 09:{0:02}:02 ip-10-0-3-17 kubelet[3391]: {2}",
    '{{"log":"{3}\\n","stream":"stderr","time":"' + TIME + '999999Z"}}',
    '{{"log":"{3}","kubernetes":{{"pod_name":"aws-node-x7k2p","namespace_name":"kube-system",'
    '"container_name":"aws-node"}},"time":"' + TIME + 'Z"}}',
)
POD = "var/log/pods/kube-system_aws-node-x7k2p_0b9e1b5e-7a5b-4a5b-8c9d-0123456789ab/aws-node"
FOLDERS = (POD, POD, POD.replace("x7k2p", "y8m3q"), "")
KLOG = next(line for line in LINES if line.startswith("E0105"))
FILES = st.lists(
    st.tuples(
        st.sampled_from(("ipamd", "plugin", "kubelet", "aws-node-x7k2p", "2026-01-05", "x")),
        st.lists(st.sampled_from(LINES), max_size=30),
        st.integers(1, 3),  # times that the text stands in the file
        st.sampled_from(("\n", "\r\n")),
        st.booleans(),
        st.tuples(
            st.sampled_from(WRAPS),
            st.lists(st.booleans(), max_size=30),  # which lines go without
            st.sampled_from((1, 1, 1, -1)),  # newest first
        ),
        st.sampled_from(FOLDERS),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


def _known(source: Source) -> Source:
    """Return *source*, whose lines with a lone quote count as zap's where nobody asks for them."""
    names = tuple(name for name in source.formats if name != "json")
    return source.model_copy(update={"formats": names})


def _wrapped(lines: list[str], wrap: str, without: list[bool], step: int, times: int) -> list[str]:
    """Return *lines* inside *wrap*, each at a time of its own, but for those that go without."""
    minutes = range(10, 10 + len(lines) * times)[::step]
    bare = [*without, *[False] * len(lines)]
    return [
        line
        if bare[number % len(lines)]
        else wrap.format(minute % 60, number, line, json.dumps(line)[1:-1])
        for number, (minute, line) in enumerate(zip(minutes, lines * times, strict=True))
    ]


@pytest.mark.parametrize(
    ("keep", "hushed_from", "swept_from"),
    [
        (None, 0, 0),
        (("Retrying", "goroutine"), 0, 1_000_000),
        (("Retrying",), 1_000_000, 1_000_000),
        (("Retrying", "goroutine"), 0, 0),
    ],
)
@given(files=FILES)
@settings(max_examples=examples(10), deadline=None)
def test_files_read_at_once_are_as_each_is_alone(
    files: list[tuple[str, list[str], int, str, bool, tuple[str, list[bool], int], str]],
    keep: tuple[str, ...] | None,
    hushed_from: int,
    swept_from: int,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "z.log").write_text(LINES[0], "utf-8")  # all others may be empty
        for number, (name, lines, times, end, ended, wrap, place) in enumerate(files):
            text = end.join(_wrapped(lines, *wrap, times)) + (end if ended else "")
            path = (
                Path(folder, place, f"{number}.log") if place else Path(folder, str(number), name)
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x\n" * (wrap[0] == "{2}") + text.encode())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(crowded, "HUSHED_FROM", hushed_from)
            patch.setattr(crowded, "SWEPT_FROM", swept_from)
            together = read(folder, keep=keep)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(member, "LARGEST", -1)
            alone = read(folder, keep=keep)

    assert_frame_equal(together.records, alone.records)
    assert_frame_equal(together.runs, alone.runs)
    assert_frame_equal(together.histogram, alone.histogram)
    assert [*map(_known, together.sources)] == [*map(_known, alone.sources)]
    assert together.accounting == alone.accounting
    assert together.notes == alone.notes


@pytest.mark.parametrize("wraps", [(1, 1), (1, 0), (8, 1), (9, 9)])
def test_what_a_file_of_the_container_before_it_held_is_counted(
    tmp_path: Path, wraps: tuple[int, int]
) -> None:
    lines = [LINES[0].replace("15:02", f"{minute}:02") for minute in range(10, 40)]
    for number, wrap in enumerate(wraps):
        path = tmp_path / POD / f"{number}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line}\n" for line in _wrapped(lines, WRAPS[wrap], [], 1, 1))
        path.write_text(text, "utf-8")

    first, second = read(tmp_path).sources
    assert (first.records, first.duplicate) == (30, 0)
    assert (second.records, second.duplicate) == (0, 30)


def test_envelopes_in_envelopes_are_taken_off_whatever_else_is_read_with_them(
    tmp_path: Path,
) -> None:
    inner = _wrapped([LINES[0]] * 5, WRAPS[5], [], 1, 1)
    for number, lines in enumerate(([LINES[1]] * 5, inner, [KLOG] * 5)):
        text = "".join(f"{line}\n" for line in _wrapped(lines, WRAPS[8], [], 1, 1))
        (tmp_path / f"{number}-json.log").write_text(text, "utf-8")

    one, two, three = read(tmp_path).sources
    assert one.formats == ("docker json-file", "zap")
    assert two.formats == ("docker json-file", "kubectl --prefix", "zap")
    assert two.pod == "aws-node-x7k2p"
    assert three.formats == ("docker json-file", "klog")


def test_what_waits_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "MOST", 200)
    waited: list[int] = []
    settle = crowd.Crowd.settle

    def counted(self: crowd.Crowd) -> None:
        waited.append(self._files)
        settle(self)

    monkeypatch.setattr(crowd.Crowd, "settle", counted)
    for number in range(10):
        (tmp_path / f"{number}.log").write_text(LINES[0] + "\n", "utf-8")

    assert read(tmp_path).accounting.records == 10
    assert max(waited) == 3  # of 90 bytes each
