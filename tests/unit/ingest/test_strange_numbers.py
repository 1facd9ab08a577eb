"""Numbers that no program prints crash nothing, and every line stays accounted for.

A regex's class of digits holds those of all scripts, an int of 5,000 digits is refused by Python,
and what is made of either must not be asked for as a number.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from exports import CONTAINER, ID, LINES, NAMESPACE, POD, fluent_bit

from cnilog.analysis import analyze
from cnilog.catalog.versions import number
from cnilog.ingest.formats import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(?:\.[0-9]+)?Z?")
TIMES = (  # years that Python has not, or not any more an hour later
    "0000-01-01T00:00:00.000Z",
    "0001-01-01T00:00:00.000+23:59",
    "0001-01-01T00:00:00.000Z",
    "1899-12-31T23:59:59.000Z",
    "2200-01-01T00:00:30.000Z",
    "9999-12-31T23:59:59.999-23:59",
    "9999-12-31T23:59:99.000Z",
)
NUMBER = re.compile("[0-9]+")
STRANGE = {
    "arabic": "\u0661\u0662",
    "superscript": "\u00b2",
    "endless": "9" * 5_000,
    "float": "1e999",
}
TEXTS = {
    **{form.name: form.sample for form in FORMATS},
    "cri": "\n".join(f"{line.time} {line.pipe} F {line.text}" for line in LINES),
    "fluent-bit": "\n".join(map(fluent_bit, LINES)),
    "journal": "Mar 02 07:00:01 ip-10-7-0-21 kubelet[812]: E0302 07:00:01.1 812 a.go:1] failed",
    "journal-json": json.dumps(
        {"PRIORITY": "3", "MESSAGE": "failed", "__REALTIME_TIMESTAMP": "1772434801000000"}
    ),
    "events": "12m  Warning  FailedCreatePodSandBox  pod/api-1  failed to set up sandbox",
    "version": LINES[1].text,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_number_is_looked_at_before_it_is_taken_for_one(tmp_path: Path, text: str) -> None:
    lines = text.count("\n") + 1
    for name, strange in STRANGE.items():
        (tmp_path / f"{name}.log").write_text(NUMBER.sub(strange, text) + "\n", "utf-8")
        for one in list(NUMBER.finditer(text))[:8]:  # the head of a line is what is read closely
            changed = text[: one.start()] + strange + text[one.end() :] + "\n"
            (tmp_path / f"{name}-{one.start()}.log").write_text(changed, "utf-8")

    accounting = analyze(tmp_path).accounting

    assert accounting.lines == lines * accounting.files
    assert accounting.holds()


@pytest.mark.parametrize("text", [one for one in TEXTS.values() if TIME.search(one)])
def test_a_time_that_no_clock_shows_is_none(tmp_path: Path, text: str) -> None:
    lines = text.count("\n") + 1
    for at, time in enumerate(TIMES):
        last = list(TIME.finditer(text))[-1]
        changed = text[: last.start()] + time + text[last.end() :]
        (tmp_path / f"last-{at}.log").write_text(changed + "\n", "utf-8")
        (tmp_path / f"all-{at}.log").write_text(TIME.sub(time, text) + "\n", "utf-8")

    report = analyze(tmp_path)

    assert report.accounting.lines == lines * 2 * len(TIMES)
    assert report.accounting.holds()
    assert report.model_dump_json()


def test_a_restart_of_too_many_digits_is_none(tmp_path: Path) -> None:
    pod = tmp_path / f"{NAMESPACE}_{POD}_{ID[:32]}" / CONTAINER
    pod.mkdir(parents=True)
    (pod / f"{'9' * 200}.log").write_text(LINES[1].text + "\n", "utf-8")

    assert analyze(tmp_path).accounting.records == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [("v1.18.2", (1, 18, 2)), ("1.9", (1, 9, 0)), (f"v1.{'9' * 5_000}", None), ("v1.", None)],
    ids=["usual", "short", "endless", "half"],
)
def test_a_version_is_three_numbers_or_none(
    text: str, expected: tuple[int, int, int] | None
) -> None:
    assert number(text) == expected
