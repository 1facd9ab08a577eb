"""A real kubectl fetches from an API server what an analysis needs."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from cnilog.errors import OutputError, SourceError
from cnilog.fetch import fetch_kube

if TYPE_CHECKING:
    from collections.abc import Iterator

KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="no kubectl on this machine")
POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "aws-node-x2b4c", "namespace": "kube-system"},
    "spec": {
        "nodeName": "node-a",
        "initContainers": [{"name": "aws-vpc-cni-init", "image": "init"}],
        "containers": [{"name": "aws-node", "image": "main"}],
    },
    "status": {"phase": "Running"},
}


class _Api(BaseHTTPRequestHandler):
    """As much of an API server as kubectl asks for."""

    groups: ClassVar[dict[str, Any]] = {
        "/api": {"kind": "APIVersions", "versions": ["v1"]},
        "/apis": {"kind": "APIGroupList", "apiVersion": "v1", "groups": []},
        "/api/v1": {
            "kind": "APIResourceList",
            "groupVersion": "v1",
            "resources": [
                {"name": "pods", "namespaced": True, "kind": "Pod", "verbs": ["get", "list"]},
                {"name": "nodes", "namespaced": False, "kind": "Node", "verbs": ["get", "list"]},
            ],
        },
        "/api/v1/namespaces/kube-system/pods": {
            "kind": "PodList",
            "apiVersion": "v1",
            "metadata": {},
            "items": [POD],
        },
        "/api/v1/namespaces/kube-system/pods/aws-node-x2b4c": POD,
        "/api/v1/nodes": {"kind": "NodeList", "apiVersion": "v1", "metadata": {}, "items": []},
    }

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path.endswith("/log"):
            self._log("previous=true" in query)
        elif path in self.groups:
            self._answer(200, json.dumps(self.groups[path]).encode())
        else:
            missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 404}
            self._answer(404, json.dumps({**missing, "message": f"{path} not found"}).encode())

    def _log(self, previous: bool) -> None:
        if previous:
            missing = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 400}
            message = 'previous terminated container "aws-node" not found'
            self._answer(400, json.dumps({**missing, "message": message}).encode())
        else:
            self._answer(200, b"2026-03-02T10:00:00.0Z hello\n", "text/plain")

    def _answer(self, code: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def api() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@needs_kubectl
def test_logs_and_objects_lie_in_the_folder(
    api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))

    fetch_kube(tmp_path / "out", flags=[f"--server={api}"])

    log = tmp_path / "out/logs/aws-node-x2b4c/aws-node.log"
    assert log.read_text("utf-8").endswith("hello\n")


@needs_kubectl
def test_what_kubectl_refuses_is_named_and_the_rest_goes_on(
    api: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))

    refused = fetch_kube(tmp_path / "out", flags=[f"--server={api}"])

    assert any("--previous" in complaint for complaint in refused)


@needs_kubectl
def test_a_cluster_that_cannot_be_reached_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))

    with pytest.raises(SourceError, match="cannot be listed"):
        fetch_kube(tmp_path / "out", flags=["--server=http://127.0.0.1:9"])


def test_no_kubectl_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such program"):
        fetch_kube(tmp_path / "out", kubectl="no-such-kubectl")


def program(folder: Path, pods: str, *, other: str = "exit 1") -> str:
    """Write a kubectl that answers with *pods* and does *other* for the rest; return its path."""
    (folder / "pods.json").write_text(pods, "utf-8")
    path = folder / "kubectl"
    path.write_text(
        f'#!/bin/sh\ncase "$*" in\n*k8s-app=aws-node*json*) cat "{folder}/pods.json";;\n'
        f'*logs*) echo "hello";;\n*) {other};;\nesac\n',
        "utf-8",
    )
    path.chmod(0o755)
    return str(path)


def pod(name: object, container: object = "aws-node") -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"containers": [{"name": container}]}}


HOSTILE: tuple[object, ...] = (
    *("../../../up", "/absolute", "a/b", "..", "-n", "--kubeconfig=x", "a\n", "\x1b[2J", "", 7),
    *(None, "A", "a" * 300, ["a"]),
)


def test_no_name_that_a_cluster_tells_is_a_path_or_a_flag(tmp_path: Path) -> None:
    items = [*(pod(name) for name in HOSTILE), *(pod("aws-node-x2b4c", name) for name in HOSTILE)]
    kubectl = program(tmp_path, json.dumps({"items": [*items, pod("aws-node-x2b4c")]}))
    refused = fetch_kube(tmp_path / "deep/out", kubectl=kubectl)
    made = {str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file()}

    logs = "deep/out/logs/aws-node-x2b4c/aws-node"
    assert made == {
        *("kubectl", "pods.json", "deep/out/pods.json", f"{logs}.log", f"{logs}-previous.log")
    }
    assert sum("a pod of no proper name" in one for one in refused) == len(HOSTILE)


@pytest.mark.parametrize(
    "pods",
    [
        pytest.param("", id="nothing"),
        pytest.param("no JSON", id="no JSON"),
        pytest.param("[]", id="a list"),
        pytest.param('{"items": 5}', id="no items"),
        pytest.param('{"items": [5]}', id="no pods"),
        pytest.param('{"items": [{"metadata": {"name": "a"}}]}', id="no containers"),
        pytest.param("[" * 200_000, id="deep"),
    ],
)
def test_an_answer_that_is_no_list_of_pods_is_one_sentence(tmp_path: Path, pods: str) -> None:
    with pytest.raises(SourceError, match="is no list of pods"):
        fetch_kube(tmp_path / "out", kubectl=program(tmp_path, pods))


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "out/logs").mkdir(parents=True)
    (tmp_path / "out/logs/aws-node-x2b4c").write_text("in the way")
    kubectl = program(tmp_path, json.dumps({"items": [pod("aws-node-x2b4c")]}))

    with pytest.raises(OutputError, match="cannot be written"):
        fetch_kube(tmp_path / "out", kubectl=kubectl)


def test_an_answer_that_is_refused_in_its_middle_leaves_nothing(tmp_path: Path) -> None:
    kubectl = program(tmp_path, json.dumps({"items": []}), other="echo half; exit 1")
    fetch_kube(tmp_path / "out", kubectl=kubectl)

    assert [one.name for one in (tmp_path / "out").iterdir()] == ["pods.json"]


def _waits(pid: int) -> bool:
    """Return whether the process *pid* sleeps, as one does that waits for another."""
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "S"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_while_kubectl_answers_leaves_no_half_and_no_kubectl(
    tmp_path: Path, number: int, code: int
) -> None:
    os.mkfifo(tmp_path / "answer")
    answer = f'echo half; exec cat "{tmp_path}/answer"'
    kubectl = program(tmp_path, "", other=answer)
    command = [sys.executable, "-m", "cnilog", "fetch", "kube", "--kubectl", kubectl, "-o"]
    process = subprocess.Popen([*command, str(tmp_path / "out")], stderr=subprocess.PIPE, text=True)
    slow = os.open(tmp_path / "answer", os.O_WRONLY)  # opens once kubectl reads: in its middle
    while not _waits(process.pid):  # a busy machine may not have told it yet that kubectl runs
        os.sched_yield()
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    word = "interrupted" if number == signal.SIGINT else "terminated"

    assert (process.returncode, error) == (code, f"cnilog: {word}\n")
    gone = select.poll()
    gone.register(slow, 0)  # of what is asked for by nobody, it tells that the reader went
    assert gone.poll(20_000), "kubectl goes on"
    with pytest.raises(BrokenPipeError):
        os.write(slow, b"more")
    os.close(slow)
    assert list((tmp_path / "out").rglob("*")) == []
