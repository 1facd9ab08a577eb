"""Make realistic logs at size, seeded: the same arguments write the same bytes.

Steady state and churn with identifiers that differ from line to line, about 3 % failures (the
examples that prove the catalog's patterns), 1.5 % lines that are no JSON, a few times with seconds
past 59, and, where asked, damaged bytes.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import tarfile
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from cnilog.catalog import load_catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

BEGIN: Final = datetime(2026, 3, 2, tzinfo=UTC)
FAILURES: Final = 0.03
KINDS: Final = 60  # of failures: a node has a few, a fleet a few dozen
NO_JSON: Final = 0.015
LATE: Final = 0.00003  # seconds past 59
SPOILED_EACH: Final = 5_000  # lines, of which one is spoiled where damage is asked for
STEADY: Final = (
    (
        "debug",
        "ipamd/ipamd.go:670",
        "IP stats - total IPs: {n}, assigned IPs: {m}, cooldown IPs: 0",
    ),
    (
        "debug",
        "ipamd/ipamd.go:1190",
        "Reconciling ENI/IP pool info because time since last 1m0.0{m}s > 1m0s",
    ),
    (
        "info",
        "rpc/rpc.pb.go:863",
        "Received AddNetwork for NS /var/run/netns/cni-{a}, Sandbox {a}{b}, ifname eth0",
    ),
    (
        "debug",
        "rpc/rpc.pb.go:863",
        'AddNetworkRequest: K8S_POD_NAME:"web-{a}" K8S_POD_NAMESPACE:"default" K8S_POD_INFRA_CONTAINER_ID:"{a}{b}" ContainerID:"{a}{b}" IfName:"eth0" NetworkName:"aws-cni" Netns:"/var/run/netns/cni-{a}"',
    ),
    (
        "debug",
        "datastore/data_store.go:607",
        "AssignPodIPv4Address: IP address pool stats: total {n}, assigned {m}",
    ),
    (
        "info",
        "rpc/rpc.pb.go:863",
        "Send AddNetworkReply: IPv4Addr: 10.{m}.{n}.{k}, IPv6Addr: , DeviceNumber: 0, err: <nil>",
    ),
    ("info", "rpc/rpc.pb.go:881", "Received DelNetwork for Sandbox {a}{b}"),
    (
        "info",
        "ipamd/rpc_handler.go:261",
        "UnassignPodIPAddress: sandbox aws-cni/{a}{b}/eth0's ipAddr 10.{m}.{n}.{k}, DeviceNumber 0",
    ),
    (
        "debug",
        "awsutils/awsutils.go:627",
        "Found ENI: eni-0{a}, MAC 02:{m}:{n}:0a:0b:0c, device {k}",
    ),
    ("debug", "ipamd/ipamd.go:1195", "Total number of interfaces found: {k} "),
)
BARE: Final = (  # of programs that share the file; at their moment
    "I{day} {time}.123456       1 reflector.go:138] watch of *v1.Node ended with: too old resource version: {n} ({m})",
    "goroutine {n} [select]:",
    'time="{stamp}Z" level=info msg="Copying config file... "',
    "+ sysctl -w net.ipv4.conf.eth0.rp_filter=2",
)


def failures() -> list[tuple[str, str, str]]:
    """Return level, caller and message of `KINDS` of the catalog's own one-line examples."""
    found = []
    for pattern in load_catalog().patterns:
        for example in pattern.examples.match:
            if example.log.startswith('{"level"') and "\n" not in example.log.strip():
                try:
                    record = json.loads(example.log)
                except ValueError:
                    continue
                if {"level", "caller", "msg"} <= record.keys():
                    found.append((record["level"], record["caller"], record["msg"]))
    return random.Random(KINDS).sample(found, min(KINDS, len(found)))


