"""Four reports that every reporter is tried on, in the words of the domain."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from cnilog.finding import (
    Accounting,
    Bar,
    Cause,
    Evidence,
    NextStep,
    Noise,
    Point,
    Reason,
    Report,
    Source,
    Symptom,
    Unknown,
    Versions,
)

START = datetime(2024, 5, 14, 0, 18, 20, tzinfo=UTC)
POLICY = '"Action": ["ec2:AssignIpv6Addresses", "ec2:DescribeInstances", "ec2:DescribeTags"]'
RETRY = (
    '{"level":"info","ts":"2024-05-14T00:21:58.120Z","caller":"/go/aws-vpc-cni",'
    '"msg":"Retrying waiting for IPAM-D"}'
)
RAISE_HOPS = (
    "Raise the hop limit: aws ec2 modify-instance-metadata-options --instance-id INSTANCE "
    "--http-put-response-hop-limit 2"
)
SUBNET = "subnet-0a1b2c3d4e5f60718"
NO_METADATA = "dial tcp 169.254.169.254:80: i/o timeout"


def after(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def evidence(file: str, line: int, text: str, seconds: float | None = None) -> Evidence:
    return Evidence(file=file, line=line, text=text, ts=None if seconds is None else after(seconds))


def missing_permissions(nodes: tuple[str, ...], *, confirmed: bool = True) -> Cause:
    return Cause(
        id="iam-missing-ipv4-permissions",
        title="The aws-node role may not call ec2:AssignPrivateIpAddresses and 5 more",
        confidence="confirmed" if confirmed else "possible",
        score=9.5 if confirmed else 2.0,
        severity="critical",
        nodes=nodes,
        first_seen=START,
        last_seen=after(401),
        count=214,
        period_s=2.0,
        jitter_s=0.03,
        values={"action": ("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface")},
        explains=("ipamd-not-serving", "aws-node-not-ready", "pod-sandbox-failed"),
        why="ipamd calls EC2 before it serves. Where the role allows only the IPv6 actions, the "
        "first call for an address is refused, ipamd ends or waits, and the entrypoint retries "
        "every two seconds until the liveness probe kills the container.",
        reasons=(
            Reason(
                effect="supports", text="214 retries every 2.0 s and never a success", weight=2.0
            ),
            Reason(
                effect="confirms",
                text="role-policy.json allows the IPv6 actions and lacks 6 that IPv4 mode needs",
                weight=7.0,
            ),
            Reason(effect="missing", text="ipamd.log is not among the files"),
        ),
        evidence=(
            evidence("role-policy.json", 7, POLICY),
            evidence("aws-node-xxp8w.log", 14, RETRY, 218.12).model_copy(
                update={"context": ("line before", RETRY, "line after")}
            ),
            evidence("get-all.txt", 3, "pod/aws-node-xxp8w   0/1   Running   3 (96s ago)   6m41s"),
            evidence("aws-node-sqj9w.log", 14, RETRY, 219.4),
        ),
        remediation=(
            "Attach the managed policy: aws iam attach-role-policy --role-name NODE_ROLE "
            "--policy-arn arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
            "Set vpc_cni_enable_ipv4 = true beside vpc_cni_enable_ipv6 in the Terraform module",
            "Restart the pods: kubectl -n kube-system rollout restart daemonset aws-node",
        ),
        confirm_with=(
            "ipamd.log: UnauthorizedOperation",
            "kubectl -n kube-system get pods -o wide",
        ),
        references=("https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html",),
    )


def founding() -> Report:
    """Three of four pods stay 0/1 because the role allows only IPv6 actions."""
    pods = ("xxp8w", "sqj9w", "xmjqr")
    nodes = tuple(f"ip-10-1-{number}-7.eu-west-1.compute.internal" for number in range(3))
    return Report(
        cnilog="0.1.0",
        verdict="The aws-node role may not call 6 EC2 actions that IPv4 mode needs (confirmed).",
        accounting=Accounting(
            files=6, skipped_files=1, lines=655, records=640, continued=3, blank=10, undecoded=2
        ),
        sources=(
            *(
                Source(
                    file=f"aws-node-{pod}.log",
                    formats=("entrypoint",),
                    component="entrypoint",
                    node=node,
                    pod=f"aws-node-{pod}",
                    container="aws-node",
                    lines=213,
                    records=213,
                    first_ts=START,
                    last_ts=after(401),
                )
                for pod, node in zip(pods, nodes, strict=True)
            ),
            Source(file="get-all.txt", document="pods", lines=8),
            Source(file="role-policy.json", document="iam policy", lines=18),
            Source(file="core", skipped="binary: no text in it"),
        ),
        versions=Versions(cni="v1.18.2"),
        causes=(
            missing_permissions(nodes),
            Cause(
                id="kube-proxy-down",
                title="kube-proxy does not run",
                confidence="possible",
                score=1.0,
                severity="high",
                nodes=nodes[:1],
                explains=("ipamd-not-serving",),
                reasons=(Reason(effect="refutes", text="get-all.txt: kube-proxy is Running"),),
            ),
        ),
        symptoms=(
            Symptom(
                id="ipamd-not-serving",
                title="aws-node waits for ipamd",
                count=214,
                period_s=2.0,
                explained_by=("iam-missing-ipv4-permissions",),
            ),
            Symptom(
                id="link-flaps",
                title="A link goes up and down",
                count=4,
                first_seen=START,
                last_seen=after(60),
                evidence=(evidence("kubelet.log", 40, "eth1: link down", 12),),
            ),
        ),
        noise=(Noise(id="retrying-lease", count=1290, title="Lease renewals that are retried"),),
        unknown=(
            Unknown(
                template="failed to frobnicate <*>: <*>",
                level="error",
                count=41,
                evidence=(evidence("aws-node-xxp8w.log", 90, "failed to frobnicate a: b", 30),),
            ),
        ),
        next_steps=(
            NextStep(
                collect="on the node: sudo cat /var/log/aws-routed-eni/ipamd.log",
                would_tell=("iam-missing-ipv4-permissions", "kube-proxy-down"),
                look_for="UnauthorizedOperation",
            ),
        ),
        nodes=nodes,
        missing=("ipamd.log: the container's log does not say why ipamd waits",),
        notes=("aws-node-xxp8w.log: 40 seconds ran past 59 and were rolled over",),
        timeline=tuple(
            point
            for number, node in enumerate(nodes)
            for point in (
                Point(ts=after(100 * number), node=node, kind="start", id="entrypoint"),
                Point(
                    ts=after(2 + number),
                    node=node,
                    kind="cause",
                    id="iam-missing-ipv4-permissions",
                    count=214,
                    until=after(401),
                ),
            )
        ),
        histogram=tuple(
            Bar(ts=after(60 * minute), level=level, count=count)
            for minute in range(7)
            for level, count in (("info", 90), ("error", minute))
        ),
    )


def healthy() -> Report:
    return Report(
        cnilog="0.1.0",
        verdict="Nothing wrong found in 3 files of 1 node.",
        accounting=Accounting(files=3, lines=900, records=890, blank=10),
        sources=(
            Source(
                file="ipamd.log", formats=("zap",), component="ipamd", node="ip-10-1-0-7",
                lines=900, records=890, blank=10, first_ts=START, last_ts=after(3600),
            ),
        ),
        versions=Versions(cni="v1.19.3"),
        noise=(Noise(id="retrying-lease", count=3, title="Lease renewals that are retried"),),
        nodes=("ip-10-1-0-7",),
        timeline=(Point(ts=START, node="ip-10-1-0-7", kind="start", id="ipamd"),),
        histogram=(Bar(ts=START, level="info", count=890),),
    )  # fmt: skip


def fleet(size: int = 100) -> Report:
    """Return a fleet whose first third lacks addresses and whose every tenth node lost IMDS."""
    names = tuple(f"ip-10-{n // 50}-{n % 50}-7.eu-west-1.compute.internal" for n in range(size))
    subnet, imds = names[: size // 3], names[::10]
    causes = (
        Cause(
            id="subnet-exhausted", title="Subnet subnet-0a1b2c3d4e5f60718 has no free address",
            confidence="likely", score=6.0, severity="critical", nodes=subnet, first_seen=START,
            last_seen=after(7200), count=12_400, period_s=10.0, jitter_s=1.2,
            explains=("pod-sandbox-failed",),
            reasons=(Reason(effect="supports", text="EC2 says InsufficientFreeAddressesInSubnet"),),
            evidence=tuple(
                evidence(f"{name}/ipamd.log", 40 + n, "InsufficientFreeAddressesInSubnet", n)
                for n, name in enumerate(subnet)
            ),
            remediation=("Add a subnet with room and an ENIConfig for it",),
        ),
        Cause(
            id="imds-unreachable", title="Instance metadata gives no answer",
            confidence="likely", score=5.0, severity="high", nodes=imds, first_seen=after(60),
            last_seen=after(3600), count=600, recovered=True,
            evidence=(evidence(f"{names[0]}/ipamd.log", 7, NO_METADATA, 60),),
            remediation=(RAISE_HOPS,),
        ),
    )  # fmt: skip
    points = [
        Point(ts=after(n), node=name, kind="cause", id="subnet-exhausted", count=370,
              until=after(7200))
        for n, name in enumerate(subnet)
    ]  # fmt: skip
    points += [
        Point(ts=after(60 + n), node=name, kind="cause", id="imds-unreachable", count=60,
              until=after(600))
        for n, name in enumerate(imds)
    ]  # fmt: skip
    points += [
        Point(ts=after(900 * restart + n), node=name, kind="start", id="ipamd")
        for n, name in enumerate(names)
        for restart in range(4)
    ]
    points += [
        Point(ts=after(3600 + n), node=name, kind="recovery", id="imds-unreachable")
        for n, name in enumerate(imds)
    ]
    return Report(
        cnilog="0.1.0",
        verdict=f"Subnet {SUBNET} has no free address (likely, {len(subnet)} of {size} nodes).",
        accounting=Accounting(files=2 * size, lines=900_000, records=890_000, blank=10_000),
        sources=tuple(
            Source(
                file=f"{name}/{log}.log", formats=("zap",), component=log, node=name, lines=4500,
                records=4450, blank=50, first_ts=START, last_ts=after(7200),
            )
            for name in names
            for log in ("ipamd", "plugin")
        ),
        versions=Versions(cni="v1.19.3", by_node=dict.fromkeys(names, "v1.19.3")),
        causes=causes,
        symptoms=(
            Symptom(
                id="pod-sandbox-failed", title="Pods stay in ContainerCreating", count=9000,
                nodes=subnet, first_seen=START, last_seen=after(7200),
                explained_by=("subnet-exhausted",),
            ),
        ),
        noise=tuple(Noise(id=f"harmless-{n}", count=1000 - n) for n in range(12)),
        nodes=names,
        fleet=("All 33 nodes without addresses are in subnet-0a1b2c3d4e5f60718 (0 of the others)",),
        timeline=tuple(points),
        histogram=tuple(
            Bar(ts=after(60 * minute), level=level, count=count * (1 + minute % 7))
            for minute in range(120)
            for level, count in (("debug", 700), ("info", 300), ("warn", 20), ("error", 9))
        ),
    )  # fmt: skip


HOSTILE = (
    "\x1b[2J\x1b]8;;http://evil.example\x07click\x1b]8;;\x07\x9b31m\u202egnp.exe\u200b\u2066 "
    "<script>alert(1)</script><img src=x onerror=alert(2)> </script><!-- ]]> ```\n# heading\n"
    "| a | b |\n[x](javascript:alert(3)) @everyone <details> &lt; =cmd|' /C calc'!A0 {{7*7}} %s"
)
SECRETS = (
    "ASIAABCDEFGHIJKLMNOP",
    "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY00",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhd3Mtbm9kZSJ9.c2lnbmF0dXJl",
    "hunter2hunter2",
)
LEAK = (
    f"key {SECRETS[0]} aws_secret_access_key={SECRETS[1]} Authorization: Bearer {SECRETS[2]} "
    f"https://user:{SECRETS[3]}@proxy.example:3128/"
)


@cache
def hostile(findings: int = 3) -> Report:
    """Return a report whose every text tries to break out, and leaks."""
    nasty = evidence(f"../../{HOSTILE}.log", 1, HOSTILE + LEAK, 1)
    huge = evidence("huge.log", 2, "A" * 3_000_000, 2)
    return Report(
        cnilog="0.1.0",
        verdict=HOSTILE,
        accounting=Accounting(files=1, lines=3, records=3),
        sources=(Source(file=HOSTILE, node=HOSTILE, lines=3, records=3, damaged=HOSTILE),),
        causes=tuple(
            Cause(
                id=f"cause-{n}", title=HOSTILE, confidence="likely", score=1.0, severity="low",
                nodes=(HOSTILE,), first_seen=START, last_seen=after(9), count=n + 1,
                values={HOSTILE: (HOSTILE,)}, why=HOSTILE,
                reasons=(Reason(effect="supports", text=HOSTILE),),
                evidence=(nasty, huge) if n < 3 else (nasty,),
                remediation=(HOSTILE, f"run `kubectl delete {HOSTILE}`"),
                references=("javascript:alert(4)",),
            )
            for n in range(findings)
        ),
        symptoms=(Symptom(id="s", title=HOSTILE, count=1, evidence=(nasty,)),),
        unknown=tuple(
            Unknown(template=f"{n} {HOSTILE}", level="error", count=1, evidence=(nasty,))
            for n in range(findings)
        ),
        next_steps=(NextStep(collect=HOSTILE, would_tell=(HOSTILE,), look_for=LEAK),),
        nodes=(HOSTILE,),
        notes=(HOSTILE, LEAK),
        timeline=(Point(ts=START, node=HOSTILE, kind="cause", id="cause-0"),),
        histogram=(Bar(ts=START, level="error", count=3),),
    )  # fmt: skip
