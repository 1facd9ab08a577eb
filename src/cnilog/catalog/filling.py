"""Fill a message template with plausible values, and write it as its component writes it.

    Failed to call ec2:%s for %v  ->  {"level":"error","ts":…,"msg":"Failed to call ec2:… for …"}

The components changed their way of writing: the last release that has the template decides.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from cnilog.catalog.messages import NEWEST, VERB

if TYPE_CHECKING:
    from cnilog.catalog.messages import Template

TIME: Final = "2024-05-14T09:21:07.318Z"
FILES: Final = {  # the name its log has on a node
    "ipamd": "ipamd.log",
    "plugin": "plugin.log",
    "egress-plugin": "egress-v6-plugin.log",
    "network-policy-agent": "network-policy-agent.log",
    "entrypoint": "aws-node.log",
    "init": "aws-vpc-cni-init.log",
    "metrics-helper": "cni-metrics-helper.log",
}
_GO_ENTRYPOINT: Final = (1, 12, 1)  # before: entrypoint.sh with JSON, init.sh with plain lines
_AGENT_KEYS: Final = (1, 0, 3)  # before: time in `timestamp`, no caller
_LEVELS: Final = {"panic": "fatal", "print": "info", "k8s-event": "info"}
_BEFORE: Final = (  # the end of the text before a value says what it is
    (r"ENI|eni|interface", "eni-0a1b2c3d4e5f60718"),
    (r"subnet", "subnet-0f1e2d3c4b5a69788"),
    (r"security group|SG", "sg-0123456789abcdef0"),
    (r"MAC(?: address)?|mac", "06:1f:3c:5a:7b:9d"),
    (r"CIDR|cidr|route|prefix", "10.20.32.0/28"),
    (r"IP(?:v4)?(?: addr(?:ess)?)?|ip|address|via|gateway", "10.20.30.40"),
    (r"[Pp]od(?: name)?|pod", "web-7d4b9c6f5-x2x8z"),
    (r"namespace", "shop"),
    (r"[Nn]ode(?: name)?", "ip-10-20-1-5.ec2.internal"),
    (r"ns|netns|path|file", "/var/run/netns/cni-2c6b1a"),
    (r"table", "2"),
    (r"err(?:or)?|failed|because|due to", "the operation was refused"),
)


def fill(template: Template) -> str:
    """Return the text of *template* with a plausible value for each of its verbs."""
    text = template.text.split("%!")[0].replace("\\n", "\n").replace("\\t", "\t")
    parts, place = [], 0
    for verb in VERB.finditer(text):
        before = text[place : verb.start()]
        parts += [before, _value(verb[0], before)]
        place = verb.end()
    return ("".join(parts) + text[place:]).strip()


def _value(verb: str, before: str) -> str:
    if verb == "%%":
        return "%"
    if verb[-1] in "dbx":
        return "3"
    if verb[-1] == "t":
        return "true"
    if verb[-1] == "f":
        return "1.5"
    words = before.rstrip(" :=\"'([{")
    value = next((says for end, says in _BEFORE if re.search(rf"(?:{end})$", words)), "unavailable")
    return f'"{value}"' if verb[-1] == "q" else value


def write(template: Template) -> str:
    """Return the line that a component writes for *template*, filled in."""
    component, last = template.component, template.span[1]
    level = _LEVELS.get(template.level, template.level)
    if component in {"entrypoint", "init"}:
        if last >= _GO_ENTRYPOINT or last == NEWEST:
            return _logrus(level, fill(template))
        if component == "init" and template.level != "error":
            return fill(template)
        return _json(level=level, ts=TIME, caller="entrypoint.sh", msg=fill(template))
    if component == "network-policy-agent":
        if last < _AGENT_KEYS:
            return _json(level=level, timestamp=TIME, logger="ebpf-client", msg=fill(template))
        return _json(level=level, ts=TIME, caller="ebpf/bpf_client.go:176", msg=fill(template))
    caller = "driver/driver.go:162" if "plugin" in component else "ipamd/ipamd.go:496"
    return _json(level=level, ts=TIME, caller=caller, msg=fill(template))


def _json(**keys: str) -> str:
    return json.dumps(keys, separators=(",", ":"))


def _logrus(level: str, text: str) -> str:
    word = "warning" if level == "warn" else level
    return f'time="{TIME[:19]}Z" level={word} msg={json.dumps(text)}'
