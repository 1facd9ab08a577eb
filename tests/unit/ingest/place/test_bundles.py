"""Where a file lies tells the node, the pod and the container of its lines."""

from __future__ import annotations

import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING

import exports
import pytest
from exports import CONTAINER, ID, INSTANCE, JOURNAL, LINES, NAMESPACE, NODE, POD

from cnilog import ingest
from cnilog.ingest.names import Name, read_name
from cnilog.ingest.place.paths import place_of

if TYPE_CHECKING:
    from pathlib import Path

UID = "5d0c1f3e-8a44-4b62-9a57-2f1c7e90ab13"
CRI = "".join(f"{line.time} {line.pipe} F {line.text}\n" for line in LINES)
IPAMD = "".join(f"{line.text}\n" for line in LINES if line.text.startswith("{"))
KUBELET = "".join(
    f"{exports.journal_time(micros):%Y-%m-%dT%H:%M:%S.%f}+0000 {NODE} kubelet[21]: {text}\n"
    for micros, text in JOURNAL[:2]
)
COLLECTED = {
    "system/instance-id.txt": INSTANCE,
    "system/region.txt": "eu-west-1",
    "var_log/aws-routed-eni/ipamd.log": IPAMD,
    "kubelet/kubelet.log": KUBELET,
    f"var_log/{NAMESPACE}_{POD}_{UID}/{CONTAINER}/1.log": CRI,
    f"var_log/{POD}_{NAMESPACE}_{CONTAINER}-{ID}.log": CRI,
    "ipamd/pods.json": "{}",
}


