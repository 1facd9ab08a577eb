r"""Read what the name of a log says: which node, pod, container and program.

Three kinds of names carry it, wherever they stand (a path, a CloudWatch log stream, a label):

    /var/log/containers/POD_NAMESPACE_CONTAINER-<id>.log
    /var/log/pods/NAMESPACE_POD_UID/CONTAINER/N.log
    HOST-dataplane.tail.var.log.containers.POD_NAMESPACE_CONTAINER-<id>.log
    HOST-dataplane.systemd.kubelet.service

CloudWatch and Fluent Bit write dots for slashes. They are read from the right, because HOST may
be the name of the shipper's pod: then the node is unknown.
Source: kubernetes `pkg/kubelet/kuberuntime`, AWS's `fluent-bit.yaml` for Container Insights.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from cnilog.lazily import regex


class Name(NamedTuple):
    """What a name says; null where it does not."""

    node: str | None = None
    namespace: str | None = None
    pod: str | None = None
    container: str | None = None
    component: str | None = None  # a word of `schema.COMPONENTS`
    restart: int | None = None  # which life of the container wrote it, from 0


DNS: Final = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"
CONTAINERS: Final = tuple(  # a pod's name may have dots: only where it begins is certain
    regex(rf"{begin}({pod})_({DNS})_({DNS})-([0-9a-f]{{12,64}})(?:\.log|$)")
    for begin, pod in (
        (r"containers[./]", rf"{DNS}(?:\.{DNS})*"),
        (r"(?:^|[./])", DNS),
        (r"(?:^|/)", rf"{DNS}(?:\.{DNS})*"),
    )
)
PODS: Final = regex(
    rf"(?:^|[./])({DNS})_({DNS}(?:\.{DNS})*)_([0-9a-f]{{32}}|[0-9a-f-]{{36}})[./]({DNS})[./]([0-9]{{1,9}})\.log"
)
HOST: Final = regex(r"^([^/ ]+?)[-.](?:dataplane|application|host)(?:[./-]|$)")
UNIT: Final = regex(r"(?:systemd[./])?(kubelet|containerd|docker|kube-proxy)\.service")
NODE: Final = regex(r"^(?:ip-[0-9]|i-[0-9a-f]{8,}|fargate-|.+\.)")
PROGRAMS: Final = tuple(
    (regex(pattern), component)
    for pattern, component in (
        (r"(?:^|[/_.])ipamd(?:[-.]|$)", "ipamd"),
        (r"(?:^|[/_.])egress-v[46](?:-plugin)?(?:[-.]|$)", "egress-plugin"),
        (r"(?:^|[/_.])plugin(?:[-.]|$)", "plugin"),
        (r"(?:^|[/_.])(?:network-policy-agent|ebpf-sdk)(?:[-.]|$)", "network-policy-agent"),
        (r"(?:^|[/_.])kube-proxy(?:[-./]|$)", "kube-proxy"),
        (r"(?:^|[/_.])kubelet(?:[-.]|$)", "kubelet"),
        (r"(?:^|[/_.])containerd(?:-log)?(?:[-.]|$)", "containerd"),
    )
)
CONTAINER_PROGRAMS: Final = {
    "aws-vpc-cni-init": "init",
    "aws-eks-nodeagent": "network-policy-agent",
    "kube-proxy": "kube-proxy",
    "cni-metrics-helper": "metrics-helper",
}


@lru_cache(maxsize=65_536)
def read_name(name: str) -> Name:
    """Return what *name* (a path or a log stream) says."""
    host = HOST.match(name)
    node = host[1] if host and NODE.match(host[1]) else None
    if name.count("_") < 2 and ".service" not in name:  # which every name below has
        return Name(node)
    if found := PODS.search(name):
        namespace, pod, _, container, restart = found.groups()
        return Name(node, namespace, pod, container, program(container), int(restart))
    if found := next((m for pattern in CONTAINERS if (m := pattern.search(name))), None):
        pod, namespace, container, _ = found.groups()
        return Name(node, namespace, pod, container, program(container))
    unit = UNIT.search(name)
    return Name(node, component=unit[1].replace("docker", "containerd") if unit else None)


def program(container: str | None) -> str | None:
    """Return the component that writes in *container*, where only one does."""
    return CONTAINER_PROGRAMS.get(container or "")


@lru_cache(maxsize=65_536)
def program_of_file(file: str) -> str | None:
    """Return the component whose log a file called *file* is; null where the name is not telling.

    ``ipamd.log``, ``ipamd-2026-01-05T09-15-07.001.log.gz``, ``aws-routed-eni_ipamd.log`` and
    ``ipamd.log.2018-05-16-21`` are all ipamd's.
    """
    base = file.replace("\\", "/").rpartition("/")[2]
    return next((component for pattern, component in PROGRAMS if pattern.search(base)), None)
