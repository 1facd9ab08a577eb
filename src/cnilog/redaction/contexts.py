r"""Learn names from where they stand: after a key, in a path, in a table, before a domain.

A pod called ``web-0`` or a host called ``worker-7`` has no shape that tells it from other words.
But somewhere in a bundle stands ``"pod_name":"web-0"`` or ``/var/log/pods/shop_web-0_…``; what is
learned there is known everywhere. No look-around here: a linear engine finds the places first.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from cnilog.redaction.shapes import EXACT, IN_WORD, linear

if TYPE_CHECKING:
    from cnilog.redaction.names import Names
    from cnilog.redaction.stand_ins import Kind

_VALUE: Final = r"[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9])?"
_DNS: Final = r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?"
_IS: Final = r"(?:\\{0,8}[\"'])?[ \t]{0,40}(?:=>|[=:])[ \t]{0,40}\\{0,8}[\"']?"
_QUOTE: Final = r"\\{0,8}[\"']"
_BEGIN: Final = r"(?:^|[^A-Za-z0-9_./%-])"

# Keys whose value names something, as programs, shippers, AWS and Kubernetes write them.
_KEYS: Final[dict[str, str]] = {
    "pod": r"K8S_POD_NAME|(?:MY_)?POD_NAME|pod[_.]?[nN]ame|PodName|io\.kubernetes\.pod\.name|[pP]od"
    r"|kubernetes_pod|k8s\.pod\.name",
    "host": r"(?:MY_|K8S_)?NODE_NAME|node[_.]?[nN]ame|NodeName|[nN]ode|_?HOSTNAME"
    r"|[hH]ost[_.]?[nN]ame"
    r"|host|kubernetes\.io/hostname|kubernetes_host|k8s\.node\.name|nominatedNodeName"
    r"|computer_?[nN]ame|MachineName|hostIPName|privateDnsName|PrivateDnsName",
    "namespace": r"K8S_POD_NAMESPACE|(?:MY_)?POD_NAMESPACE|pod_?[nN]amespace"
    r"|[nN]amespace(?:_?[nN]ame)?"
    r"|io\.kubernetes\.pod\.namespace|k8s\.namespace\.name",
    "cluster": r"CLUSTER_(?:NAME|ID)|[cC]luster[_.-]?[nN]ame|[cC]luster|eksClusterName|eks_cluster"
    r"|alpha\.eksctl\.io/cluster-name|(?:aws:)?eks:cluster-name|cluster\.k8s\.amazonaws\.com/name"
    r"|KubernetesCluster|k8s\.cluster\.name",
    "uuid": r"_MACHINE_ID|[mM]achine ?I[dD]|_?BOOT_ID|[bB]oot ?I[dD]",
    "name": r"[rR]ole_?[nN]ame|[uU]ser_?[nN]ame|[pP]olicy_?[nN]ame|[gG]roup_?[nN]ame"
    r"|[iI]nstance[pP]rofile[nN]ame|AutoScalingGroupName|aws:autoscaling:groupName"
    r"|(?:alpha\.eksctl\.io|eks\.amazonaws\.com|eks)[/:]nodegroup(?:-name)?|[nN]ode[gG]roup[nN]ame"
    r"|[rR]ole[sS]ession[nN]ame|[bB]ucket(?:[nN]ame)?|[lL]aunchTemplateName|generateName"
    r"|eks\.amazonaws\.com/(?:compute-type-name|sourceLaunchTemplateName)|KeyName|key_?name"
    r"|karpenter\.sh/nodepool|karpenter\.k8s\.aws/ec2nodeclass"
    r"|app\.kubernetes\.io/(?:instance|name)",
}
_TAG: Final = (  # {"Key": "eks:cluster-name", "Value": "…"}
    rf"{_QUOTE}Key{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE}"
    r"(?:Name|[A-Za-z0-9.:/-]*(?:cluster-name|cluster\.k8s\.amazonaws\.com/name|nodegroup-name"
    r"|groupName|KubernetesCluster|stack-name|[pP]roject|[oO]wner|[tT]eam|[eE]nv(?:ironment)?))"
    rf"{_QUOTE}\s{{0,3}},\s{{0,80}}{_QUOTE}Value{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE}"
)
_THINGS: Final = (
    r"(?:[pP]ods?|[nN]odes?|[dD]eployments?|[rR]eplicasets?|[dD]aemonsets?"
    r"|[sS]tatefulsets?|[jJ]obs?"
    r"|[cC]ronjobs?|[sS]ervices?|[nN]amespaces?|[eE]ndpoints|[sS]erviceaccounts?|[cC]luster)"
)
_KINDS_OF: Final = (
    r"(?:Pod|Node|Deployment|ReplicaSet|DaemonSet|StatefulSet|Job|CronJob|Service|Namespace"
    r"|ServiceAccount|CNINode|NodePool|EC2NodeClass|ENIConfig)"
)
_AGE: Final = r"(?:\d{1,6}[smhdy]){1,3}"
_SYSLOG: Final = (
    r"(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,9})?|\d{4}-\d\d-\d\dT[0-9:.+-]{8,24}Z?)"
)

_STREAM: Final = (
    r"(?:^|[\s\"'/!:,])(?P<host_stream>[A-Za-z0-9][A-Za-z0-9.-]{1,252}?)-"
    r"(?:dataplane|application|host)\.(?:tail\.|systemd\.|var\.)"
)
_PLACES: Final = "|".join(
    (
        rf"(?:pods/)?(?P<namespace_dir>[a-z0-9-]{{1,63}})_(?P<pod_dir>{_DNS})_"
        r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})\b",
        *(rf"{_BEGIN}(?:{keys}){_IS}(?P<{kind}>{_VALUE})" for kind, keys in _KEYS.items()),
        rf"{_TAG}(?P<name_tag>{_VALUE})",
        r"kubernetes\.io/cluster/(?P<cluster_tag>[A-Za-z0-9][A-Za-z0-9_-]{0,99})",
        r"/aws/(?:eks|containerinsights)/(?P<cluster_group>[A-Za-z0-9][A-Za-z0-9_-]{0,99})/",
        rf"(?P<thing>{_THINGS})(?:\.[a-z.]{{1,40}})?/(?P<name_of_thing>{_DNS})",
        rf"(?P<said>{_THINGS})[ :]{{1,3}}{_QUOTE}(?P<name_said>{_DNS}(?:/{_DNS})?){_QUOTE}",
        rf"system:node:(?P<host_user>{_DNS})",
        rf"system:serviceaccount:(?P<namespace_account>{_DNS}):(?P<name_account>{_DNS})",
        # From the beginning of a word: tried from within, a long word costs its square.
        rf"(?:^|[^a-z0-9.-])[.-]*(?P<pod_log>{_DNS})_(?P<namespace_log>[a-z0-9-]{{1,63}})"
        r"_[a-z0-9-]{1,63}-[0-9a-f]{12,64}\b",
        rf"(?m:^){_SYSLOG} (?P<host_syslog>[A-Za-z0-9][A-Za-z0-9.-]{{0,252}}) "
        r"[A-Za-z@._/-]{2,40}"
        r"(?:\[\d{1,9}\])?: ",
        rf"(?m:^)(?P<host_row>{_DNS}) +(?:Not)?Ready(?:,[A-Za-z]+)? +\S+ +{_AGE} +v\d",
        rf"(?m:^)(?:(?P<namespace_row>[a-z0-9-]{{1,63}}) +)?(?P<pod_row>{_DNS}) +"
        r"\d{1,3}/\d{1,3} +"
        rf"[A-Z][\w:/-]+ +\d{{1,6}}(?: \([^)\n]{{1,30}}\))? +{_AGE}"
        rf"(?: +[0-9a-f.:<>none]+ +(?P<host_of_pod>{_DNS}))?",
        rf"{_QUOTE}name{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE}(?P<name_object>{_DNS}){_QUOTE},\s{{0,200}}"
        rf"{_QUOTE}namespace{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE}(?P<namespace_object>{_DNS})",
        rf"(?m:^)[ ]{{0,40}}name: {_QUOTE}?(?P<name_yaml>{_DNS})[\"']?\n[ ]{{0,40}}namespace: "
        rf"[\"']?(?P<namespace_yaml>{_DNS})",
        rf"{_QUOTE}kind{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE}{_KINDS_OF}{_QUOTE},\s{{0,200}}"
        rf"{_QUOTE}name{_QUOTE}\s{{0,3}}:\s{{0,3}}{_QUOTE}(?P<name_kind>{_DNS})",
        rf"kind: {_KINDS_OF}\n\s{{0,40}}(?:metadata:\n\s{{0,40}})?name: [\"']?"
        rf"(?P<name_kind_yaml>{_DNS})",
        rf"(?m:^)(?:Name|Node|Controlled By|Hostname|Service Account): {{2,40}}(?:[A-Z][A-Za-z]+/)?"
        rf"(?P<name_described>{_DNS})",
        rf"--(?:cluster-name|cluster|nodegroup-name|nodegroup|role-name|hostname-override"
        rf"|b64-cluster-ca"
        rf"|name|node-name|pod|namespace)[= ]{_QUOTE}?(?P<name_flag>{_VALUE})",
        r"bootstrap\.sh['\"]? (?P<cluster_bootstrap>[A-Za-z0-9][A-Za-z0-9_-]{1,99})",
        r"(?m:^)[ ]{0,20}cluster:[ ]*\n(?:[ ]+[A-Za-z]+:[^\n]*\n){0,4}?[ ]+name: "
        r"(?P<cluster_node_config>[A-Za-z0-9][A-Za-z0-9_-]{1,99})",
        r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(?P<account>\d{12}):"
        r"(?P<arn_name>(?:\\?/|[^\s\"'\\,;)}\]<>|&`])*)",
        r"(?:[aA]ccount(?:_?[iI]d)?|[oO]wnerId|[rR]equesterId|AWS|RegistryId|owner)"
        rf"{_IS}(?P<account_key>\d{{12}})\b",
        rf"{_BEGIN}ip-\d{{1,3}}-\d{{1,3}}-\d{{1,3}}-\d{{1,3}}\.(?P<host_domain>{_DNS})",
    )
)
LINEAR: Final = linear(_PLACES)
# Looked for by itself, and only where a stream of these is named: an engine that looks for both
# at once has too many places to remember and is three times as slow.
LINEAR_STREAM: Final = linear(_STREAM)
STREAMS: Final = ("-dataplane.", "-application.", "-host.")
_CONTEXT: Final = re.compile(f"{_PLACES}|{_STREAM}", re.ASCII)
_USUAL_DOMAIN: Final = re.compile(
    r"(?:[a-z0-9-]+\.)*(?:compute\.internal|ec2\.internal|amazonaws\.com(?:\.cn)?|internal|local)$"
)
_RESOURCE_WORDS: Final = frozenset(  # parts of API paths that follow a kind and are no name
    [
        "status",
        "exec",
        "log",
        "logs",
        "proxy",
        "binding",
        "eviction",
        "attach",
        "portforward",
        "scale",
        "finalize",
        "token",
        "metrics",
        "configz",
        "healthz",
        "stats",
        "pods",
        "nodes",
        "name",
        "kind",
    ]
)
_FILE_ENDING: Final = re.compile(
    r"\.(?:log|json|ya?ml|txt|gz|tgz|tar|zip|sh|conf|go|service|sock)\b"
)


def names_in(text: str, names: Names) -> None:
    """Add the names that stand in *text* where names do."""
    for found in _CONTEXT.finditer(text):
        _learned(found, names)


def _learned(found: re.Match[str], names: Names) -> None:
    for group, value in found.groupdict().items():
        if value is None or group in {"thing", "said"}:
            continue
        if group in {"account", "account_key"}:
            names.accounts.add(value)
        elif group == "arn_name":
            _learned_arn(value, names)
        elif group == "host_domain":
            if not _USUAL_DOMAIN.match(value) and not _FILE_ENDING.search(f".{value}"):
                names.add("host", value)
        else:
            _learned_name(_kind(group, found), value, names)


def _kind(group: str, found: re.Match[str]) -> Kind:
    word = group.partition("_")[0]
    told = (found["thing"] or found["said"] or "").lower()
    if word == "name" and told.startswith("pod"):
        return "pod"
    if word == "name" and told.startswith("node"):
        return "host"
    if word == "name" and told.startswith("namespace"):
        return "namespace"
    return word  # type: ignore[return-value]  # each group is called as a kind


def _learned_name(kind: Kind, value: str, names: Names) -> None:
    """Add *value*: a name, or a namespace and a name with a slash between them."""
    first, slash, rest = value.partition("/")
    if slash and kind == "pod" and "/" not in rest:
        names.add("namespace", first)
        first = rest
    elif slash:
        return
    if first in _RESOURCE_WORDS or _FILE_ENDING.search(first) or _shaped(first):
        return
    names.add(kind, first)


def _learned_arn(value: str, names: Names) -> None:
    pieces = re.split(r"\\?/|:", value.rstrip(".:"))
    for piece in pieces[1:] or pieces:
        if not _shaped(piece) and not piece.endswith((".amazonaws.com", ".amazonaws.com.cn")):
            names.add("cluster" if pieces[0] == "cluster" else "name", piece)


def _shaped(text: str) -> bool:
    """Return whether *text* holds what is known by its shape: it needs no learning."""
    if IN_WORD.search(text):
        return True
    whole = EXACT.fullmatch(text)
    return whole is not None and whole.lastgroup != "word_pad"
