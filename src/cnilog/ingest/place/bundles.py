"""Say of each file in a bundle where it stood: which node, pod, container and program.

Called after every file was read, so that files which carry the identity of the others
(`instance-id.txt`, `pods.json`, …) are known whatever their order in the archive. A bundle of one
node is known by its folders; all that lies in it comes from that node, whichever of its names
(host name, first label of it, instance id) the single file uses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from cnilog.ingest.place.paths import node_in, place_of
from cnilog.ingest.place.pods import nodes_of_pods
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cnilog.finding import Document
    from cnilog.ingest.place import Place

FOLDERS: Final = frozenset(
    {"system", "var_log", "kubelet", "ipamd", "networking", "containerd", "cni", "nodeadm",
     "sysctls", "kernel", "storage", "docker", "modinfo", "sandbox-image", "gpu", "eks",
     "kube-proxy", "network", "automode", "bottlerocket"}
)  # fmt: skip
ABOVE: Final = frozenset({"var", "cluster-resources", "cluster-info", "namespaces"})
NESTED: Final = regex(r"![^!]*bottlerocket-logs\.tar\.gz(?=!)")
ENOUGH: Final = 2  # of these folders beside each other make a bundle
LOGDOG: Final = frozenset(
    {"ipamd.log", "plugin.log", "journalctl.log", "journalctl.errors", "os-release",
     "logdog.errors", "settings.json", "kube-status"}
)  # fmt: skip
LOGDOG_ENOUGH: Final = 3
IDENTITY: Final = regex(r"(?:^|/)system/(?:instance-id|sysinfo)(?:\.txt)?$")
INSTANCE: Final = regex(r"\bi-[0-9a-f]{8,17}\b")
SOS: Final = regex(r"^(.*?/?sosreport-[^/]+)/")
HOST_LOG: Final = regex(r"^(.*?)var/log/(?!pods/|containers/)")


def places(
    files: Sequence[str],
    documents: Sequence[Document],
    hosts: Mapping[str, Iterable[str]] | None = None,
) -> Mapping[str, Place]:
    """Return the place of each of *files* (paths as given, ``archive.tgz!inner/path``).

    Args:
        files: All files of the source.
        documents: Those of them that are no logs, or not only.
        hosts: The node names that the lines of a file state.
    """
    found = {file: place_of(file) for file in files}
    pods = nodes_of_pods(documents)
    roots = _roots(files)
    nodes = _nodes(roots, files, documents, hosts or {})
    for file, place in found.items():
        root = roots.get(file)
        node = nodes.get(root) if root is not None else None
        if node is not None:
            found[file] = place._replace(node=node, alone=True, pods=pods)
        elif pods:
            known = place.node or pods.get((place.namespace, place.pod))
            found[file] = place._replace(node=known, pods=pods)
    return found


def scope_of(file: str) -> str:
    """Return the part of the path that every copy of one log in one bundle has in common.

    Before all files are known, this is the innermost archive (a logdog inside a node's bundle
    belongs to that), or the folder above those that collectors make.
    """
    archive, _, inner = NESTED.sub("", file).rpartition("!")
    parts = _parts(inner)[:-1]
    depth = next((n for n, part in enumerate(parts) if part in FOLDERS | ABOVE), len(parts))
    return archive or "/".join(parts[:depth])


def _roots(files: Iterable[str]) -> dict[str, str]:
    """Return the folder of the one-node bundle that each file lies in, where it does in one."""
    parted = {file: _parts(file) for file in files}
    beside: defaultdict[str, set[str]] = defaultdict(set)
    for parts in parted.values() if len(parted) > 1 else ():
        for depth, part in enumerate(parts):
            beside["/".join(parts[:depth])].add(part)
    roots = {root for root, names in beside.items() if _is_bundle(names)}
    found = {}
    for file, parts in parted.items():
        tops = ("/".join(parts[:depth]) for depth in range(len(parts)))
        root = next((top for top in tops if top in roots), None) or _host_root("/".join(parts))
        if root is not None:
            found[file] = root
    return found


def _is_bundle(names: set[str]) -> bool:
    return len(names & FOLDERS) >= ENOUGH or len(names & LOGDOG) >= LOGDOG_ENOUGH


def _host_root(path: str) -> str | None:
    """Return the folder above ``var/log`` of a node, or that of a sosreport."""
    if found := SOS.match(path):
        return found[1]
    found = HOST_LOG.match(path)
    return found[1] if found and "aws-routed-eni" in path else None


def _parts(file: str) -> list[str]:
    path = file.replace("\\", "/").replace("!./", "/").replace("!", "/")
    return [part for part in path.split("/") if part != "."]


def _nodes(
    roots: Mapping[str, str],
    files: Iterable[str],
    documents: Iterable[Document],
    hosts: Mapping[str, Iterable[str]],
) -> dict[str, str]:
    """Return the name of the node that each bundle was collected on."""
    ids = {document.file: document.text for document in documents}
    named: defaultdict[str, Counter[str]] = defaultdict(Counter)
    fallback: dict[str, str] = {}
    for file in files:
        root = roots.get(file)
        if root is None:
            continue
        named[root].update(hosts.get(file, ()))
        identity = INSTANCE.search(ids.get(file, "")) if IDENTITY.search(_slashed(file)) else None
        name = node_in(_slashed(root)) or (identity[0] if identity else None)
        if name and (root not in fallback or identity):
            fallback[root] = name
    return {
        root: node
        for root in set(roots.values())
        if (node := _name(named[root], fallback.get(root)))
    }


def _slashed(file: str) -> str:
    return "/".join(_parts(file))


def _name(seen: Counter[str], fallback: str | None) -> str | None:
    """Return the fullest name of the host that was seen most; else the *fallback*."""
    if fallback and not INSTANCE.fullmatch(fallback):
        return fallback
    hosts = Counter[str]()
    for name, count in seen.items():
        hosts[name.partition(".")[0]] += count
    if not hosts:
        return fallback
    first = hosts.most_common(1)[0][0]
    return max((name for name in seen if name.partition(".")[0] == first), key=len)
