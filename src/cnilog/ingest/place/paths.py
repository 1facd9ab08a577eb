r"""Read what the path of a file says, by the ways in which collectors lay their files out.

…/NS_POD_UID/CONTAINER/N.log, …/N.log.20260105-091504[.gz]     the kubelet; N counts restarts
…/POD_NS_CONTAINER-<id>.log                                    its links, copied by collectors
…/exportedlogs/TASK/STREAM/000000.gz                           CloudWatch export task
…/NS/POD/logs.txt                                              kubectl cluster-info dump
…/cluster-resources/pods/logs/NS/POD/CONTAINER[-previous].log  troubleshoot.sh
…/namespaces/NS/pods/POD/C/C/logs/{current,previous}.log       must-gather
…/cluster-info/NS/POD/CONTAINER[.previous].log                 kops
…/cluster-info/NS/podlogs/POD/kubectl_…_logs_POD_-c_CONTAINER  sos
NS-POD-<unix ns>.log                                           k9s
aws-node-x7k2p[-previous].log                                  what people call it themselves
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from cnilog.ingest.names import DNS, NODE, program, program_of_file, read_name
from cnilog.ingest.place import Place
from cnilog.lazily import regex

POD: Final = rf"(?P<pod>{DNS}(?:\.{DNS})*)"
NS: Final = rf"(?P<ns>{DNS})"
CONTAINER: Final = r"(?P<container>[a-z0-9](?:[-a-z0-9]*?[a-z0-9])??)"  # up to -previous
PREVIOUS: Final = r"(?:[-_.](?P<previous>prev(?:ious)?))?"
END: Final = r"(?:\.insecure)?(?:\.(?:log|txt))?(?:\.gz)?$"
NAMESPACES: Final = r"(?P<ns>kube-system|default|amazon-[a-z-]+|amazon-cloudwatch)"
# Of the letters that Kubernetes gives to names: people call folders of logs what they like.
SUFFIX: Final = r"[2456789bcdfghjklmnpqrstvwxz]{5}"
LAYOUTS: Final = tuple(  # words one of which is in every path that is laid out so, and the layout
    (words, regex(layout))
    for words, layout in (
        (
            ("/cluster-resources/",),
            rf"/cluster-resources/pods/logs/{NS}/{POD}/{CONTAINER}?{PREVIOUS}{END}",
        ),
        (
            ("/namespaces/",),
            rf"/namespaces/{NS}/pods/{POD}/{DNS}/{CONTAINER}/logs/(?:current|(?P<previous>previous)){END}",
        ),
        (
            ("/namespaces/",),
            rf"/namespaces/{NS}/pods/{POD}/{DNS}/{CONTAINER}/logs/rotated/(?P<restart>[0-9]+)\.log[-.0-9]*{END}",
        ),
        (
            ("/cluster-info/",),
            rf"/cluster-info/{NS}/podlogs/{POD}/kubectl_.*_logs_.*_-c_{CONTAINER}(?:_-p(?P<previous>))?$",
        ),
        (("/cluster-info/",), rf"/cluster-info/{NS}/{POD}/{CONTAINER}?{PREVIOUS}{END}"),
        (("/logs.txt",), rf"/{NAMESPACES}/{POD}/logs\.txt$"),
        (("/logs.txt",), rf"/{NS}/(?P<pod>{DNS}-{SUFFIX})/logs\.txt$"),
        (("/kube-system", "/default", "/amazon-"), rf"/{NAMESPACES}-{POD}-[0-9]{{19}}\.log$"),
        (
            ("aws-node-", "kube-proxy-", "coredns-"),
            rf"/(?:{NAMESPACES}[_-])?(?P<pod>(?:aws-node|kube-proxy|coredns(?:-[0-9a-f]{{8,10}})?)-[a-z0-9]{{5}})"
            rf"(?:[-_.](?P<container>aws-node|aws-eks-nodeagent|aws-vpc-cni-init|kube-proxy|coredns))?"
            rf"{PREVIOUS}{END}",
        ),
    )
)
EXPORT: Final = regex(r"^(.*/(?P<stream>[^/]+))/(?P<chunk>[0-9]{6})(?:\.gz)?$")
UID_ONLY: Final = regex(r"/pods/[0-9a-f-]{36}/(?P<container>[^/]+)/(?P<restart>[0-9]{1,9})\.log")
ROTATION: Final = regex(r"\.log[.-]([0-9]{8}-[0-9]{6}|[0-9]{8}T[0-9]{6})")
TORN: Final = "is the torn copy of a rotation that was interrupted"
NODE_FOLDER: Final = regex(r"/(ip-[0-9]+-[0-9]+-[0-9]+-[0-9]+[^/]*|i-[0-9a-f]{8,17})/[^/]+$")


@lru_cache(maxsize=1 << 17)  # asked when a file is read, and when all of them were
def place_of(file: str) -> Place:
    """Return what the path *file* says of the lines in it."""
    path = "/" + file.replace("\\", "/").replace("!./", "/").replace("!", "/").lstrip("/")
    torn = TORN if path.endswith(".tmp") and re.search(r"/[0-9]+\.log\.", path) else None
    place = _export(path) or _kubelet(path) or _layout(path)
    if place is None:
        folder = NODE_FOLDER.search(path)
        place = Place(
            node=folder[1] if folder else None, component=program_of_file(path.rpartition("/")[2])
        )
    return place._replace(ignore=torn) if torn else place


def _kubelet(path: str) -> Place | None:
    """Return the place of a container's file as the kubelet names it."""
    folders = "/".join(path.split("/")[-3:])
    name = read_name(folders)
    if name.container is None:
        found = UID_ONLY.search(path)
        if not found:
            return None
        name = name._replace(container=found["container"], restart=int(found["restart"]))
    rotated = ROTATION.search(path)
    return Place(
        namespace=name.namespace,
        pod=name.pod,
        container=name.container,
        component=program(name.container),
        rank=(name.restart or 0, rotated[1] if rotated else "~"),
    )


