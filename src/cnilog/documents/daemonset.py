"""The aws-node DaemonSet (or a pod of it): its environment, images and probes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cnilog.catalog.versions import number
from cnilog.documents.reader import Reader
from cnilog.documents.shapes import dig, entries, line_of, objects
from cnilog.finding import Fact
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from cnilog.finding import Document

_TAG: Final = regex(r"amazon-k8s-cni(?P<init>-init)?:(?P<tag>v?\d+\.\d+\.\d+[\w.-]*)")
_INTEGER: Final = regex(r"[+-]?[0-9]{1,18}")  # longer ones are none to Go
_WHOLE: Final = (
    "AWS_VPC_ENI_MTU",
    "POD_MTU",
    "WARM_ENI_TARGET",
    "WARM_IP_TARGET",
    "MINIMUM_IP_TARGET",
    "WARM_PREFIX_TARGET",
    "MAX_ENI",
    "IP_COOLDOWN_PERIOD",
    "AWS_VPC_K8S_CNI_CONNMARK",
)
_ENFORCING: Final = {"POD_SECURITY_GROUP_ENFORCING_MODE", "NETWORK_POLICY_ENFORCING_MODE"}
_FAMILIES: Final = ("ENABLE_IPv4", "ENABLE_IPv6")
_RESERVED: Final = {"eth", "vlan", "lo"}


def _read(document: Document) -> Iterable[Fact] | None:
    if "aws-node" not in document.text:
        return None
    found = [one for one in objects(document.text) if _is_aws_node(one)]
    if not found:
        return None
    facts: list[Fact] = []
    for one in found[:1]:  # all pods of a DaemonSet have one template
        spec = dig(one, "spec", "template", "spec") or one.get("spec")
        facts += _of_spec(document, spec if isinstance(spec, dict) else {})
    return facts


def _is_aws_node(one: dict[str, Any]) -> bool:
    name = str(dig(one, "metadata", "name"))
    return (one.get("kind") == "DaemonSet" and name == "aws-node") or (
        one.get("kind") == "Pod" and name.startswith("aws-node-")
    )


def _of_spec(document: Document, spec: dict[str, Any]) -> Iterator[Fact]:
    containers = [one for one in entries(spec.get("containers")) if isinstance(one, dict)]
    inits = [one for one in entries(spec.get("initContainers")) if isinstance(one, dict)]
    main = next((one for one in containers if one.get("name") == "aws-node"), {})
    env = {
        str(one.get("name")): str(one.get("value", ""))
        for one in entries(main.get("env"))
        if isinstance(one, dict) and "value" in one
    }
    for name, value in env.items():
        line = line_of(document.text, name)
        yield Fact(f"env.{name}", value, document.file, line, text=f"{name}={value}")
    images = tuple(str(one.get("image")) for one in (*inits, *containers) if one.get("image"))
    if images:
        yield Fact("pods.aws_node.images", images, document.file, line_of(document.text, images[0]),
                   text=", ".join(images))  # fmt: skip
    problems = env_problems(env)
    if env:
        text = "; ".join(problems) or "the environment holds together"
        yield Fact(
            "env.problems", problems, document.file, line_of(document.text, "env:"), text=text
        )
    skew = (*family_missing(env, images), *_image_problems(main, inits))
    if skew:
        line = line_of(document.text, images[0])
        yield Fact("manifest.problems", skew, document.file, line, text="; ".join(skew))


def env_problems(env: Mapping[str, str]) -> tuple[str, ...]:
    """Return what is invalid or contradicts in *env*, by the checks of entrypoint and ipamd."""
    return (*_values(env), *_together(env))


def family_missing(env: Mapping[str, str], images: Iterable[str]) -> tuple[str, ...]:
    """Return what says that *env* is older than the CNI's image: it names no address family."""
    version = next((found["tag"] for one in images if (found := _TAG.search(one))), None)
    if version is None or (number(version) or (0, 0, 0)) < (1, 10, 0):
        return ()
    if any(env.get(name, "").lower() == "true" for name in _FAMILIES):
        return ()
    return (f"neither ENABLE_IPv4 nor ENABLE_IPv6 is true, which {version} needs",)


def _values(env: Mapping[str, str]) -> Iterator[str]:
    for name in _WHOLE:
        if env.get(name) and not _INTEGER.fullmatch(env[name]):
            yield f"{name}={env[name]} is no integer"
    for name in ("AWS_VPC_ENI_MTU", "POD_MTU"):
        if _INTEGER.fullmatch(env.get(name, "")) and not 576 <= int(env[name]) <= 9001:
            yield f"{name}={env[name]} is outside 576 to 9001"
    yield from _words(env)


def _words(env: Mapping[str, str]) -> Iterator[str]:
    prefix = env.get("AWS_VPC_K8S_CNI_VETHPREFIX", "eni")
    if len(prefix) > 4 or prefix in _RESERVED:
        yield f"AWS_VPC_K8S_CNI_VETHPREFIX={prefix} is longer than 4 characters or reserved"
    if env.get("AWS_VPC_K8S_PLUGIN_LOG_FILE") == "stdout":
        yield "AWS_VPC_K8S_PLUGIN_LOG_FILE=stdout mixes the log into the plugin's result"
    for name in _ENFORCING & set(env):
        if env[name] not in {"strict", "standard", "none", ""}:
            yield f"{name}={env[name]} is neither strict nor standard"


def _together(env: Mapping[str, str]) -> Iterator[str]:
    def on(name: str) -> bool:
        return env.get(name, "").lower() == "true"

    if on("ENABLE_IPv4") and on("ENABLE_IPv6"):
        yield "ENABLE_IPv4 and ENABLE_IPv6 are both true"
    if on("ENABLE_IPv6") and not on("ENABLE_PREFIX_DELEGATION"):
        yield "ENABLE_IPv6 without ENABLE_PREFIX_DELEGATION"
    if on("ENABLE_IPv6") and on("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG"):
        yield "ENABLE_IPv6 with custom networking"
    unset = not env.get("WARM_IP_TARGET") and not env.get("MINIMUM_IP_TARGET")
    if on("ENABLE_PREFIX_DELEGATION") and env.get("WARM_PREFIX_TARGET") == "0" and unset:
        yield "WARM_PREFIX_TARGET=0 without WARM_IP_TARGET or MINIMUM_IP_TARGET"


def _image_problems(main: dict[str, Any], inits: list[dict[str, Any]]) -> Iterator[str]:
    mine = _TAG.search(str(main.get("image")))
    for one in inits:
        other = _TAG.search(str(one.get("image")))
        if other and not other["init"]:
            yield f"the init container runs the main image {one.get('image')}"
        elif mine and other and number(mine["tag"]) != number(other["tag"]):
            yield f"init image {other['tag']} beside main image {mine['tag']}"
    if not mine or mine["init"]:
        return
    new = (number(mine["tag"]) or (0, 0, 0)) >= (1, 23, 0)
    probe = " ".join(map(str, entries(dig(main, "livenessProbe", "exec", "command"))))
    if new and "-addr=:50051" in probe:
        yield f"the probe asks :50051, where {mine['tag']} does not listen"
    if not new and "ipamd.sock" in probe:
        yield f"the probe asks ipamd.sock, where {mine['tag']} does not listen"


DAEMONSET: Final = Reader("aws-node DaemonSet", _read)
