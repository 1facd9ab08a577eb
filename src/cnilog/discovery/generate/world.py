"""A made-up cluster: who is in it, what time it is, and what its programs have said so far.

Every identifier comes from a seeded generator, so the same seed writes the same bytes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any, Final

import yaml

from cnilog.discovery.generate.eras import number
from cnilog.discovery.generate.lines import Line

START: Final = datetime(2026, 3, 2, 9, 58, 30, tzinfo=UTC)
INSTANCE_TYPES: Final = {"m5.large": (10, 3), "m5.xlarge": (15, 4), "t3.medium": (6, 3)}


@cache
def steps() -> dict[str, list[dict[str, Any]]]:
    """Return the scripts of the programs, by name."""
    text = resources.files(__package__).joinpath("steps.yaml").read_text("utf-8")
    loaded: dict[str, list[dict[str, Any]]] = yaml.load(text, yaml.CSafeLoader)
    return loaded


@dataclass(slots=True)
class Node:
    """One node: its names, its clock, and the lines its programs have written."""

    names: dict[str, Any]
    version: str
    now: datetime
    random: random.Random
    lines: list[Line] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    restarts: list[datetime] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.now += timedelta(seconds=seconds)

    def say(
        self,
        file: str,
        message: str,
        *,
        level: str = "info",
        caller: str = "",
        plain: bool = False,
        error: str | None = None,
        after: float | None = None,
    ) -> None:
        """Write one line; *after* is the time that passes first, some milliseconds if left out."""
        self.wait(self.random.uniform(0.0004, 0.006) if after is None else after)
        self.lines.append(Line(self.now, file, level, caller, message, plain, error))

    def play(
        self,
        file: str,
        script: str,
        *,
        until: str | None = None,
        resume: str | None = None,
        **names: Any,
    ) -> None:
        """Say the lines of *script* that this release prints.

        From behind the mark *resume*, where one is given, up to and with the mark *until*.
        """
        known = self.names | names
        silent = resume is not None
        for step in steps()[script]:
            if not silent and self._prints(step):
                self.say(
                    file,
                    step["say"].format(**known),
                    level=step.get("level", "info"),
                    caller=step.get("caller", ""),
                    plain=step.get("plain", False),
                )
            # a mark may stand on the step of each of two eras: it counts where its step is printed
            if step.get("mark") and self._prints(step):
                silent = silent and step["mark"] != resume
                if step["mark"] == until:
                    return

    def _prints(self, step: dict[str, Any]) -> bool:
        mine = number(self.version)
        since, until = step.get("since", "0.0.0"), step.get("until", "99.0.0")
        return number(str(since)) <= mine <= number(str(until))

    def event(self, reason: str, message: str, *, kind: str = "Warning", count: int = 1) -> None:
        """Let the API server keep a Kubernetes event about this node's aws-node pod."""
        self.events.append(
            {"reason": reason, "message": message, "type": kind, "count": count, "ts": self.now}
        )

    def hexadecimal(self, length: int) -> str:
        """Return a made-up identifier of that many digits."""
        return "".join(self.random.choices("0123456789abcdef", k=length))

    def since(self, *version: int) -> bool:
        """Return whether this node's release is that one or a later one."""
        return number(self.version) >= version


def make_node(seed: int, index: int, version: str, **names: Any) -> Node:
    """Return node number *index* of the cluster with that *seed*."""
    dice = random.Random(f"{seed}/{index}")
    node = Node({}, version, START + timedelta(seconds=7 * index), dice)
    host = f"10.{dice.randint(16, 90)}.{dice.randint(0, 255)}.{dice.randint(5, 250)}"
    kind = dice.choice(sorted(INSTANCE_TYPES))
    ips, enis = INSTANCE_TYPES[kind]
    node.names = {
        "tag": version,
        "npa_tag": "v1.4.1",
        "ip": host,
        "node": f"ip-{host.replace('.', '-')}.eu-central-1.compute.internal",
        "pod": f"aws-node-{''.join(dice.choices('bcdfghjklmnpqrstvwxz2456789', k=5))}",
        "instance": "i-0" + node.hexadecimal(16),
        "eni": "eni-0" + node.hexadecimal(16),
        "subnet": "subnet-0" + node.hexadecimal(16),
        "vpc": "vpc-0" + node.hexadecimal(16),
        "mac": "02:" + ":".join(node.hexadecimal(2) for _ in range(5)),
        "region": "eu-central-1",
        "zone": "eu-central-1" + "abc"[index % 3],
        "link": "ens5",
        "instance_type": kind,
        "ips_per_eni": ips,
        "prefixes_per_eni": ips - 1,
        "max_ips": ips - 1,
        "max_enis": enis,
        "max_pods": enis * (ips - 1) + 2,
        "vpc_cidr": "10.0.0.0/8",
        "custom": "false",
        "prefixes": "false",
        "commit": node.hexadecimal(40),
        "k8s_major": "1",
        "k8s_minor": "31+",
        "k8s_git": "v1.31.9-eks-" + node.hexadecimal(7),
        "enis": 1,
        "total": ips - 1,
        "assigned": 0,
        "cooling": 0,
        "jitter": dice.randint(10, 99),
        "pod_ip": host.rsplit(".", 1)[0] + f".{dice.randint(5, 250)}",
    } | names
    return node
