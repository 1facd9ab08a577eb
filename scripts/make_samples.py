"""Write sample_logs/ anew: every sample is made by the generator, none is pasted.

Run it after a change of the generator: ``python scripts/make_samples.py``. A test compares the
folder with what this script would write.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cnilog.discovery.generate import ERAS, SCENARIOS, generate, live, papers
from cnilog.discovery.generate.damage import late_minutes
from cnilog.discovery.generate.layouts import LAYOUTS, Delivery, kubectl

if TYPE_CHECKING:
    from cnilog.discovery.generate.world import Node

SAMPLES: Final = Path(__file__).parents[1] / "sample_logs"
FOUNDING_ERA: Final = "v1.11.5"
HEALTHY: Final = ("healthy", "scale-up", "scale-down", "rolling-upgrade", "late-api-server")

Case = tuple[dict[str, object], dict[str, bytes]]


def label(cause: str, *, certain: bool, story: str) -> dict[str, object]:
    """Return what ``case.json`` holds."""
    return {"root_cause": cause, "determinable_from_log": certain, "symptom": story}


def founding(policy: str | None, trust: str | None = None) -> dict[str, bytes]:
    """Return the founding case: three of four rolled aws-node pods never get ready."""
    failing = live(SCENARIOS["ipv6-only-policy"], era=FOUNDING_ERA, seed=60, nodes=3)
    running = live(SCENARIOS["healthy"], era=FOUNDING_ERA, seed=61, nodes=1)
    files = {}
    for path, data in kubectl(failing, Delivery()).items():
        if not path.endswith("-events.txt"):
            lines = late_minutes(data, 0).splitlines(keepends=True)
            first = max(index for index, line in enumerate(lines) if b"Starting IPAM" in line)
            files[path] = b"".join(lines[first - 2 :])  # kubectl logs shows the last container
    files["get-all.txt"] = papers.pod_table(failing, running, ago_s=96, age="6m41s").encode()
    if policy:
        files["role-policy.json"] = policy.encode()
    if trust:
        files["role-trust.json"] = trust.encode()
    return files


def cases() -> dict[str, Case]:
    """Return every case of the folder: label and files."""
    ipv6 = papers.policy(*papers.IPV6_ACTIONS)
    complete = papers.policy(*papers.IPV4_ACTIONS)
    cause = "iam-missing-ipv4-permissions"
    story = "three of four aws-node pods stay 0/1 after the roll; IPAM-D retries every 2 s"
    found: dict[str, Case] = {
        "ipv6-only-policy": (label(cause, certain=True, story=story), founding(ipv6)),
        "ipv6-only-policy-logs-alone": (label(cause, certain=False, story=story), founding(None)),
        "irsa-trust-wrong-subject": (
            label("iam-irsa-trust", certain=True, story=story),
            founding(complete, papers.trust("system:serviceaccount:kube-system:vpc-cni")),
        ),
    }
    for name in HEALTHY:
        for era in ERAS[:: len(ERAS) - 1] if name == "healthy" else ERAS[7:8]:
            folder = f"{name}-{era}" if name.startswith("healthy") else f"healthy-{name}"
            tells = SCENARIOS[name].tells
            found[folder] = (label("healthy", certain=True, story=tells), generate(name, era=era))
    return found | wishes()


def wishes() -> dict[str, Case]:
    """Return what users of the CNI asked for in vain: an answer where the logs hardly give one."""
    full = live(SCENARIOS["subnet-exhausted"], era="v1.18.3", seed=70)
    silent = live(SCENARIOS["subnet-full-silently"], era="v1.18.3", seed=71)
    crash = live(SCENARIOS["ipv6-only-policy"], era="v1.18.3", seed=72)
    hangs = live(SCENARIOS["irsa-trust"], era="v1.11.5", seed=73)
    other = papers.OIDC[:-6] + "0A0B0C"
    subnet = {silent[0].names["subnet"]: 0}
    table = papers.pod_table(crash, (), ago_s=31, age="9m12s").encode()
    bare, looping = _only(full, "-events.txt"), _only(crash, ".log")
    asked = {"subnets.json": papers.subnets(subnet).encode()}
    trust = {
        "trust.json": papers.trust(provider=other).encode(),
        "cluster.json": papers.cluster().encode(),
    }
    counted = {"enis.json": papers.pool(full[0], cooling=0).encode()}
    rows: tuple[tuple[str, str, bool, str, dict[str, bytes]], ...] = (
        ("pod-without-address", "subnet-exhausted", False, "events: no address", bare),
        (
            "crash-loop",
            "iam-missing-ipv4-permissions",
            False,
            "restarts, no word why",
            looping | {"pods.txt": table},
        ),
        ("subnet-full-no-error", "subnet-exhausted", True, "no error at all", _log(silent) | asked),
        (
            "trust-of-another-cluster",
            "iam-irsa-trust",
            True,
            "waits for ever",
            _only(hangs, ".log") | trust,
        ),
        (
            "pod-event-and-pool",
            "subnet-exhausted",
            False,
            "events: no address",
            bare | counted,
        ),
    )
    return {
        f"wish-{name}": (label(cause, certain=sure, story=story), files)
        for name, cause, sure, story, files in rows
    }


def _only(nodes: list[Node], ending: str) -> dict[str, bytes]:
    files = kubectl(nodes, Delivery())
    return {path: data for path, data in files.items() if path.endswith(ending)}


def _log(nodes: list[Node]) -> dict[str, bytes]:
    files = LAYOUTS["folder"](nodes, Delivery())
    return {
        path: data for path, data in files.items() if path.endswith(("ipamd.log", "plugin.log"))
    }


def write(folder: Path) -> None:
    """Write all cases below *folder*, which is emptied first."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, (case, files) in cases().items():
        (folder / name / "logs").mkdir(parents=True)
        (folder / name / "case.json").write_text(json.dumps(case, indent=1) + "\n", "utf-8")
        for path, data in files.items():
            target = folder / name / "logs" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


if __name__ == "__main__":
    write(SAMPLES)