def lines(count: int, seed: int = 0) -> Iterator[str]:
    """Yield *count* lines of one ipamd.log."""
    dice = random.Random(seed)
    wrong = failures()
    now = BEGIN + timedelta(days=seed)
    encode = json.JSONEncoder(ensure_ascii=False).encode
    for _ in range(count):
        now += timedelta(milliseconds=dice.randrange(1, 90))
        chance = dice.random()
        if chance < NO_JSON:
            text = dice.choice(BARE)
            yield text.format(n=dice.randrange(99999), m=dice.randrange(99999), **_moment(now))
            continue
        if chance < NO_JSON + FAILURES and wrong:
            level, caller, message = dice.choice(wrong)
            message = encode(message)
        else:
            level, caller, text = dice.choice(STEADY)
            message = encode(
                text.format(
                    n=dice.randrange(256),
                    m=dice.randrange(10, 60),
                    k=dice.randrange(250),
                    a=f"{dice.getrandbits(64):016x}",
                    b=f"{dice.getrandbits(64):016x}",
                )
            )
        stamp = now.strftime("%Y-%m-%dT%H:%M:%S")
        if dice.random() < LATE:
            stamp = stamp[:-2] + "61"
        milliseconds = now.microsecond // 1000
        yield (
            f'{{"level":"{level}","ts":"{stamp}.{milliseconds:03d}Z",'
            f'"caller":"{caller}","msg":{message}}}'
        )


def _moment(now: datetime) -> dict[str, str]:
    return {
        "day": f"{now:%m%d}",
        "time": f"{now:%H:%M:%S}",
        "stamp": f"{now:%Y-%m-%dT%H:%M:%S}",
    }


