"""What stands before each line is taken off and its names kept, and bare lines stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import exports
import polars as pl
import pytest
from exports import CONTAINER, LINES, MESSAGES, NAMESPACE, POD

from cnilog.ingest.envelopes import LINE_ENVELOPES
from cnilog.ingest.envelopes.cri import CRI
from cnilog.ingest.peeled import WRITER, peeled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from exports import Line

    from cnilog.ingest.envelope import LineEnvelope

BOTH, ONE = (POD, CONTAINER), (None, CONTAINER)
NUMBERS = {line: number for number, line in enumerate(LINES, 1)}
LABELS = f'{{container="{CONTAINER}", pod="{POD}", stream="stderr"}}'
PREFIXES = [
    pytest.param(lambda line: f"{POD} {CONTAINER} {line.text}", BOTH, id="stern"),
    pytest.param(lambda line: f"{NAMESPACE} {POD} {CONTAINER} {line.time} {line.text}", BOTH,
                 id="stern -A -t"),
    pytest.param(lambda line: f"{POD} {CONTAINER} 03-02 {line.time[11:19]} {line.text}", BOTH,
                 id="stern -t short"),
    pytest.param(lambda line: f"\x1b[95m{POD}\x1b[0m \x1b[35m{CONTAINER}\x1b[0m {line.text}",
                 BOTH, id="stern in colour"),
    pytest.param(lambda line: f"[{POD} {CONTAINER}] {line.text}", BOTH, id="kubetail"),
    pytest.param(lambda line: f"{CONTAINER} {line.text}", ONE, id="k9s"),
    pytest.param(lambda line: f"{line.time:<30} {CONTAINER} {line.text}", ONE, id="k9s, stamped"),
    pytest.param(lambda line: f"│ {CONTAINER} {line.text}   │", ONE, id="k9s, from the screen"),
    pytest.param(lambda line: f"{CONTAINER}  | {line.text}", ONE, id="compose"),
    pytest.param(lambda line: f"{line.time} {LABELS} {line.text}", BOTH, id="logcli"),
    pytest.param(lambda line: f"{line.epoch}\t{line.time[:23]}Z\t{line.text}", (None, None),
                 id="grafana"),
    pytest.param(lambda line: f"logs/aws-node.log:{NUMBERS[line]}:{line.text}", (None, None),
                 id="grep -n"),
    pytest.param(lambda line: f"{NUMBERS[line]:6d}\t{line.text}", (None, None), id="cat -n"),
    pytest.param(lambda line: f"> {line.text}", (None, None), id="quoted"),
    pytest.param(lambda line: f"    {line.text}", (None, None), id="indented"),
]  # fmt: skip


@pytest.mark.parametrize(("write", "who"), PREFIXES)
def test_a_prefix_is_taken_off(
    write: Callable[[Line], str], who: tuple[object, ...], tmp_path: Path
) -> None:
    reading = exports.read(tmp_path, "\n".join(map(write, LINES)) + "\n")

    assert exports.messages(reading.records) == MESSAGES
    assert exports.identity(reading.records)[1:] == who
    assert reading.accounting.undecoded == 0


@pytest.mark.parametrize("envelope", LINE_ENVELOPES, ids=lambda envelope: envelope.name)
def test_bare_lines_carry_no_envelope(envelope: object) -> None:
    assert not envelope.fits([line.text for line in LINES])  # type: ignore[attr-defined]


@pytest.mark.parametrize("envelope", set(LINE_ENVELOPES) - {CRI}, ids=lambda e: e.name)
def test_lines_of_a_runtime_carry_no_other_envelope(envelope: object) -> None:
    sample = [f"{line.time} {line.pipe} F {line.text}" for line in LINES]
    stamped = {"kubectl --timestamps", "cloudwatch-export", "k9s-container"}

    assert envelope.name in stamped or not envelope.fits(sample)  # type: ignore[attr-defined]


def test_brackets_that_k9s_escaped_are_mended(tmp_path: Path) -> None:
    text = "\n".join(line.text for line in LINES).replace("[running]", "[running[]")

    records = exports.read(tmp_path, text).records

    assert "goroutine 1 [running]:" in records.filter(records["level"] == "fatal")["message"][0]


def test_a_selection_that_begins_within_the_screen_of_k9s_is_read(tmp_path: Path) -> None:
    screen = "\n".join(f"│ {CONTAINER} {line.text:<120} │" for line in LINES[1:3])
    reading = exports.read(tmp_path, screen.removeprefix("│ "))

    assert exports.messages(reading.records) == MESSAGES[1:3]
    assert reading.accounting.undecoded == 0


def test_a_line_in_a_json_string_is_read(tmp_path: Path) -> None:
    import json

    text = "\n".join(json.dumps(line.text) for line in LINES if line.text.startswith("{"))

    assert exports.messages(exports.read(tmp_path, text).records) == MESSAGES[1:3]


@pytest.mark.parametrize(
    "prefix",
    [f"{POD} {CONTAINER} ", f"/aws/g/data {exports.STREAM_NAME} "],
    ids=["stern", "awslogs"],
)
def test_a_time_that_is_the_lines_own_is_left_to_it(prefix: str, tmp_path: Path) -> None:
    text = "".join(f"{prefix}2019-03-02T07:00:0{n}.000Z [ERROR]\tFailed {n}\n" for n in range(5))

    records = exports.read(tmp_path, text).records

    assert records.select("level", "message").rows() == [("error", f"Failed {n}") for n in range(5)]


UNSIGNED = [envelope for envelope in LINE_ENVELOPES if envelope.unsigned]


@pytest.mark.parametrize("envelope", UNSIGNED, ids=lambda envelope: envelope.name)
def test_an_unsigned_envelope_never_tells_who_wrote(envelope: LineEnvelope) -> None:
    ways = [write.values[0] for write in PREFIXES]  # also lines of others
    texts = [f"{line.time} stderr F {line.text}" for line in LINES]
    texts += [f"{line.time[:23]}{zone} {line.text}" for zone in ("Z", "") for line in LINES]
    texts += [write(line) for write in ways for line in LINES]
    frame = envelope.peel(peeled(pl.DataFrame({"text": texts})))

    assert frame["env_ts"].count() >= len(LINES)
    assert frame.select(*WRITER, "component").null_count().row(0) == (len(texts),) * 6
