"""Peel the JSON that Fluent Bit, Fluentd and the CloudWatch agents put round container lines.

    {"log":"…","stream":"stderr","_p":"F","time":"2026-01-05T09:15:02.1Z","ec2_instance_id":"i-…"}
    {"time":"…","stream":"stdout","_p":"F","log":"…","log_processed":{…},"kubernetes":{…}}
    {"stream":"stderr","logtag":"F","message":"…","time":"…"}
    {"hostname":"…","systemd_unit":"kubelet.service","message":"…","az":"…"}

``log_processed`` repeats ``log`` with changed types; it is read only where ``log`` is gone.
OpenTelemetry's records (``body``, ``attributes``, ``resource``) are read too.
Source: fluent-bit `flb_ml_parser_cri.c`, `filter_aws`, AWS's manifests for Container Insights.
"""

from __future__ import annotations

from typing import Final

from cnilog.ingest.envelopes._carried import (
    Carried,
    component_of,
    dig,
    level_of,
    named,
    pick,
    text_of,
)
from cnilog.ingest.envelopes._json_lines import compact, json_lines

MARKS: Final = frozenset(
    {"_p", "logtag", "kubernetes", "docker", "ec2_instance_id", "az", "log_processed", "_flag",
     "kubernetes.pod_name", "container_id", "cluster_name", "tag", "fluentd_tag"}
)  # fmt: skip
TIMES: Final = ("time", "@timestamp", "timestamp", "date", "_time")
NODES: Final = (
    "kubernetes.host", "kubernetes.node_name", "kubernetes.node.name", "hostname", "node_name",
    "host", "resource.k8s.node.name", "ec2_instance_id",
)  # fmt: skip


def read(entry: dict[str, object]) -> Carried | None:
    """Return the line in a Fluent Bit *entry*; null where it is something else."""
    if "body" in entry and ("attributes" in entry or "resource" in entry):
        return _telemetry(entry)
    if "systemd_unit" in entry or ("_SYSTEMD_UNIT" in entry and "message" in entry):
        return _unit(entry)
    if not MARKS & entry.keys():
        return None
    text = _text(entry)
    if text is None:
        return None
    return named(
        Carried(
            text.removesuffix("\n"),
            time=pick(entry, *TIMES),
            node=pick(entry, *NODES),
            namespace=pick(entry, "kubernetes.namespace_name", "kubernetes.namespace.name"),
            pod=pick(entry, "kubernetes.pod_name", "kubernetes.pod.name"),
            container=pick(entry, "kubernetes.container_name", "kubernetes.container.name"),
            pipe=_pipe(entry),
            partial=str(entry.get("_p", entry.get("logtag", "F")))[:1] == "P",
        ),
        pick(entry, "file_name", "filepath", "log.file.path", "tag", "fluentd_tag"),
    )


def _text(entry: dict[str, object]) -> str | None:
    for name in ("log", "message", "MESSAGE"):
        if isinstance(text := entry.get(name), str):
            return text
        if isinstance(text, dict):
            return compact(text)
    processed = entry.get("log_processed")
    if isinstance(processed, dict):
        return compact(processed)
    if "msg" in entry and "level" in entry:  # merged into the entry itself
        return compact({k: entry[k] for k in ("level", "ts", "caller", "msg") if k in entry})
    return None


def _pipe(entry: dict[str, object]) -> str | None:
    pipe = entry.get("stream")
    return pipe if pipe in {"stdout", "stderr"} else None


def _unit(entry: dict[str, object]) -> Carried | None:
    text = entry.get("message", entry.get("MESSAGE"))
    if not isinstance(text, str):
        return None
    unit = pick(entry, "systemd_unit", "_SYSTEMD_UNIT")
    return Carried(
        text.removesuffix("\n"),
        time=pick(entry, *TIMES),
        node=pick(entry, "hostname", "_HOSTNAME", "host", "ec2_instance_id"),
        writer=unit,
        component=component_of(unit),
    )


def _telemetry(entry: dict[str, object]) -> Carried | None:
    body = entry["body"]
    text = body if isinstance(body, str) else pick({"body": body}, "body.stringValue")
    if text is None:
        text = compact(body) if isinstance(body, dict) else None
    if text is None:
        return None
    about: dict[str, object] = {}
    for part in ("resource", "attributes"):
        held = entry.get(part)
        inner = dig(held, "attributes")
        about.update(held if isinstance(held, dict) else {})
        about.update(inner if isinstance(inner, dict) else {})
    return named(
        Carried(
            text.removesuffix("\n"),
            time=text_of(about.get("time")) or pick(entry, "timeUnixNano", "timestamp", "time"),
            node=pick(about, "k8s.node.name", "host.name"),
            namespace=pick(about, "k8s.namespace.name"),
            pod=pick(about, "k8s.pod.name"),
            container=pick(about, "k8s.container.name"),
            pipe=pick(about, "log.iostream"),
            level=level_of(entry.get("severityText", entry.get("severity_text"))),
        ),
        pick(about, "log.file.path"),
    )


FLUENT_BIT: Final = json_lines("fluent-bit", read, *MARKS, "systemd_unit", "_SYSTEMD_UNIT", "body")
