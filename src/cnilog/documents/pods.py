"""Pods of aws-node and kube-proxy: tables of ``kubectl get``, objects, and ``describe``."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cnilog.documents.reader import Reader
from cnilog.documents.shapes import count, dig, loaded, mappings, objects
from cnilog.finding import Fact
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Document

_AGE: Final = regex(r"(\d{1,9})([smhdy])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "y": 31_536_000}
_ROW: Final = regex(
    r"^(?:(?P<namespace>[a-z0-9-]+)\s+)?(?P<name>(?:pod/)?(?:aws-node|kube-proxy)-[a-z0-9]{4,10})\s+"
    r"(?P<ready>\d+)/(?P<of>\d+)\s+(?P<status>\S+)\s+(?P<restarts>\d{1,9})"
    r"(?:\s+\((?P<last>[0-9smhdy]+) ago\))?\s+(?P<age>[0-9smhdy]+)\b(?P<rest>.*)$"
)
_PART: Final = regex(  # what `kubectl describe` says of one container
    r"(?m)^(?P<indent> *)(?P<name>aws-node|aws-eks-nodeagent|aws-vpc-cni-init|kube-proxy):[ \t]*\n"
    r"(?P<body>(?:(?P=indent) +\S.*(?:\n|\Z))+)"
)
_UNREADY: Final = regex(r"(?m)^\s+Ready:\s+False")
_BACKOFF: Final = "CrashLoopBackOff"
_INIT_FAILED: Final = {"Init:CrashLoopBackOff", "Init:Error"}
_TROUBLE: Final = regex(r"BackOff|Error|OOMKilled|ErrImage|Init:|CreateContainer")


@dataclass(slots=True)
class _Pod:
    """One pod, as far as it is known."""

    name: str
    ready: bool
    restarts: int = 0
    period_s: float | None = None  # from the restarts' own times
    reasons: list[str] = field(default_factory=list)
    exit_codes: list[str] = field(default_factory=list)
    unready: list[str] = field(default_factory=list)  # containers, or ? where it is not said
    crashing: list[str] = field(default_factory=list)  # containers that kubelet backs off from
    images: list[str] = field(default_factory=list)
    node: str | None = None
    line: int | None = None
    text: str = ""


def seconds(age: str) -> int:
    """Return the seconds in an age such as ``6m41s``."""
    return sum(int(many) * _SECONDS[unit] for many, unit in _AGE.findall(age))


def _table(document: Document) -> Iterable[Fact] | None:
    pods = []
    for number, line in enumerate(document.text.splitlines(), 1):
        found = _ROW.match(line)
        if found:
            pods.append(_from_row(found, number, line))
    return _facts(document, pods) if pods else None


def _from_row(found: re.Match[str], number: int, line: str) -> _Pod:
    restarts = int(found["restarts"])
    period = None
    if restarts and found["last"]:
        period = (seconds(found["age"]) - seconds(found["last"])) / restarts
    status = found["status"]
    node = re.search(r"\b(ip-[\d-]+\.\S+|i-[0-9a-f]{17})\b", found["rest"])
    return _Pod(
        name=found["name"].removeprefix("pod/"),
        ready=found["ready"] == found["of"] and status == "Running",
        restarts=restarts,
        period_s=period,
        reasons=[status] if _TROUBLE.search(status) else [],
        # of two containers one runs: the table does not say which one does not
        unready=[] if found["ready"] == found["of"] else ["?"],
        crashing=_crashing(status, found["ready"]),
        node=node[1] if node else None,
        line=number,
        text=" ".join(line.split()),
    )


def _crashing(status: str, ready: str) -> list[str]:
    """Return which container kubelet backs off from, as far as a row tells."""
    if status in _INIT_FAILED:
        return ["aws-vpc-cni-init"]
    if status != _BACKOFF:
        return []
    return ["aws-node" if ready == "0" else "?"]


def _objects(document: Document) -> Iterable[Fact] | None:
    if "aws-node" not in document.text and "kube-proxy" not in document.text:
        return None
    pods: list[_Pod] = [
        _from_object(one)
        for one in objects(document.text)
        if one.get("kind") == "Pod" and _ours(str(dig(one, "metadata", "name")))
    ]
    pods = pods or _statuses(document.text)
    return _facts(document, pods) if pods else None


def _statuses(text: str) -> list[_Pod]:
    """Return the pod whose ``containerStatuses`` somebody cut out of its object."""
    begin = re.search(r"(?m)^ *containerStatuses:[ \t]*$", text)
    if begin is None or "kind:" in text:
        return []
    values = loaded(textwrap.dedent(text[begin.start() :]))
    status = values[0] if values and isinstance(values[0], dict) else {}
    names = {str(state.get("name")) for state in mappings(status.get("containerStatuses"))}
    known = next((one for one in ("aws-node", "aws-eks-nodeagent") if one in names), None)
    return [_from_object({"metadata": {"name": "aws-node-?"}, "status": status})] if known else []


def _ours(name: str) -> bool:
    return name.startswith(("aws-node-", "kube-proxy-"))


def _from_object(one: dict[str, Any]) -> _Pod:
    status, node = one.get("status"), dig(one, "spec", "nodeName")
    main = mappings(dig(status, "containerStatuses"))
    states = [*main, *mappings(dig(status, "initContainerStatuses"))]
    pod = _Pod(
        name=str(dig(one, "metadata", "name")),
        ready=bool(main) and all(state.get("ready") for state in main),
        restarts=max((count(state.get("restartCount")) for state in states), default=0),
        node=node if isinstance(node, str) else None,
    )
    for state in states:
        pod.images += [str(state["image"])] if state.get("image") else []
        for key in ("state", "lastState"):
            _note(pod, state.get(key))
        if state in main and not state.get("ready"):
            pod.unready.append(str(state.get("name")))
        if dig(state, "state", "waiting", "reason") == _BACKOFF:
            pod.crashing.append(str(state.get("name")))
    pod.period_s = _period(one, main)
    ready = "ready" if pod.ready else f"{', '.join(pod.unready) or 'a container'} not ready"
    pod.text = f"{pod.name}: {ready}, {pod.restarts} restarts {' '.join(pod.reasons)}".rstrip()
    return pod


def _note(pod: _Pod, state: Any) -> None:
    ended, waits = dig(state, "terminated"), dig(state, "waiting")
    if isinstance(ended, dict):
        pod.exit_codes.append(str(ended.get("exitCode")))
        pod.reasons += [str(ended["reason"])] if ended.get("reason") else []
    if isinstance(waits, dict) and waits.get("reason"):
        pod.reasons.append(str(waits["reason"]))


def _period(one: dict[str, Any], states: list[dict[str, Any]]) -> float | None:
    """Return the seconds between restarts, from the pod's start to the last container's."""
    begin = _moment(dig(one, "status", "startTime"))
    for state in states:
        times = count(state.get("restartCount"))
        last = _moment(dig(state, "state", "running", "startedAt"))
        if begin and last and times > 0:
            return (last - begin).total_seconds() / times
    return None


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _described(document: Document) -> Iterable[Fact] | None:
    """Read a description, or the part of it that is about one container and names no pod."""
    parts = re.split(r"(?m)^(?=Name:\s)", document.text)
    pods = [pod for part in parts if (pod := _from_description(part))]
    return _facts(document, pods) if pods else None


def _named(text: str) -> str | None:
    name = re.match(r"Name:\s+(\S+)", text)
    if name:
        return name[1] if _ours(name[1]) else None
    part = next((one for one in _PART.finditer(text) if "Image:" in one["body"]), None)
    if part is None:
        return None
    return "kube-proxy" if part["name"] == "kube-proxy" else "aws-node"


def _from_description(text: str) -> _Pod | None:
    name = _named(text)
    if not name:
        return None
    ready = re.findall(r"(?m)^\s+Ready:\s+(True|False)", text)
    node = re.search(r"(?m)^Node:\s+([^\s/]+)", text)
    restarts = [int(one) for one in re.findall(r"Restart Count:\s+(\d{1,9})\b", text)]
    reasons = re.findall(r"(?m)^\s+Reason:\s+(\S+)", text)
    return _Pod(
        name=name,
        ready=bool(ready) and "False" not in ready,
        restarts=max(restarts, default=0),
        reasons=[one for one in reasons if one not in {"Completed", "Started"}],
        exit_codes=[code for code in re.findall(r"Exit Code:\s+(\d+)", text) if code != "0"],
        unready=[one["name"] for one in _PART.finditer(text) if _UNREADY.search(one["body"])],
        crashing=[one["name"] for one in _PART.finditer(text) if _BACKOFF in one["body"]],
        images=re.findall(r"(?m)^\s+Image:\s+(\S+)", text),
        node=node[1] if node else None,
        text=f"{name}: {' '.join(reasons[:4])}",
    )


def _facts(document: Document, pods: list[_Pod]) -> list[Fact]:
    ours = [pod for pod in pods if pod.name.startswith("aws-node")]
    proxies = [pod for pod in pods if pod.name.startswith("kube-proxy")]
    return [*_of_aws_node(document, ours), *_of_kube_proxy(document, proxies)]


def _of_kube_proxy(document: Document, pods: list[_Pod]) -> Iterator[Fact]:
    if not pods:
        return
    for node, some in _by_node(pods).items():
        down = [pod for pod in some if not pod.ready]
        shown = (down or some)[0]
        counts = {"not_ready": len(down), "ready": len(some) - len(down)}
        for name, number in counts.items():
            fact = f"pods.kube_proxy.{name}"
            yield Fact(fact, number, document.file, shown.line, node, shown.text)


def _by_node(pods: list[_Pod]) -> dict[str | None, list[_Pod]]:
    """Return the pods by node; all under null where one of them names none."""
    if not all(pod.node for pod in pods):
        return {None: pods}
    found: dict[str | None, list[_Pod]] = {}
    for pod in pods:
        found.setdefault(pod.node, []).append(pod)
    return found


def _of_aws_node(document: Document, pods: list[_Pod]) -> Iterator[Fact]:
    if not pods:
        return
    down = [pod for pod in pods if not pod.ready]
    shown = (down or pods)[0]
    most = max(pods, key=lambda pod: pod.restarts)
    yield Fact("pods.aws_node.not_ready", len(down), document.file, shown.line, text=shown.text)
    yield Fact("pods.aws_node.restarts", most.restarts, document.file, most.line, text=most.text)
    for pod in pods:
        if pod.period_s is not None:
            period, node = round(pod.period_s, 1), pod.node or document.node
            name = "pods.aws_node.restart_period_s"
            yield Fact(name, period, document.file, pod.line, node, pod.text)
    for node, some in _by_node(pods).items():
        for name in ("reasons", "exit_codes", "unready", "crashing", "images"):
            with_it = [pod for pod in some if getattr(pod, name)]
            found = tuple(dict.fromkeys(one for pod in with_it for one in getattr(pod, name)))
            if found:
                first = with_it[0]
                text = first.text if name in {"unready", "crashing"} else ", ".join(found)
                yield Fact(f"pods.aws_node.{name}", found, document.file, first.line, node, text)


TABLE: Final = Reader("pod table", _table)
OBJECTS: Final = Reader("pod objects", _objects)
DESCRIBED: Final = Reader("described pods", _described)
