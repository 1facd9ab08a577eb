"""Fetch what a cluster can tell about aws-node, through the user's own kubectl.

kubectl has the user's credentials, plugins and proxies, so nothing about them has to be known
here. Each answer is one file, whole or not there; an answer that kubectl refuses is named and the
rest goes on. What the answers say comes from a stranger: a name in one is no path and no flag.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from cnilog.errors import OutputError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

NAMESPACE: Final = ("--namespace", "kube-system")
SELECTOR: Final = ("--selector", "k8s-app=aws-node")
PROXIES: Final = ("--selector", "k8s-app=kube-proxy")
NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")  # Kubernetes has no others
TIMEOUT_S: Final = 120.0  # for one answer
OBJECTS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("get-all.txt", ("get", "all", "--output", "wide", *NAMESPACE)),
    ("pods.json", ("get", "pods", *SELECTOR, "--output", "json", *NAMESPACE)),
    ("kube-proxy.json", ("get", "pods", *PROXIES, "--output", "json", *NAMESPACE)),
    ("events.json", ("get", "events", "--output", "json", *NAMESPACE)),
    ("daemonset.json", ("get", "daemonset", "aws-node", "--output", "json", *NAMESPACE)),
    ("serviceaccount.json", ("get", "serviceaccount", "aws-node", "--output", "json", *NAMESPACE)),
    ("nodes.json", ("get", "nodes", "--output", "json")),
    ("clusterrole.json", ("get", "clusterrole", "aws-node", "--output", "json")),
    ("describe-pods.txt", ("describe", "pods", *SELECTOR, *NAMESPACE)),
)


def fetch_kube(
    out: Path,
    *,
    kubectl: str = "kubectl",
    flags: Sequence[str] = (),
    tail: int = -1,
    tell: Callable[[str], None] | None = None,
) -> list[str]:
    """Fetch logs, previous logs and objects of aws-node into *out*; return what was refused.

    Args:
        out: Folder, made if it is not there.
        kubectl: Program to run.
        flags: Put before every request, such as ``--context=prod``.
        tail: Lines of each container; all where it is -1.
        tell: Called with the name of each file.

    Raises:
        SourceError: There is no kubectl, or it cannot list the pods.
        OutputError: The folder cannot be written.
    """
    program = shutil.which(kubectl)
    if program is None:
        raise SourceError(f"{kubectl}: no such program. Install kubectl or name it with --kubectl")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{out}: cannot be made ({error.strerror}). Choose another") from error
    try:
        refused = []
        for name, request in OBJECTS:
            refused += _save(out / name, [program, *flags, *request], tell)
        pods = _pods(out / "pods.json", refused)
        for name, request in _log_requests(pods, tail):
            refused += _save(out / name, [program, *flags, *request], tell)
    except OSError as error:
        raise OutputError(f"{out}: cannot be written ({error.strerror}). Make room") from error
    return refused


def _save(target: Path, command: list[str], tell: Callable[[str], None] | None) -> list[str]:
    """Run *command* into *target*; return the complaint, if there is one."""
    asked = " ".join(command[1:])
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    try:
        with beside.open("wb") as file:  # a log may be larger than memory
            answer = subprocess.run(
                command, stdout=file, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                timeout=TIMEOUT_S, check=False,
            )  # fmt: skip
        if answer.returncode:
            words = answer.stderr.decode("utf-8", "replace").strip().splitlines()
            return [f"kubectl {asked}: {words[-1] if words else answer.returncode}"]
        beside.replace(target)
    except subprocess.TimeoutExpired:
        return [f"kubectl {asked}: no answer within {TIMEOUT_S:g} s"]
    finally:
        beside.unlink(missing_ok=True)
    if tell:
        tell(target.name)
    return []


def _pods(path: Path, refused: list[str]) -> list[tuple[str, list[str]]]:
    """Return each pod's name and containers, init containers too."""
    if not path.exists():
        why = refused[-1] if refused else "no answer"
        raise SourceError(f"aws-node pods: cannot be listed ({why}). Check your kubectl context")
    try:
        pods = [_named(pod) for pod in json.loads(path.read_bytes())["items"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(f"{path}: is no list of pods. Check what --kubectl runs") from error
    refused += [f"a pod of no proper name: {name!r}" for name, _ in pods if not _is_name(name)]
    return [
        (name, [one for one in containers if _is_name(one)])
        for name, containers in pods
        if _is_name(name)
    ]


def _named(pod: dict[str, Any]) -> tuple[object, list[object]]:
    spec = pod["spec"]
    both = [*spec.get("initContainers", []), *spec.get("containers", [])]
    return pod["metadata"]["name"], [container["name"] for container in both]


def _is_name(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and NAME.fullmatch(text) is not None


def _log_requests(
    pods: list[tuple[str, list[str]]], tail: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pod, containers in pods:
        for container in containers:
            logs = ("logs", pod, "--container", container, "--timestamps", f"--tail={tail}")
            yield f"logs/{pod}/{container}.log", (*logs, *NAMESPACE)
            yield f"logs/{pod}/{container}-previous.log", (*logs, "--previous", *NAMESPACE)
