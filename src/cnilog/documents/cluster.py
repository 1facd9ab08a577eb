"""Other objects of the cluster: service account, role, CRDs, nodes, ENIConfigs, the cluster."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from cnilog.documents.reader import Reader
from cnilog.documents.shapes import dig, entries, line_of, mappings, objects, values, walk
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnilog.finding import Document

ROLE_ANNOTATION: Final = "eks.amazonaws.com/role-arn"
NODE_LABELS: Final = {  # the newer name of a label first
    "node.instance_type": ("node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"),
    "node.zone": ("topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"),
    "node.region": ("topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"),
}
# what every release asks of its ClusterRole (config/master/aws-k8s-cni.yaml of its tag): group,
# resource, verbs
RULES: Final = (
    ("", "nodes", ("list", "watch", "get")),
    ("", "pods", ("list", "watch", "get")),
    ("", "namespaces", ("list", "watch", "get")),
    ("crd.k8s.amazonaws.com", "eniconfigs", ("list", "watch", "get")),
)
CNINODES: Final = (("vpcresources.k8s.aws", "cninodes", ("get", "list")),)  # from v1.15.0 on
CRDS: Final = ("eniconfigs.crd.k8s.amazonaws.com", "cninodes.vpcresources.k8s.aws",
               "policyendpoints.networking.k8s.aws")  # fmt: skip


def _of_kind(document: Document, kind: str) -> list[dict[str, Any]]:
    return [one for one in objects(document.text) if one.get("kind") == kind]


def _service_account(document: Document) -> Iterable[Fact] | None:
    if "ServiceAccount" not in document.text:
        return None
    found = [
        one
        for one in _of_kind(document, "ServiceAccount")
        if dig(one, "metadata", "name") == "aws-node"
    ]
    if not found:
        return None
    role = str(dig(found[0], "metadata", "annotations", ROLE_ANNOTATION) or "")
    line = line_of(document.text, ROLE_ANNOTATION) or line_of(document.text, "aws-node")
    return [Fact("sa.role_arn", role, document.file, line, text=role or "no role annotation")]


def _nodes(document: Document) -> Iterable[Fact] | None:
    if '"Node"' not in document.text and "kind: Node" not in document.text:
        return None
    found = _of_kind(document, "Node")
    if not found:
        return None
    facts = []
    for one in found:
        name = str(dig(one, "metadata", "name"))
        labels = next(iter(mappings(dig(one, "metadata", "labels"))), {})
        line = line_of(document.text, name)
        for fact, known in NODE_LABELS.items():
            said = [str(labels[label]) for label in known if label in labels]
            facts += [Fact(fact, value, document.file, line, name) for value in said[:1]]
        if dig(one, "spec", "unschedulable") is True:
            facts.append(
                Fact("node.unschedulable", True, document.file, line, name, f"{name} is cordoned")
            )
    return facts


def _cluster_role(document: Document) -> Iterable[Fact] | None:
    if "ClusterRole" not in document.text:
        return None
    found = [
        one
        for one in _of_kind(document, "ClusterRole")
        if dig(one, "metadata", "name") == "aws-node"
    ]
    if not found:
        return None
    rules = mappings(found[0].get("rules"))
    line = line_of(document.text, "rules")
    facts = []
    for name, wanted in (("missing_rules", RULES), ("missing_cninodes", CNINODES)):
        missing = _missing_rules(rules, wanted)
        text = f"not granted: {', '.join(missing)}" if missing else "every rule is there"
        facts.append(Fact(f"clusterrole.{name}", missing, document.file, line, text=text))
    return facts


def _missing_rules(
    rules: list[dict[str, Any]], wanted: Iterable[tuple[str, str, tuple[str, ...]]]
) -> tuple[str, ...]:
    return tuple(
        f"{verb} {resource}{'.' + group if group else ''}"
        for group, resource, verbs in wanted
        for verb in verbs
        if not any(_grants(rule, group, resource, verb) for rule in rules)
    )


def _grants(rule: dict[str, Any], group: str, resource: str, verb: str) -> bool:
    return all(
        {wanted, "*"} & {str(one) for one in entries(rule.get(key))}
        for key, wanted in (("apiGroups", group), ("resources", resource), ("verbs", verb))
    )


def _crds(document: Document) -> Iterable[Fact] | None:
    if "CustomResourceDefinition" in document.text:
        names = {
            str(dig(one, "metadata", "name"))
            for one in _of_kind(document, "CustomResourceDefinition")
        }
        whole = "List" in document.text
    else:
        names = set(
            re.findall(
                r"(?m)^(?:customresourcedefinition\S*/)?([a-z]+\.[a-z0-9.-]+)\s+20\d\d-",
                document.text,
            )
        )
        whole = bool(names)
    if not whole or len(names) < 2:  # one that was asked for by name is no list
        return None
    missing = tuple(one for one in CRDS if one not in names)
    text = f"not served: {', '.join(missing)}" if missing else "all are served"
    return [Fact("crds.missing", missing, document.file, 1, text=text)]


def _eniconfigs(document: Document) -> Iterable[Fact] | None:
    if "ENIConfig" not in document.text:
        return None
    found = _of_kind(document, "ENIConfig")
    if not found:
        return None
    problems = []
    for one in found:
        name = dig(one, "metadata", "name")
        subnet = str(dig(one, "spec", "subnet") or "")
        if not subnet.startswith("subnet-"):
            problems.append(f"ENIConfig {name} names no subnet")
        groups = [str(group) for group in entries(dig(one, "spec", "securityGroups"))]
        problems += [
            f"ENIConfig {name}: {one} is no security group"
            for one in groups
            if not one.startswith("sg-")
        ]
    text = "; ".join(problems) or f"{len(found)} ENIConfigs"
    named = [str(dig(one, "spec", "subnet") or "") for one in found]
    subnets = tuple(dict.fromkeys(one for one in named if one))
    return [
        Fact("eniconfig.subnets", subnets, document.file, 1, text=", ".join(subnets)),
        Fact(
            "eniconfig.problems",
            tuple(problems),
            document.file,
            line_of(document.text, "ENIConfig"),
            text=text,
        ),
    ]


def _cluster(document: Document) -> Iterable[Fact] | None:
    if "kubernetesNetworkConfig" not in document.text:
        return None
    for value in values(document.text):
        for one in walk(value):
            family = dig(one, "kubernetesNetworkConfig", "ipFamily")
            if family:
                line = line_of(document.text, "ipFamily")
                return [
                    Fact(
                        "cluster.ip_family",
                        str(family),
                        document.file,
                        line,
                        text=f"ipFamily {family}",
                    )
                ]
    return ()


SERVICE_ACCOUNT: Final = Reader("ServiceAccount", _service_account)
NODES: Final = Reader("node objects", _nodes)
CLUSTER_ROLE: Final = Reader("ClusterRole", _cluster_role)
CRD_LIST: Final = Reader("CRD list", _crds)
ENICONFIGS: Final = Reader("ENIConfigs", _eniconfigs)
CLUSTER: Final = Reader("cluster description", _cluster)
