"""A model is frozen and closed, and written as pydantic would; pydantic is asked only to read."""

from __future__ import annotations

import copy
import math
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import reports
from pydantic import TypeAdapter, ValidationError

from cnilog.catalog import Pattern, load_catalog
from cnilog.catalog.when import Sequence, Stalls, When
from cnilog.finding import Bar, Cause, NextStep, Report

if TYPE_CHECKING:
    from collections.abc import Callable

    from cnilog.frozen import Frozen

STEP = NextStep(collect="ipamd.log", would_tell=("a", "b"))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda one: setattr(one, "collect", "x"), id="set"),
        pytest.param(lambda one: setattr(one, "more", "x"), id="add"),
        pytest.param(lambda one: delattr(one, "collect"), id="remove"),
    ],
)
def test_nothing_changes_it(change: Callable[[Frozen], None]) -> None:
    with pytest.raises(AttributeError, match="frozen"):
        change(STEP)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="one is left out"),
        pytest.param({"collect": "x", "look": "y"}, id="one is unknown"),
        pytest.param({"look": "y"}, id="one for the other"),
    ],
)
def test_it_is_made_of_its_fields(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"^NextStep: unknown or left out: (collect|look)"):
        NextStep(**fields)


def test_what_was_one_before_is_made_again_unasked() -> None:
    assert NextStep.model_construct({"collect": "ipamd.log", "would_tell": ("a", "b")}) == STEP


def test_two_are_equal_by_what_they_hold() -> None:
    twin = NextStep(would_tell=("a", "b"), collect="ipamd.log")

    assert (twin, hash(twin)) == (STEP, hash(STEP))
    assert STEP.model_copy(update={"look_for": "x"}) != STEP
    assert STEP != ("ipamd.log", ("a", "b"), "")
    assert repr(STEP) == "NextStep(collect='ipamd.log', would_tell=('a', 'b'), look_for='')"


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
)
def test_a_copy_is_the_same(again: Callable[[Frozen], Frozen]) -> None:
    assert again(reports.founding()) == reports.founding()


def test_what_is_written_is_read_again() -> None:
    report = reports.founding()

    assert Report.model_validate_json(report.model_dump_json()) == report
    assert Report.model_validate(report.model_dump()) == report
    assert report.model_dump_json(indent=2).splitlines()[1] == '  "schema": 1,'


@pytest.mark.parametrize("name", ["founding", "fleet", "healthy", "hostile"])
def test_pydantic_writes_the_same(name: str) -> None:
    report = getattr(reports, name)()
    theirs = TypeAdapter(Report)

    assert report.model_dump(mode="json") == theirs.dump_python(report, mode="json", by_alias=True)
    assert report.model_dump() == theirs.dump_python(report, by_alias=True)


@pytest.mark.parametrize(
    "zone", [UTC, ZoneInfo("UTC"), timezone(timedelta(hours=2)), ZoneInfo("Asia/Tokyo"), None]
)
@pytest.mark.parametrize("micros", [0, 25_000, 1])
def test_times_are_written_as_pydantic_does(zone: Any, micros: int) -> None:
    bar = Bar(ts=datetime(2026, 3, 2, 9, 0, 1, micros, tzinfo=zone), level=None, count=1)

    theirs = TypeAdapter(Bar).dump_python(bar, mode="json")
    assert bar.model_dump(mode="json") == theirs


def test_what_is_no_number_in_json_is_null() -> None:
    cause = (
        reports.founding().causes[0].model_copy(update={"score": math.inf, "period_s": math.nan})
    )
    plain = cause.model_dump(mode="json")

    assert (plain["score"], plain["period_s"]) == (None, None)


def test_what_is_as_usual_or_null_can_be_left_out() -> None:
    when = When(all=(When(stalls=Stalls(signal="a")), When(not_=When(stalls=Stalls(signal="b")))))

    assert when.model_dump(exclude_none=True) == {
        "all": ({"stalls": {"signal": "a"}}, {"not": {"stalls": {"signal": "b"}}})
    }
    assert STEP.model_dump(exclude_defaults=True, exclude={"collect"}) == {"would_tell": ("a", "b")}
    assert STEP.model_dump(include={"look_for"}) == {"look_for": ""}


@pytest.mark.parametrize(
    ("model", "data", "where"),
    [
        pytest.param(NextStep, {"collect": "x", "look": "y"}, ("look",), id="unknown"),
        pytest.param(NextStep, {}, ("collect",), id="left out"),
        pytest.param(Cause, {**reports.founding().causes[0].model_dump(), "confidence": "sure"},
                     ("confidence",), id="a word that is none of ours"),
        pytest.param(Sequence, {"signals": ["a"]}, ("signals",), id="too few"),
        pytest.param(Stalls, {"signal": ""}, ("signal",), id="an empty text"),
        pytest.param(When, {"all": [{"stalls": {"signal": "a", "for": "0s"}}]},
                     ("all", 0, "stalls", "for"), id="deep inside, by the written name"),
        pytest.param(When, {"not": {}}, ("not",), id="fields that do not fit together"),
    ],
)  # fmt: skip
def test_what_comes_from_outside_is_checked(
    model: type[Frozen], data: object, where: tuple[str | int, ...]
) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)

    assert [error["loc"] for error in caught.value.errors()] == [where]


def test_a_pattern_says_the_same_when_it_is_read_again() -> None:
    for pattern in load_catalog().patterns:
        assert Pattern.model_validate(pattern.model_dump()) == pattern
