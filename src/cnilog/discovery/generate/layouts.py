"""Where the files of a made-up cluster lie: one function a layout.

A layout returns relative paths and their bytes; nothing is written here.
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cnilog.discovery.generate.lines import encode
from cnilog.discovery.generate.wraps import ENVELOPES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cnilog.discovery.generate.world import Node

CONTAINERS: Final = {"aws-node": "aws-node", "init": "aws-vpc-cni-init"}
NODE_FILES: Final = {
    "ipamd": "ipamd.log",
    "plugin": "plugin.log",
    "npa": "network-policy-agent.log",
}
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the files reach the user."""

    envelope: str = "plain"
    level: int = 6  # of compression, where a layout compresses


def _lines(node: Node, file: str) -> list[tuple[datetime, str]]:
    return [(line.ts, encode(line, node.version)) for line in node.lines if line.file == file]


def _container(node: Node, file: str, delivery: Delivery) -> bytes:
    wrap = ENVELOPES[delivery.envelope]
    return wrap(_lines(node, file), node.names["pod"], CONTAINERS[file]).encode()


def _node_file(node: Node, file: str) -> bytes:
    return ENVELOPES["plain"](_lines(node, file), "", "").encode()


def events_text(node: Node) -> bytes:
    """Return the events as ``kubectl get events`` prints them."""
    rows = [("LAST SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE")]
    for event in node.events:
        age = f"{max(1, int((node.now - event['ts']).total_seconds()))}s"
        message = event["message"].replace("\\", "")
        rows.append((age, event["type"], event["reason"], f"pod/{node.names['pod']}", message))
    widths = [max(len(row[column]) for row in rows) + 3 for column in range(4)]
    return "".join(
        "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)) + row[4] + "\n"
        for row in rows
    ).encode()


def folder(nodes: Sequence[Node], delivery: Delivery) -> Files:
    """Return what a careful person saves: a folder a node, a file a program."""
    files: Files = {}
    for node in nodes:
        here = node.names["node"] + "/" if len(nodes) > 1 else ""
        for file in CONTAINERS:
            files[f"{here}{file}.log"] = _container(node, file, delivery)
        for file, name in NODE_FILES.items():
            files[f"{here}{name}"] = _node_file(node, file)
        files[f"{here}kubelet.log"] = _node_file(node, "kubelet")
        if node.events:
            files[f"{here}events.txt"] = events_text(node)
    return {path: data for path, data in files.items() if data}


def kubectl(nodes: Sequence[Node], delivery: Delivery) -> Files:
    """Return what one has without access to the nodes: container logs and events."""
    files: Files = {}
    for node in nodes:
        files[f"{node.names['pod']}.log"] = _container(node, "aws-node", delivery)
        if node.events:
            files[f"{node.names['pod']}-events.txt"] = events_text(node)
    return {path: data for path, data in files.items() if data}


def stdout(nodes: Sequence[Node], delivery: Delivery) -> Files:
    """Return container logs and events of a DaemonSet with ``AWS_VPC_K8S_CNI_LOG_FILE=stdout``."""
    files: Files = {}
    for node in nodes:
        names = ("aws-node", "ipamd")
        lines = sorted((line for name in names for line in _lines(node, name)), key=lambda x: x[0])
        wrap = ENVELOPES[delivery.envelope]
        text = wrap(lines, node.names["pod"], CONTAINERS["aws-node"])
        files[f"{node.names['pod']}.log"] = text.encode()
        if node.events:
            files[f"{node.names['pod']}-events.txt"] = events_text(node)
    return {path: data for path, data in files.items() if data}


def bundle(nodes: Sequence[Node], delivery: Delivery) -> Files:
    """Return archives as the EKS log collector makes them, one a node."""
    return {
        f"eks_{node.names['instance']}_{node.now:%Y-%m-%d_%H%M}-UTC_0.7.9.tar.gz": _archive(
            _bundle_members(node), delivery.level
        )
        for node in nodes
    }


def _bundle_members(node: Node) -> Files:
    pod, uid = node.names["pod"], "1f0e6c1c-0000-4000-8000-" + node.names["instance"][-12:]
    members = {
        f"var_log/aws-routed-eni/{name}": _node_file(node, file)
        for file, name in NODE_FILES.items()
    }
    for file, name in CONTAINERS.items():
        lines = ENVELOPES["cri"](_lines(node, file), pod, name).encode()
        members[f"var_log/pods/kube-system_{pod}_{uid}/{name}/0.log"] = lines
    members["kubelet/kubelet.log"] = _journal(node)
    members["system/instance-id.txt"] = f"{node.names['instance']}\n".encode()
    members["system/hostname.txt"] = f"{node.names['node']}\n".encode()
    return {path: data for path, data in members.items() if data}


def _journal(node: Node) -> bytes:
    host = node.names["node"].split(".")[0]
    return "".join(
        f"{ts:%b %d %H:%M:%S} {host} kubelet[2101]: {text}\n"
        for ts, text in _lines(node, "kubelet")
    ).encode()


def _archive(members: Files, level: int) -> bytes:
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", compresslevel=level, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for path, data in members.items():
            member = tarfile.TarInfo(f"./{path}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def cloudwatch(nodes: Sequence[Node], delivery: Delivery) -> Files:
    """Return the objects of a CloudWatch export task, a folder a log stream.

    The agent's defaults send aws-node's container and kubelet's journal; the files of
    /var/log/aws-routed-eni are there for who tails them too.
    """
    files: Files = {}
    task = "exportedlogs/3f1e9a52-0c4d-4d0e-9b57-6a1c2d3e4f50"
    for node in nodes:
        for stream, lines in _log_streams(node).items():
            text = ENVELOPES["export"](lines, node.names["pod"], "aws-node").encode()
            packed = gzip.compress(text, delivery.level, mtime=0)
            files.update({f"{task}/{stream}/000000.gz": packed} if lines else {})
    return files


def _log_streams(node: Node) -> dict[str, list[tuple[datetime, str]]]:
    host, pod, commit = node.names["node"], node.names["pod"], node.names["commit"][:32]
    tail = f"dataplane.tail.var.log.containers.{pod}_kube-system_aws-node-{commit}{commit}.log"
    streams = {f"{host}-{tail}": _lines(node, "aws-node")}
    streams |= {f"{host}-{name}": _lines(node, file) for file, name in NODE_FILES.items()}
    unit = {"hostname": host, "systemd_unit": "kubelet.service"}
    streams[f"{host}-dataplane.systemd.kubelet.service"] = [
        (ts, json.dumps(unit | {"message": text})) for ts, text in _lines(node, "kubelet")
    ]
    return streams


LAYOUTS: Final[dict[str, Callable[[Sequence[Node], Delivery], Files]]] = {
    "folder": folder,
    "kubectl": kubectl,
    "stdout": stdout,
    "bundle": bundle,
    "cloudwatch": cloudwatch,
}
SHOWN: Final = {  # layout -> the programs whose words it carries
    "folder": frozenset({"aws-node", "init", "ipamd", "plugin", "npa", "kubelet", "events"}),
    "kubectl": frozenset({"aws-node", "events"}),
    "stdout": frozenset({"aws-node", "ipamd", "events"}),
    "bundle": frozenset({"aws-node", "init", "ipamd", "plugin", "npa", "kubelet"}),
    "cloudwatch": frozenset({"aws-node", "ipamd", "plugin", "npa", "kubelet"}),
}
