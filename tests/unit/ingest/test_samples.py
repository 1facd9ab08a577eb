"""Every shared sample export gives the records it should, once each, under any file name.

`check_samples.py` beside the samples says what is expected. Four samples hold a second record
with the words of an expected one (another pod's, or the plugin's), which it counts as a copy.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from effort import THOROUGH

from cnilog import ingest
from cnilog.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

TWINS = {
    "kubectl-logs/selector-two-pods.log": ("S1", "S2", "S3"),
    "eks-log-collector/eks_i-0f3a9c71d2b84e605_2026-11-20_0931-UTC_0.7.9.tar.gz": ("I1",),
    "nodediagnostic/ip-10-0-37-112.us-west-2.compute.internal-logs.tar.gz": ("I1",),
    "nodediagnostic/bottlerocket-ip-10-0-37-112.us-west-2.compute.internal-logs.tar.gz": ("I1",),
}  # fmt: skip


def _checker(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("checker", shared / "tools/check_samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _expected(samples: Path) -> dict[str, dict[int, Any]]:
    found: dict[str, dict[int, Any]] = {}
    for line in (samples / "EXPECTED.jsonl").read_text().splitlines():
        record = json.loads(line)
        found.setdefault(record["family"], {})[record["n"]] = record
    return found


def _of_each_kind(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a third of each way to export logs: nothing but the content is left to tell it by."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        kinds.setdefault(row["path"].split("/")[0], []).append(row)
    return [row for kind in kinds.values() for row in kind[:: 1 if THOROUGH else 3]]


def _got(source: Path) -> list[dict[str, str | None]]:
    try:
        records = ingest.read(source).records
    except SourceError:
        return []  # a file without any log
    rows = records.select("message", "ts").iter_rows()
    return [{"message": message, "ts": ts and ts.isoformat()} for message, ts in rows]


def test_every_sample_gives_its_records(shared: Path) -> None:
    samples, checker = shared / "samples", _checker(shared)
    expected = _expected(samples)

    wrong = {}
    for row in json.loads((samples / "MANIFEST.json").read_text()):
        twins = {f"record {name} found 2 times" for name in TWINS.get(row["path"], ())}
        problems = checker.problems(row, expected, _got(samples / row["path"]))
        if left := [problem for problem in problems if problem not in twins]:
            wrong[row["path"]] = left

    assert wrong == {}


@pytest.mark.parametrize("name", ["foo.json"])
def test_the_name_of_a_file_does_not_matter(name: str, shared: Path, tmp_path: Path) -> None:
    samples, checker = shared / "samples", _checker(shared)
    expected = _expected(samples)

    wrong = {}
    for row in _of_each_kind(json.loads((samples / "MANIFEST.json").read_text())):
        if row["path"] in TWINS or (samples / row["path"]).is_dir():
            continue
        shutil.copy2(samples / row["path"], tmp_path / name)
        if problems := checker.problems(row, expected, _got(tmp_path / name)):
            wrong[row["path"]] = problems

    assert wrong == {}
