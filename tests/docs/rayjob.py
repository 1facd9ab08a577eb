"""What a RayJob may hold: the fields of KubeRay 1.7.0, as `ray.io/v1` declares them.

Typed from `ray-operator/config/crd/bases/ray.io_rayjobs.yaml` of that release; of what no manifest
here uses, only the names. A real API server drops unknown fields without a word, so a field that is
not in this list is an error here. Pod templates are Kubernetes' own, and checked as such.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
NUMBER = {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1}
FLAG = {"type": "boolean"}
ANY = {"type": "object"}
TEXTS = {"type": "object", "additionalProperties": TEXT}  # start parameters too: "0", not 0


def _closed(required: list[str], **fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": fields,
        "required": required,
        "additionalProperties": False,
    }


HEAD = _closed(
    ["template"],
    enableIngress=FLAG,
    headService=ANY,
    ingressOptions=ANY,
    labels=TEXTS,
    rayStartParams=TEXTS,
    resources=TEXTS,
    serviceType=TEXT,
    template=ANY,
)
WORKERS = _closed(
    ["groupName", "maxReplicas", "minReplicas", "template"],
    groupName=TEXT,
    idleTimeoutSeconds=NUMBER,
    labels=TEXTS,
    maxReplicas=NUMBER,
    minReplicas=NUMBER,
    numOfHosts=NUMBER,
    priority=NUMBER,
    rayStartParams=TEXTS,
    replicas=NUMBER,
    resources=TEXTS,
    scaleStrategy=ANY,
    suspend=FLAG,
    template=ANY,
)
CLUSTER = _closed(
    ["headGroupSpec"],
    authOptions=ANY,
    autoscalerOptions=ANY,
    enableInTreeAutoscaling=FLAG,
    gcsFaultToleranceOptions=ANY,
    headGroupSpec=HEAD,
    headServiceAnnotations=TEXTS,
    historyServerOptions=ANY,
    managedBy=TEXT,
    networkPolicy=ANY,
    rayVersion=TEXT,
    suspend=FLAG,
    tlsOptions=ANY,
    upgradeStrategy=ANY,
    workerGroupSpecs={"type": "array", "items": WORKERS},
)
JOB = _closed(
    [],
    activeDeadlineSeconds=NUMBER,
    backoffLimit=NUMBER,
    clusterSelector=TEXTS,
    deletionStrategy=ANY,
    entrypoint=TEXT,
    entrypointNumCpus={"type": "number"},
    entrypointNumGpus={"type": "number"},
    entrypointResources=TEXT,
    jobId=TEXT,
    managedBy=TEXT,
    metadata=TEXTS,
    preRunningDeadlineSeconds={**NUMBER, "minimum": 1},
    rayClusterSpec=CLUSTER,
    runtimeEnvYAML=TEXT,
    shutdownAfterJobFinishes=FLAG,
    submissionMode=TEXT,
    submitterConfig=_closed([], backoffLimit=NUMBER),
    submitterPodTemplate=ANY,
    suspend=FLAG,
    ttlSecondsAfterFinished=NUMBER,
)
RAYJOB = _closed(
    ["apiVersion", "kind", "metadata", "spec"],
    apiVersion={"const": "ray.io/v1"},
    kind={"const": "RayJob"},
    metadata=_closed(["name"], name=TEXT, namespace=TEXT, labels=TEXTS, annotations=TEXTS),
    spec=JOB,
)