def tarred(files: dict[str, str | bytes], prefix: str = "./") -> bytes:
    """Return a tar.gz of *files*."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            member = tarfile.TarInfo(prefix + name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return held.getvalue()


PLACES = [
    pytest.param(f"b/var/log/pods/{NAMESPACE}_{POD}_{UID}/{CONTAINER}/2.log",
                 (None, NAMESPACE, POD, CONTAINER), id="kubelet"),
    pytest.param(f"b!var_log/{NAMESPACE}_{POD}_{UID}/{CONTAINER}/1.log.20260302-070000.gz",
                 (None, NAMESPACE, POD, CONTAINER), id="rotated, in an archive"),
    pytest.param(f"b!var_log/{POD}_{NAMESPACE}_{CONTAINER}-{ID}.log",
                 (None, NAMESPACE, POD, CONTAINER), id="link"),
    pytest.param(f"x/exportedlogs/task/{exports.STREAM_NAME}/000003.gz",
                 (NODE, NAMESPACE, POD, CONTAINER), id="CloudWatch export"),
    pytest.param(f"dump/{NAMESPACE}/{POD}/logs.txt", (None, NAMESPACE, POD, None), id="dump"),
    pytest.param(f"dump/{NAMESPACE}/etcd-{NODE}/logs.txt",
                 (None, NAMESPACE, f"etcd-{NODE}", None), id="dump of a pod of the node's"),
    pytest.param(f"dump/shop/{POD}/logs.txt", (None, "shop", POD, None),
                 id="dump, any namespace"),
    pytest.param("case-7/logs/logs.txt", (None,) * 4, id="a folder of logs is no pod"),
    pytest.param("work/customer-42/logs.txt", (None,) * 4, id="a customer is no pod"),
    pytest.param(f"s/cluster-resources/pods/logs/{NAMESPACE}/{POD}/{CONTAINER}-previous.log",
                 (None, NAMESPACE, POD, CONTAINER), id="troubleshoot"),
    pytest.param(f"m/namespaces/{NAMESPACE}/pods/{POD}/{CONTAINER}/{CONTAINER}/logs/current.log",
                 (None, NAMESPACE, POD, CONTAINER), id="must-gather"),
    pytest.param(f"k/cluster-info/{NAMESPACE}/{POD}/{CONTAINER}.previous.log",
                 (None, NAMESPACE, POD, CONTAINER), id="kops, pod"),
    pytest.param(f"k/{NODE}/aws-routed-eni_ipamd.log", (NODE, None, None, None), id="kops, node"),
    pytest.param(f"s/cluster-info/{NAMESPACE}/podlogs/{POD}/kubectl_--x_logs_{POD}_-c_{CONTAINER}",
                 (None, NAMESPACE, POD, CONTAINER), id="sos"),
    pytest.param(f"s/{NAMESPACE}-{POD}-1772434810000000000.log", (None, NAMESPACE, POD, None),
                 id="k9s"),
    pytest.param(f"{POD}-previous.log", (None, None, POD, None), id="a name people give"),
    pytest.param("ipamd-2026-03-02T07-00-00.001.log.gz", (None,) * 4, id="rotation of ipamd.log"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "who"), PLACES)
def test_a_path_tells(path: str, who: tuple[str | None, ...]) -> None:
    place = place_of(path)

    assert (place.node, place.namespace, place.pod, place.container) == who


@pytest.mark.parametrize(
    ("stream", "name"),
    [
        pytest.param(exports.STREAM_NAME, Name(NODE, NAMESPACE, POD, CONTAINER), id="dataplane"),
        pytest.param(f"aws-for-fluent-bit-56zs7-dataplane.tail.var.log.containers.{POD}_"
                     f"{NAMESPACE}_{CONTAINER}-{ID}.log", Name(None, NAMESPACE, POD, CONTAINER),
                     id="the shipper's pod for the host"),
        pytest.param(f"{NODE}-dataplane.systemd.kubelet.service", Name(NODE, component="kubelet"),
                     id="unit"),
        pytest.param("agent-stream", Name(), id="any"),
    ],
)  # fmt: skip
def test_a_log_stream_tells(stream: str, name: Name) -> None:
    assert read_name(stream) == name


@pytest.mark.parametrize("layout", ["folder", "archive", "archive in archive", "backslashes"])
def test_all_of_a_bundle_comes_from_one_node(layout: str, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    if layout == "folder":
        for name, content in COLLECTED.items():
            (bundle / name).parent.mkdir(parents=True, exist_ok=True)
            (bundle / name).write_text(content)
    elif layout == "backslashes":
        with zipfile.ZipFile(bundle, "w") as archive:
            for name, content in COLLECTED.items():
                archive.writestr(name.replace("/", "\\"), content)
    else:
        inner = tarred(dict(COLLECTED))
        bundle.write_bytes(inner if layout == "archive" else tarred({"logs/eks.tgz": inner}))

    reading = ingest.read(bundle)

    assert reading.records["node"].unique().to_list() == [NODE]
    assert reading.accounting.duplicate == len(LINES)
    assert {document.node for document in reading.documents} == {NODE}


def test_two_bundles_in_a_folder_are_two_nodes(tmp_path: Path) -> None:
    for number in (1, 2):
        files = {"system/instance-id.txt": f"i-0000000000000000{number}",
                 "var_log/aws-routed-eni/ipamd.log": IPAMD}  # fmt: skip
        (tmp_path / f"{number}.tar.gz").write_bytes(tarred(dict(files)))

    records = ingest.read(tmp_path).records

    assert records["node"].unique(maintain_order=True).to_list() == [
        "i-00000000000000001",
        "i-00000000000000002",
    ]


def test_a_list_of_pods_tells_the_node_of_their_logs(tmp_path: Path) -> None:
    pod = {"metadata": {"name": POD, "namespace": NAMESPACE}, "spec": {"nodeName": NODE}}
    log = tmp_path / "cluster-resources/pods/logs" / NAMESPACE / POD / f"{CONTAINER}.log"
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"{line.text}\n" for line in LINES))
    (tmp_path / "pods.json").write_text(json.dumps({"kind": "PodList", "items": [pod]}))

    records = ingest.read(tmp_path).records

    assert exports.identity(records) == (NODE, POD, CONTAINER)


def test_a_torn_rotation_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / f"pods/{NAMESPACE}_{POD}_{UID}/{CONTAINER}"
    folder.mkdir(parents=True)
    (folder / "1.log").write_text(CRI)
    (folder / "1.log.20260302-070000.tmp").write_bytes(b"\x1f\x8b\x08half")

    reading = ingest.read(tmp_path)

    assert [source.skipped is None for source in reading.sources] == [True, False]
