"""The manifests of the documentation are what Kubernetes takes."""

from __future__ import annotations

from pathlib import Path

import kubernetes_validate
import yaml

MANIFESTS = Path(__file__).parents[2] / "docs/manifests"


def test_the_indexed_job_is_valid() -> None:
    job = yaml.safe_load((MANIFESTS / "indexed-job.yaml").read_text("utf-8"))

    kubernetes_validate.validate(job, kubernetes_validate.latest_version(), strict=True)


def test_the_ray_job_runs_the_command_that_there_is() -> None:
    job = yaml.safe_load((MANIFESTS / "rayjob.yaml").read_text("utf-8"))

    assert job["kind"] == "RayJob"
    assert job["spec"]["entrypoint"].startswith("cnilog batch s3://")
    assert "--runner ray" in job["spec"]["entrypoint"]
