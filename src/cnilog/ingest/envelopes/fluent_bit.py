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

import polars as pl

from cnilog.ingest.envelopes._carried import (
    Carried,
    component_of,
    dig,
    instant,
    level_of,
    named,
    pick,
    pipe_of,
    text_of,
)
from cnilog.ingest.envelopes._json_lines import compact, decoded, json_lines

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
            pipe=pipe_of(entry.get("stream")),
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


def _fast(texts: pl.Series) -> pl.DataFrame | None:
    """Return what the lines carry, where all are entries of Container Insights."""
    found = decoded(texts, USUAL)
    if found is None or found.select(pl.any_horizontal(pl.col(NAMED).is_not_null().any())).item():
        return None
    pod = pl.col("kubernetes").struct
    marked = pl.any_horizontal(pl.col(MARKED).is_not_null())
    unit = pl.col("systemd_unit")
    line = pl.when(unit.is_null() & marked).then(pl.coalesce("log", "message"))
    node = pl.coalesce(pod.field("host"), "hostname", "ec2_instance_id")
    names = {
        known: pl.when(marked).then(pod.field(name))
        for known, name in (
            ("namespace", "namespace_name"),
            ("pod", "pod_name"),
            ("container", "container_name"),
        )
    }
    return found.select(
        env_ts=instant(pl.col("time")),
        node=pl.when(marked).then(node),
        **names,
        pipe=pl.when(pl.col("stream").is_in(["stdout", "stderr"])).then("stream"),
        writer=pl.lit(None, dtype=pl.String),
        component=pl.lit(None, dtype=pl.String),
        level=pl.lit(None, dtype=pl.String),
        partial=pl.coalesce("_p", "logtag").str.starts_with("P").fill_null(value=False),
        key=pl.lit(None, dtype=pl.String),
        text=line.str.strip_suffix("\n"),
    )


MARKED: Final = ("_p", "logtag", "kubernetes", "ec2_instance_id", "az")
NAMED: Final = ("file_name", "filepath", "tag", "fluentd_tag", "@timestamp", "timestamp", "date")
USUAL: Final = pl.Struct(
    {
        **dict.fromkeys((*NAMED, "log", "message", "stream", "_p", "logtag", "time"), pl.String()),
        **dict.fromkeys(("hostname", "systemd_unit", "ec2_instance_id", "az"), pl.String()),
        "kubernetes": pl.Struct(
            dict.fromkeys(("host", "pod_name", "namespace_name", "container_name"), pl.String())
        ),
    }
)
FLUENT_BIT: Final = json_lines(
    "fluent-bit",
    read,
    *(*MARKS, "systemd_unit", "_SYSTEMD_UNIT", "body"),
    fast=_fast,
    texts=("log", "message", "MESSAGE"),
    times=TIMES,
)
