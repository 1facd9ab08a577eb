r"""Peel Loki's exports: logcli, the query API, and Grafana's downloads.

    {"labels":{"pod":"…"},"line":"…","timestamp":"2026-01-05T09:15:09Z"}      logcli -o jsonl
    2026-01-05T09:15:02Z {container="aws-node", pod="…"} LINE                 logcli
    {"data":{"resultType":"streams","result":[{"stream":{…},"values":[["ns","line"],…]}]}}
    1767604509000	2026-01-05T09:15:09.000Z	LINE                            Grafana, as text

The newest line comes first unless ``--forward`` was given.
Source: loki `pkg/logcli/output`, grafana `download.ts`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import SHARE, LineEnvelope, share
from cnilog.ingest.envelopes._carried import Carried, named, pick, pipe_of
from cnilog.ingest.envelopes._json_lines import json_lines
from cnilog.ingest.peeled import learn
from cnilog.ingest.times import SECOND, epoch_time, iso_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NODES: Final = ("node_name", "node", "nodename", "k8s_node_name", "host", "hostname", "instance")
STAMP: Final = rf"{SECOND}(?:\.[0-9]+)?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}})"
LABELS: Final = r'\{(?:\s*\w+="(?:[^"\\]|\\.)*",?)*\s*\}'
LOGCLI_HEADER: Final = rf"^(?:{STAMP}) ({LABELS}) ?"
GRAFANA_HEADER: Final = rf"^[0-9]{{13}}\t{STAMP}\t"


def labelled(labels: object, text: str, time: str | None) -> Carried:
    """Return a line with what its Loki *labels* say."""
    about = labels if isinstance(labels, dict) else {}
    return named(
        Carried(
            text,
            time=time,
            node=pick(about, *NODES),
            namespace=pick(about, "namespace", "k8s_namespace_name"),
            pod=pick(about, "pod", "pod_name", "k8s_pod_name"),
            container=pick(about, "container", "container_name", "k8s_container_name"),
            pipe=pipe_of(about.get("stream")),
        ),
        pick(about, "filename"),
    )


def read(entry: dict[str, object]) -> Carried | None:
    """Return the line in a logcli *entry*; null where it is something else."""
    line = entry.get("line")
    if not isinstance(line, str) or "labels" not in entry:
        return None
    return labelled(entry["labels"], line, pick(entry, "timestamp", "ts"))


def knows(document: dict[str, object]) -> bool:
    """Return whether *document* is a query's answer, or what is pushed to Loki."""
    return any(isinstance(stream.get("values"), list) for stream in _streams(document))


def rows(document: dict[str, object]) -> Iterator[Carried]:
    """Yield the lines of a query's answer, each stream oldest first."""
    for stream in _streams(document):
        values = [v for v in _list(stream.get("values")) if isinstance(v, list) and len(v) > 1]
        times = [str(value[0]).rjust(20, "0") for value in values]
        if times and times[0] > times[-1]:
            values.reverse()
        for value in values:
            yield labelled(stream.get("stream"), str(value[1]), str(value[0]))


def _streams(document: dict[str, object]) -> Iterator[dict[str, object]]:
    data = document.get("data")
    held = data.get("result") if isinstance(data, dict) else document.get("streams")
    for stream in _list(held):
        if isinstance(stream, dict) and "stream" in stream:
            yield stream


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _label(name: str) -> pl.Expr:
    header = pl.col("text").str.extract(LOGCLI_HEADER, 1)
    return header.str.extract(rf'[{{ ,](?:{name})="([^"]*)"', 1)


def _peel_logcli(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(LOGCLI_HEADER)
    return learn(
        frame,
        env_ts=pl.when(carries).then(iso_time(text)),
        node=_label("|".join(NODES)),
        namespace=_label("namespace|k8s_namespace_name"),
        pod=_label("pod|pod_name|k8s_pod_name"),
        container=_label("container|container_name|k8s_container_name"),
        pipe=_label("stream"),
        writer=_label("filename"),
        text=pl.when(carries).then(text.str.replace(LOGCLI_HEADER, "")),
    )


def _peel_grafana(frame: pl.DataFrame) -> pl.DataFrame:
    text = pl.col("text")
    carries = text.str.contains(GRAFANA_HEADER)
    return learn(
        frame,
        env_ts=pl.when(carries).then(epoch_time(text.str.slice(0, 13))),
        text=pl.when(carries).then(text.str.replace(GRAFANA_HEADER, "")),
    )


def _fits_logcli(sample: Sequence[str]) -> bool:
    return share(sample, re.compile(LOGCLI_HEADER).match) >= SHARE


def _fits_grafana(sample: Sequence[str]) -> bool:
    return share(sample, re.compile(GRAFANA_HEADER).match) >= SHARE


LOKI: Final = json_lines("loki", read, "line")
LOGCLI: Final = LineEnvelope("logcli", _fits_logcli, _peel_logcli, prefix=rf"{STAMP} {LABELS} ?")
GRAFANA: Final = LineEnvelope(
    "grafana", _fits_grafana, _peel_grafana, prefix=GRAFANA_HEADER.lstrip("^")
)
