"""The manifests of the documentation are what Kubernetes and KubeRay take."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from typer.testing import CliRunner

from cnilog.cli import app
from tests.docs.rayjob import RAYJOB

MANIFESTS = Path(__file__).parents[2] / "docs/manifests"


def _read(name: str) -> dict[str, Any]:
    manifest: dict[str, Any] = yaml.safe_load((MANIFESTS / name).read_text("utf-8"))
    return manifest


def _groups(job: dict[str, Any]) -> list[dict[str, Any]]:
    cluster = job["spec"]["rayClusterSpec"]
    return [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]


def _check_ray_job(job: dict[str, Any]) -> None:
    jsonschema.validate(job, RAYJOB)
    for group in _groups(job):
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "of-a-group", **group["template"].get("metadata", {})},
            "spec": group["template"]["spec"],
        }
        kubernetes_validate.validate(pod, kubernetes_validate.latest_version(), strict=True)


def test_the_indexed_job_is_valid() -> None:
    kubernetes_validate.validate(
        _read("indexed-job.yaml"), kubernetes_validate.latest_version(), strict=True
    )


def test_the_ray_job_is_valid() -> None:
    job = _read("rayjob.yaml")

    _check_ray_job(job)
    assert [group["minReplicas"] <= group["maxReplicas"] for group in _groups(job)[1:]] == [True]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("spec", "entryPoint"), "cnilog", id="a field of another name"),
        pytest.param(("spec", "backoffLimit"), "1", id="a number as text"),
        pytest.param(
            ("spec", "rayClusterSpec", "headGroupSpec", "rayStartParams", "num-cpus"), 0,
            id="a start parameter as a number",
        ),
        pytest.param(
            ("spec", "rayClusterSpec", "workerGroupSpecs", 0, "groupName"), None, id="no name"
        ),
        pytest.param(
            ("spec", "rayClusterSpec", "headGroupSpec", "template", "spec", "container"), [],
            id="a pod's field of another name",
        ),
    ],
)  # fmt: skip
def test_a_ray_job_with_a_fault_is_not(path: tuple[str | int, ...], value: object) -> None:
    job = copy.deepcopy(_read("rayjob.yaml"))
    place: Any = job
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises((jsonschema.ValidationError, kubernetes_validate.ValidationError)):
        _check_ray_job(job)


@pytest.mark.parametrize("manifest", ["rayjob.yaml", "indexed-job.yaml"])
def test_the_options_of_a_manifest_are_options_of_the_command(manifest: str) -> None:
    words = (MANIFESTS / manifest).read_text("utf-8").replace('"', " ").split()
    given = {word for word in words if word.startswith("--")} | {"--out"}
    known = CliRunner().invoke(app, ["batch", "--help"], env={"COLUMNS": "200"}).stdout

    assert len(given) >= 3
    assert {option for option in given if option not in known} == set()