def plain(folder: Path, count: int, files: int = 10) -> Path:
    """Write *count* lines in *files* files; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(files):
        path = folder / f"node-{index:02d}" / "ipamd.log"
        path.parent.mkdir(exist_ok=True)
        if not path.exists():
            beside = path.with_suffix(".part")
            with beside.open("w", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines(count // files, index))
            beside.rename(path)
    return folder


def wrapped(source: Path, folder: Path, kind: str) -> Path:
    """Write the lines of *source* inside an envelope; return the folder."""
    for path in sorted(source.glob("*/ipamd.log")):
        target = folder / path.parent.name / WRAPS[kind][0]
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(target.name + ".part")
        with path.open(encoding="utf-8") as lines_in:
            if kind == "gz":
                with gzip.open(beside, "wt", compresslevel=6, encoding="utf-8") as file:
                    file.writelines(lines_in)
            else:
                with beside.open("w", encoding="utf-8") as file:
                    file.writelines(WRAPS[kind][1](line.rstrip("\n")) for line in lines_in)
        beside.rename(target)
    return folder


def damaged(source: Path, folder: Path) -> Path:
    """Write the lines of *source* with one in `SPOILED_EACH` spoiled; return the folder."""

    def spoiled(lines_in: Iterable[bytes]) -> Iterator[bytes]:
        for number, line in enumerate(lines_in):
            kind, rest = divmod(number, SPOILED_EACH)
            yield line if rest else _spoiled(line, kind % 4)

    return _rewritten(source, folder, spoiled)


def json_only(source: Path, folder: Path) -> Path:
    """Write the lines of *source* that are JSON: `polars.scan_ndjson` stops at any other."""
    return _rewritten(
        source, folder, lambda lines_in: (line for line in lines_in if line.startswith(b"{"))
    )


def _rewritten(
    source: Path, folder: Path, change: Callable[[Iterable[bytes]], Iterable[bytes]]
) -> Path:
    for path in sorted(source.glob("*/ipamd.log")):
        target = folder / path.parent.name / path.name
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_suffix(".part")
        with path.open("rb") as whole, beside.open("wb") as file:
            file.writelines(change(whole))
        beside.rename(target)
    return folder


def _spoiled(line: bytes, kind: int) -> bytes:
    """Return *line* with a bad byte, with NULs, cut in half or with another end."""
    half = len(line) // 2
    return (
        line[:half] + b"\xff" + line[half:],
        line[:half] + b"\0\0\0" + line[half:],
        line[:half] + b"\n",
        line.rstrip(b"\n") + b"\r\n",
    )[kind]


def _cri(line: str) -> str:
    return f"2026-03-02T10:00:00.123456789Z stdout F {line}\n"


def _export(line: str) -> str:
    return f"2026-03-02T10:00:00.123Z {line}\n"


def _fluent_bit(line: str) -> str:
    event = {"log": line, "stream": "stdout", "_p": "F", "time": "2026-03-02T10:00:00.123456789Z"}
    return json.dumps(event, separators=(",", ":")) + "\n"


def _docker(line: str) -> str:
    event = {"log": f"{line}\n", "stream": "stderr", "time": "2026-03-02T10:00:00.123456789Z"}
    return json.dumps(event, separators=(",", ":")) + "\n"


SMALL: Final[dict[str, Callable[[str], str]]] = {
    "plain": lambda line: f"{line}\n",
    "cri": _cri,
    "export": _export,
    "docker": _docker,
    "fluent-bit": _fluent_bit,
}
WRAPS: Final = {
    "gz": ("ipamd.log.gz", str),
    "cri": ("0.log", _cri),
    "export": ("000000.log", _export),
    "fluent-bit": ("dataplane.jsonl", _fluent_bit),
}


def small(folder: Path, kind: str, files: int, each: int = 20) -> Path:
    """Write *files* of *each* lines, inside an envelope; those of CRI lie where the kubelet's do."""
    uid = "0b9e1b5e-7a5b-4a5b-8c9d-{:012x}"
    some = lines(files * each, 7)
    for number in range(files):
        pod = f"kube-system_aws-node-{number:05x}_{uid.format(number)}"
        place = f"var/log/pods/{pod}/aws-node/0.log" if kind == "cri" else f"{number:05d}.log"
        path = folder / place
        text = "".join(SMALL[kind](line) for line in islice(some, each))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def cloudwatch(source: Path, target: Path) -> Path:
    """Write the lines of *source* as one answer of ``aws logs filter-log-events``."""
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_suffix(".part")
    with beside.open("w", encoding="utf-8") as file:
        file.write('{"events":[')
        # The ids run on over all streams: one that comes again is of a copy.
        for number, (stream, line) in enumerate(_streamed(source)):
            event = {
                "logStreamName": stream,
                "timestamp": 1772445600000 + number,
                "message": line,
                "ingestionTime": 1772445601000 + number,
                "eventId": f"{number:056d}",
            }
            file.write("," * (number > 0) + json.dumps(event, separators=(",", ":")))
        file.write("]}")
    beside.rename(target)
    return target


def _streamed(source: Path) -> Iterator[tuple[str, str]]:
    """Yield every line of *source* after the name of its stream."""
    for path in sorted(source.glob("*/ipamd.log")):
        with path.open(encoding="utf-8") as file:
            for line in file:
                yield f"{path.parent.name}-ipamd.log", line.rstrip("\n")


def bundles(folder: Path, count: int, each: int = 20_000) -> Path:
    """Write *count* archives as the EKS log collector makes them, *each* lines in twenty files."""
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        path = folder / f"eks_i-{index:017x}_2026-03-02_1000-UTC_0.7.9.tar.gz"
        if path.exists():
            continue
        all_lines = list(lines(each, 1000 + index))
        beside = path.with_suffix(".part")
        with tarfile.open(beside, "w:gz", compresslevel=6) as archive:
            for part in range(20):
                name = "ipamd.log" if part == 0 else f"other-{part:02d}.log"
                some = all_lines[part * each // 20 : (part + 1) * each // 20]
                data = "".join(f"{line}\n" for line in some).encode()
                member = tarfile.TarInfo(f"./var_log/aws-routed-eni/{name}")
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
        beside.rename(path)
    return folder
