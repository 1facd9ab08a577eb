"""Every case of the repository gets the answer its label says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cnilog.analysis import analyze

SAMPLES = Path(__file__).parents[2] / "sample_logs"
CASES = sorted(path.parent for path in SAMPLES.glob("*/case.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_a_case_gets_its_answer(case: Path) -> None:
    label = json.loads((case / "case.json").read_text("utf-8"))
    report = analyze(case / "logs")
    loud = [cause.id for cause in report.causes if cause.confidence != "possible"]

    if label["root_cause"] == "healthy":
        assert loud == []
    elif label["determinable_from_log"]:
        assert loud[:1] == [label["root_cause"]]
    else:
        assert loud == []
        assert label["root_cause"] in [one.id for one in report.causes[:3]]
