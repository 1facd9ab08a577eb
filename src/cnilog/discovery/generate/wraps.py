"""What a line looks like after it travelled: one function an envelope.

Each takes the lines of one container on one node (time, text, whether it came on stderr) and
returns the text of the file. The shapes are those of kubectl, containerd, docker, Fluent Bit and
the CloudWatch export task.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    Travelled = Iterable[tuple[datetime, str]]


def _nanoseconds(ts: datetime) -> str:
    return ts.strftime("%Y-%m-%dT%H:%M:%S.") + f"{ts.microsecond:06d}117Z"


def _each(lines: Travelled) -> Iterable[tuple[datetime, str]]:
    for ts, text in lines:
        for part in text.split("\n"):
            yield ts, part


def plain(lines: Travelled, pod: str, container: str) -> str:
    """Return the lines as they are: ``kubectl logs``, a file on the node."""
    del pod, container
    return "".join(f"{text}\n" for _, text in _each(lines))


def timestamps(lines: Travelled, pod: str, container: str) -> str:
    """Return what ``kubectl logs --timestamps`` prints."""
    del pod, container
    return "".join(f"{_nanoseconds(ts)} {text}\n" for ts, text in _each(lines))


def prefix(lines: Travelled, pod: str, container: str) -> str:
    """Return what ``kubectl logs --prefix`` prints."""
    return "".join(f"[pod/{pod}/{container}] {text}\n" for _, text in _each(lines))


def cri(lines: Travelled, pod: str, container: str) -> str:
    """Return the file that containerd writes under /var/log/pods."""
    del pod, container
    return "".join(f"{_nanoseconds(ts)} stderr F {text}\n" for ts, text in _each(lines))


def docker(lines: Travelled, pod: str, container: str) -> str:
    """Return the json-file that docker writes."""
    del pod, container
    return "".join(
        json.dumps({"log": text + "\n", "stream": "stderr", "time": _nanoseconds(ts)}) + "\n"
        for ts, text in _each(lines)
    )


def export(lines: Travelled, pod: str, container: str) -> str:
    """Return an object of a CloudWatch export task, before compression."""
    del pod, container
    return "".join(
        f"{ts.strftime('%Y-%m-%dT%H:%M:%S.')}{ts.microsecond // 1000:03d}Z {text}\n"
        for ts, text in _each(lines)
    )


def fluent_bit(lines: Travelled, pod: str, container: str) -> str:
    """Return the messages of Container Insights' application log group."""
    kubernetes = {"pod_name": pod, "namespace_name": "kube-system", "container_name": container}
    return "".join(
        json.dumps(
            {
                "time": _nanoseconds(ts),
                "stream": "stderr",
                "_p": "F",
                "log": text,
                "kubernetes": kubernetes,
            }
        )
        + "\n"
        for ts, text in _each(lines)
    )


def stern(lines: Travelled, pod: str, container: str) -> str:
    """Return what stern prints."""
    return "".join(f"{pod} {container} {text}\n" for _, text in _each(lines))


ENVELOPES: Final[dict[str, Callable[[Travelled, str, str], str]]] = {
    "plain": plain,
    "timestamps": timestamps,
    "prefix": prefix,
    "cri": cri,
    "docker": docker,
    "export": export,
    "fluent-bit": fluent_bit,
    "stern": stern,
}