def _export(path: str) -> Place | None:
    """Return the place of a part of a CloudWatch export: its folder is the log stream."""
    found = EXPORT.match(path)
    if not found:
        return None
    name = read_name(found["stream"])
    return Place(
        node=name.node,
        namespace=name.namespace,
        pod=name.pod,
        container=name.container,
        component=name.component,
        writer=found[1],
        rank=(0, found["chunk"]),
    )


def _layout(path: str) -> Place | None:
    """Return the place in one of `LAYOUTS`; asking for a word first is much quicker."""
    layouts = (layout for words, layout in LAYOUTS if any(word in path for word in words))
    found = next((match for layout in layouts if (match := layout.search(path))), None)
    if found is None:
        return None
    known = found.groupdict()
    earlier = -1 if known.get("previous") is not None else 0
    return Place(
        namespace=known.get("ns"),
        pod=known.get("pod"),
        container=known.get("container"),
        component=program(known.get("container")),
        rank=(int(known.get("restart") or earlier), ""),
    )


def node_in(name: str) -> str | None:
    """Return the node that a folder or archive called *name* was collected on."""
    for pattern in ARCHIVES:
        if (found := pattern.search(name)) and NODE.match(found[1]):
            return found[1]
    return None


ARCHIVES: Final = (
    regex(r"(?:^|/)eks_(i-[0-9a-f]{8,17})_"),
    regex(r"(?:^|[/-])((?:ip|i)-[0-9a-f][\w.-]*?)-logs\.(?:tar\.gz|tgz|zip|tar)"),
    regex(
        r"(?:^|/)sosreport-(ip-[0-9]+-[0-9]+-[0-9]+-[0-9]+|.+?)-(?:\S+-)?20[0-9]{2}-[0-9]{2}-[0-9]{2}-"
    ),
    regex(r"(?:^|[/_-])(i-[0-9a-f]{17})(?:[/_.-]|$)"),
    regex(
        r"(?:^|/)(ip-[0-9]+-[0-9]+-[0-9]+-[0-9]+(?:\.[a-z0-9-]+)*?)(?:/|$|[-_.](?:logs?|bundle|tar|tgz|zip))"
    ),
)
