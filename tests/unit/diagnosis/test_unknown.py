"""Lines of one template are one shape, lines of two are two, and what stands out comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from cnilog.diagnosis.shapes import joined, shapes_of
from cnilog.diagnosis.unknown import unknown_shapes
from cnilog.schema import MATCHES, RECORDS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
Row = tuple[str, str | None, str | None, float]  # message, level, node, seconds after noon


def _records(rows: list[Row]) -> pl.DataFrame:
    blank = dict.fromkeys(RECORDS)
    return pl.DataFrame(
        [
            blank
            | {
                "record": number,
                "file": "a.log",
                "line": number + 1,
                "stream": 0,
                "run": 0,
                "node": node,
                "component": "other",
                "ts": NOON + timedelta(seconds=seconds),
                "level": level,
                "message": message,
                "decoded": level is not None,
            }
            for number, (message, level, node, seconds) in enumerate(rows)
        ],
        schema=RECORDS,
    )


def _failure(node: str | None, seconds: float) -> pl.DataFrame:
    """Return a loud match on *node*, of a record that is not among the others."""
    row = dict.fromkeys(MATCHES) | {
        "record": 9_999,
        "pattern": "subnet-exhausted",
        "signal": "full",
        "node": node,
        "ts": NOON + timedelta(seconds=seconds),
        "level": "error",
        "values": [],
    }
    return pl.DataFrame([row], schema=MATCHES)


NOTHING = pl.DataFrame(schema=MATCHES)


def _templates(messages: list[str]) -> list[str]:
    records = _records([(message, "error", None, 0) for message in messages])
    return sorted(shape["template"] for shape in joined(shapes_of(records)))


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param(["gizmo 1 of 10.0.0.1 lost", "gizmo 22 of 10.1.2.3 lost"], id="numbers"),
        pytest.param(["gizmo took 1.5s", "gizmo took 300ms", "gizmo took 2m0s"], id="durations"),
        pytest.param(
            ["lost eni-0123456789abcdef0 for good", "lost eni-0fedcba9876543210 for good"],
            id="identifiers",
        ),
        pytest.param(["open 'a b': no", "open 'c d e': no"], id="quoted, of several words"),
        pytest.param(
            ["gizmo lost: pod alpha in namespace shop", "gizmo lost: pod beta in namespace web"],
            id="what stands behind pod and namespace",
        ),
        pytest.param(
            ["sync of team-a/web broke at last", "sync of team-b/db broke at last"],
            id="words that are not of letters alone",
        ),
        pytest.param(
            [f"gizmo {word} broke at last and for all" for word in
             ("anna", "berta", "carla", "dora", "emma", "frida", "gerda")],
            id="many words, each once",
        ),
        pytest.param(["v6 fe80::1ff:fe23:4567:890a lost", "v6 2001:db8::1 lost"], id="addresses"),
    ],
)  # fmt: skip
def test_lines_of_one_template_are_one(messages: list[str]) -> None:
    assert len(_templates(messages)) == 1


@pytest.mark.parametrize(
    "messages",
    [
        pytest.param(["failed to attach gizmo here", "failed to detach gizmo here"], id="verb"),
        pytest.param(["gizmo sync failed at start now", "gizmo sync failed at stop now"], id="end"),
        pytest.param(
            [f"gizmo {word} broke at last and for all" for word in
             ("anna", "berta", "carla", "dora", "emma", "frida", "gerda") for _ in range(5)],
            id="many words, each often",
        ),
        pytest.param(["gizmo 7 lost", "gizmo 7 lost again"], id="length"),
    ],
)  # fmt: skip
def test_lines_of_several_templates_stay_apart(messages: list[str]) -> None:
    assert len(_templates(messages)) == len(set(messages))


def _order(rows: list[Row], matches: pl.DataFrame, *, warnings: bool = False) -> list[str]:
    found = unknown_shapes(_records(rows), matches, warnings=warnings)
    return [one.template.split()[0] for one in found]


@pytest.mark.parametrize(
    ("rows", "matches"),
    [
        pytest.param(
            [("often broke", "error", None, n * 600.0) for n in range(9)]
            + [("odd broke", "fatal", None, 0.0)],
            NOTHING,
            id="fatal before error, however often",
        ),
        pytest.param(
            [("often broke", "error", node, 900.0) for node in ("ill", "well")]
            + [("odd broke", "error", "ill", 900.0)],
            _failure("ill", 0),
            id="only on failing nodes before on all",
        ),
        pytest.param(
            [("often broke", "error", "n", -121.0)] * 2 + [("odd broke", "error", "n", -119.0)],
            _failure("n", 0),
            id="two minutes before the failure, and not earlier",
        ),
        pytest.param(
            [("often broke", "error", "n", 1.0)] * 2 + [("odd broke", "error", "n", -1.0)],
            _failure("n", 0),
            id="before the failure, and not after",
        ),
        pytest.param(
            [("often broke", "error", None, n * 12.1) for n in range(6)]
            + [("odd broke", "error", None, n * 15.0) for n in range(5)],
            NOTHING,
            id="five in a minute before six in longer",
        ),
        pytest.param(
            [("often broke", "error", None, 600.0 * n) for n in range(4)]
            + [("odd broke", "error", None, 600.0 * n) for n in range(5)],
            NOTHING,
            id="else by number",
        ),
    ],
)
def test_what_stands_out_comes_first(rows: list[Row], matches: pl.DataFrame) -> None:
    assert _order(rows, matches) == ["odd", "often"]


def test_warnings_are_told_only_where_they_stand_out() -> None:
    rows: list[Row] = [("slow broke", "warn", None, 600.0 * n) for n in range(50)]
    rows += [("burst broke", "warn", None, 1.0 * n) for n in range(5)]
    rows += [("error broke", "error", None, 0.0)]

    assert _order(rows, NOTHING, warnings=True) == ["error", "burst"]
    assert _order(rows, NOTHING) == ["error"]


def test_lines_without_a_level_are_told_where_they_speak_of_a_failure() -> None:
    rows: list[Row] = [("gizmo cannot be opened", None, None, 0), ("NAME READY", None, None, 0)]

    assert _order(rows, NOTHING) == ["gizmo"]


def test_what_a_pattern_takes_or_the_dictionary_knows_is_no_riddle() -> None:
    known = "Failed to check API server connectivity: error communicating with apiserver: x"
    records = _records([(known, "error", None, 0), ("gizmo broke", "error", None, 0)])
    taken = _failure(None, 0).with_columns(record=pl.lit(1, dtype=pl.UInt32))

    assert unknown_shapes(records, taken) == ()
