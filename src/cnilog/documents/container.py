"""The environment that containers run with: containerd and docker inspection, introspection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilog.documents.daemonset import env_problems, family_missing
from cnilog.documents.reader import Reader
from cnilog.documents.shapes import dig, entries, line_of, values, walk
from cnilog.finding import Fact
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Document

# The CNI's own variables: others may hold secrets, and say nothing of it.
_OURS: Final = regex(
    r"(?:AWS_VPC_|WARM_|MINIMUM_IP_TARGET|MAX_ENI|ENABLE_(?!CLOUDWATCH)|DISABLE_|ENI_CONFIG_|POD_MTU"
    r"|POD_SECURITY_GROUP_|NETWORK_POLICY_|CLUSTER_NAME|CLUSTER_ENDPOINT|IP_COOLDOWN|ANNOTATE_POD_IP"
    r"|AWS_MANAGE_|AWS_EXTERNAL_|ADDITIONAL_ENI_TAGS|VPC_CNI_VERSION|AWS_ROLE_ARN|NO_PROXY|no_proxy)\w*"
)
_MARKS: Final = {"WARM_ENI_TARGET", "WARM_IP_TARGET", "AWS_VPC_K8S_CNI_LOGLEVEL", "AWS_VPC_ENI_MTU"}


def _inspected(document: Document) -> Iterable[Fact] | None:
    if '"env"' not in document.text.lower():
        return None
    found = [
        env
        for value in values(document.text)
        for one in walk(value)
        for env in (_pairs(dig(one, "process", "env")), _pairs(dig(one, "Config", "Env")))
        if _MARKS & set(env)
    ]
    return list(_facts(document, found[0])) if found else None  # the others are its init


def _pairs(env: Any) -> dict[str, str]:
    rows = [str(one).partition("=") for one in entries(env) if isinstance(one, str)]
    return {name: value for name, equals, value in rows if equals and _OURS.fullmatch(name)}


def _settings(document: Document) -> Iterable[Fact] | None:
    """Read ``/v1/ipamd-env-settings`` and ``/v1/networkutils-env-settings``: effective values."""
    if '"WARM_ENI_TARGET"' not in document.text and '"AWS_VPC_ENI_MTU"' not in document.text:
        return None
    found = [
        one
        for one in values(document.text)[-1:]  # a collector that ran twice appends
        if isinstance(one, dict) and {"WARM_ENI_TARGET", "AWS_VPC_ENI_MTU"} & set(one)
    ]
    if not found:
        return None
    plain = {
        str(name): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in found[0].items()
        if isinstance(value, str | int) and not (name == "WARM_IP_TARGET" and value == 0)
    }
    plain.pop("AWS_VPC_K8S_CNI_RANDOMIZESNAT", None)  # shown as a number, set as a word
    return list(_named(document, plain))


def _facts(document: Document, env: dict[str, str]) -> Iterator[Fact]:
    yield from _named(document, env)
    problems = env_problems(env)
    text = "; ".join(problems) or "the environment holds together"
    line = line_of(document.text, "env")
    yield Fact("env.problems", problems, document.file, line, document.node, text)
    skew = family_missing(env, [f"amazon-k8s-cni:{env.get('VPC_CNI_VERSION', '')}"])
    if skew:
        yield Fact("manifest.problems", skew, document.file, line, document.node, skew[0])


def _named(document: Document, env: dict[str, str]) -> Iterator[Fact]:
    for name, value in env.items():
        line = line_of(document.text, name)
        text = f"{name}={value}"[:200]
        yield Fact(f"env.{name}", value, document.file, line, document.node, text)


INSPECTED: Final = Reader("container inspection", _inspected)
SETTINGS: Final = Reader("ipamd settings", _settings)
