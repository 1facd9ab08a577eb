"""Write the seed corpus anew: ``python tests/fuzz/seeds.py``. All of it is made, none is pasted.

A seed is a short piece of what our generator writes, in each envelope, damage and archive; the
exports that it cannot write are put round its lines here. A test compares the folder with this.
"""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

from fuzz.ingesting import BETWEEN

from cnilog.catalog.load import DEFAULT
from cnilog.discovery.generate import SCENARIOS, generate, papers
from cnilog.discovery.generate.damage import DAMAGES
from cnilog.discovery.generate.make import eras_of
from cnilog.discovery.generate.wraps import ENVELOPES

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLDER: Final = Path(__file__).parent / "seeds"
Seeds = dict[str, bytes]
LONGEST: Final = 1200  # bytes of a piece of log: a fuzzer likes short ones


def _piece(data: bytes, longest: int = LONGEST) -> bytes:
    return data[: data.rfind(b"\n", 0, longest) + 1] or data[:longest]


def _logs() -> Seeds:
    """Return pieces of every program's log, plain."""
    files = generate("irsa-trust", layout="folder", seed=3)
    found = {name.rpartition("/")[2]: _piece(data) for name, data in sorted(files.items())}
    old = generate("subnet-exhausted", era="v1.7.10", layout="folder", seed=4)
    found |= {"old-" + name.rpartition("/")[2]: _piece(data) for name, data in sorted(old.items())}
    found["panic"] = (
        b"panic: runtime error: invalid memory address or nil pointer dereference\n"
        b"[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x1a2b3c4]\n\n"
        b"goroutine 1 [running]:\nmain.main()\n\t/go/src/main.go:74 +0x2d5\n"
    )
    found["klog"] = (
        b"E0331 07:12:45.123456       1 reflector.go:138] Failed to watch *v1.Node: forbidden\n"
        b'I0331 07:12:46.1 1 a.go:1] "values" err=<\n\ttwo lines\n >\n'
    )
    found["seelog"] = (
        b"2019-05-19T11:40:57.501Z [ERROR]\tFailed to get ENI\n\tstatus code: 400, request id: 1\n"
    )
    return found


def _wrapped() -> Seeds:
    """Return a container's log as every envelope of the generator carries it."""
    found = {}
    for name in ENVELOPES:
        files = generate("imds-blocked", layout="kubectl", envelope=name, seed=5)
        path = next(one for one in sorted(files) if "aws-node" in one and one.endswith(".log"))
        found[name] = _piece(files[path])
    return found


def _exports() -> Seeds:
    """Return documents round a few lines, as exporters of several makes write them."""
    lines = _piece(next(iter(_logs().values()))).decode().splitlines()[:3]
    events = [
        {"logStreamName": "ip-10-0-0-1-dataplane.tail", "timestamp": 1767604502104 + n,
         "message": line, "ingestionTime": 1767604503000, "eventId": str(n)}
        for n, line in enumerate(lines)
    ]  # fmt: skip
    rows = [[{"field": "@timestamp", "value": "2026-01-05 09:15:02.104"},
             {"field": "@message", "value": line}] for line in lines]  # fmt: skip
    message = {"messageType": "DATA_MESSAGE", "logGroup": "g", "logStream": "s",
               "logEvents": [{"id": "1", "timestamp": 1, "message": line} for line in lines]}  # fmt: skip
    packed = base64.b64encode(gzip.compress(json.dumps(message).encode(), mtime=0)).decode()
    event = {"kind": "Event", "type": "Warning", "reason": "FailedCreatePodSandBox",
             "message": "failed", "lastTimestamp": "2026-01-05T09:15:02Z",
             "involvedObject": {"kind": "Pod", "name": "web-1", "namespace": "default"}}  # fmt: skip
    table = "\n".join(f"| 2026-01-05 09:15:02.104 | {line} |" for line in lines)
    quoted = "\n".join(f'1767604502104,"{line}"'.replace('\\"', '""') for line in lines)
    texts = {
        "filter-log-events.json": json.dumps({"events": events}),
        "events-bare.json": json.dumps(events),
        "insights.json": json.dumps({"results": rows, "status": "Complete"}),
        "subscription.json": json.dumps(message) * 2,
        "lambda.json": json.dumps({"awslogs": {"data": packed}}),
        "kubernetes-events.json": json.dumps({"kind": "List", "items": [event]}),
        "events.yaml": "apiVersion: v1\nitems:\n- " + "\n  ".join(_yaml(event)) + "\nkind: List\n",
        "markdown": f"| @timestamp | @message |\n| --- | --- |\n{table}\n",
        "viewer.csv": f"timestamp,message\n{quoted}\n",
        "aws.txt": "".join(f"EVENTS\t1\t2\tstream\t{line}\t1767604502104\n" for line in lines),
        "journal-export": f"__REALTIME_TIMESTAMP=1767604502104000\nMESSAGE={lines[0]}\n\n",
        "events.txt": "LAST SEEN   TYPE      REASON   OBJECT      MESSAGE\n"
        "5m          Warning   Failed   pod/web-1   failed to set up\n",
        "loki.json": json.dumps({"data": {"resultType": "streams", "result": [
            {"stream": {"pod": "a"}, "values": [["1767604502104000000", lines[0]]]}]}}),
        "dump": f"==== START logs for container aws-node of pod kube-system/aws-node-x7k2p ====\n"
        f"{lines[0]}\n==== END logs for container aws-node of pod kube-system/aws-node-x7k2p ====\n",
    }  # fmt: skip
    return {name: text.encode() for name, text in texts.items()}


def _yaml(event: dict[str, object]) -> list[str]:
    import yaml

    return yaml.safe_dump(event).splitlines()


def _packed() -> Seeds:
    """Return every compression and archive, each round one short log."""
    log = _piece(next(iter(_logs().values())), 300)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name in ("var/log/ipamd.log", "../../up.log", "/absolute.log"):
            entry = tarfile.TarInfo(name)
            entry.size = len(log)
            archive.addfile(entry, io.BytesIO(log))
        link = tarfile.TarInfo("link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as pack:
        for name in ("ipamd.log", "..\\up.log"):
            pack.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 0, 0, 0)), log)
    return {
        "gz": gzip.compress(log, mtime=0),
        "gz-gz": gzip.compress(gzip.compress(log, mtime=0), mtime=0),
        "bz2": bz2.compress(log),
        "xz": lzma.compress(log),
        "tar": plain.getvalue()[:4096],
        "tgz": gzip.compress(plain.getvalue(), mtime=0),
        "zip": zipped.getvalue(),
        "zst": base64.b64decode("KLUv/SQMYQAAaGVsbG8gd29ybGQKDFKqsw=="),
    }


def _papers() -> Seeds:
    """Return documents that are no logs."""
    pods = {"kind": "List", "items": [{"kind": "Pod", "metadata": {"name": "aws-node-x7k2p"},
            "spec": {"nodeName": "n"}, "status": {"containerStatuses": [{"restartCount": 3}]}}]}  # fmt: skip
    enis = {"TotalIPs": 28, "AssignedIPs": 28, "ENIs": {"eni-1": {"DeviceNumber": 0}}}
    conflist = {"cniVersion": "0.4.0", "name": "aws-cni", "plugins": [{"type": "aws-cni"}]}
    return {
        "policy.json": papers.policy(*papers.IPV6_ACTIONS).encode(),
        "trust.json": papers.trust().encode(),
        "pods.json": json.dumps(pods).encode(),
        "enis.json": json.dumps(enis).encode(),
        "10-aws.conflist": json.dumps(conflist).encode(),
        "pods.txt": b"NAME   READY   STATUS   RESTARTS   AGE\naws-node-x7k2p   0/1   Running   3   6m\n",
        "main.tf": b'module "irsa" {\n  attach_vpc_cni_policy = true\n  vpc_cni_enable_ipv6 = true\n}\n',
        "rules.txt": b"0:\tfrom all lookup local\n512:\tfrom all to 10.0.0.9 lookup main\n",
        "metrics.txt": b"# HELP awscni_total_ip_addresses x\nawscni_total_ip_addresses 28\n",
    }


def _patterns() -> Seeds:
    files = sorted(DEFAULT.rglob("*.yaml"), key=lambda path: path.stat().st_size)
    files = [path for path in files if path.name not in {"families.yaml", "facts.yaml"}]
    return {path.name: path.read_bytes() for path in files[:6]}


def _messages() -> Seeds:
    """Return what records of our generator say, a line each, a file for each scenario."""
    found = {}
    for name in ("irsa-trust", "subnet-exhausted", "imds-blocked", "probe-timeout", "ebpf-load"):
        era = next(iter(eras_of(SCENARIOS[name])))
        files = generate(name, era=era, layout="folder", seed=5)
        lines = b"\n".join(files.values()).split(b"\n")
        said = [json.loads(line).get("msg", "") for line in lines if line.startswith(b'{"level"')]
        found[name] = "\n".join(dict.fromkeys(said[-40:][::-1])).encode()[:LONGEST]
    return found


def _folders(pieces: Sequence[bytes]) -> Seeds:
    """Return inputs of several files each: a fuzzer reads them at the price of one."""
    found = {}
    for number in range(0, len(pieces), 5):
        files = [_piece(piece, 500) for piece in pieces[number : number + 5]]
        found[f"{number}"] = BETWEEN.join([*files, files[0]])  # the first again: a copy
    return found


def _texts() -> Seeds:
    names = (
        "/var/log/containers/aws-node-x7k2p_kube-system_aws-node-" + "ab" * 32 + ".log",
        "/var/log/pods/kube-system_aws-node-x7k2p_" + "0" * 32 + "/aws-node/0.log",
        "eks_i-0aa11bb22cc33dd44_2026-01-05_0931-UTC_0.7.9.tar.gz!./var_log/ipamd.log",
        "exportedlogs/task/stream/000000.gz",
    )
    return {f"{number}": name.encode() for number, name in enumerate(names)}


def _words(*words: str) -> Seeds:
    return {f"{number}": word.encode() for number, word in enumerate(words)}


def _numbered(pieces: Seeds) -> Seeds:
    """Return short pieces after the number of each opening that their lines may have."""
    return {
        f"{name}-{number}": bytes((number,)) + _piece(data, 700)
        for name, data in pieces.items()
        for number in range(8)
    }


def corpus() -> dict[str, Seeds]:
    """Return target -> name -> seed."""
    logs, wrapped, exports, packed, facts = _logs(), _wrapped(), _exports(), _packed(), _papers()
    secret = "key AKIA" + "A" * 16 + " password=hunter22 https://u:p4ssw0rd@proxy:3128/"
    cluster = (
        "arn:aws:iam::111122223333:role/x i-0aa11bb22cc33dd44 10.7.0.21 fd00::1 02:00:0a:00:00:01"
    )
    first = dict(list(logs.items())[:3])
    hurt = {name: hurt(_piece(next(iter(logs.values())), 400), 1) for name, hurt in DAMAGES.items()}
    report = '{"schema":1,"cnilog":"0","causes":[],"accounting":{"files":1,"lines":2,"records":2}}'
    return {
        "text": hurt,
        "skimmed": _numbered({**first, **wrapped}),
        "compressed": packed,
        "archives": packed,
        "names": _texts(),
        "escapes": _words(r"a\"b\\u0041 \u00e9\n\t\/", r"\ud83d\ude00 \u003c"),
        "formats": logs,
        "line-envelopes": wrapped,
        "document-envelopes": exports,
        "read": {**first, **wrapped, **exports, "tgz": packed["tgz"]},
        "folders": _folders([*logs.values()]),
        "documents": facts,
        "iam": {name: facts[name] for name in ("policy.json", "trust.json", "main.tf")},
        "catalog": _patterns(),
        "expressions": _words("value is not empty and 'x' in value", ">=1.10.1 <=1.12.0", "value < 5"),
        "selections": _words("2026-01-05T09:15:00Z", "90m", "2026-01-05 09:15", "3d"),
        "explain": _words("Retrying waiting for IPAM-D", "iam-irsa-trust", "Failed to get ENI"),
        "analyze": {**first, **exports},
        "judgements": _messages(),
        "masking": _words(secret, "authorization: Bearer eyJhbGciOiJI.eyJzdWIiOiJh.c2ln"),
        "redaction": _words(cluster, "ip-10-7-0-21 10.7.0.0/16 2001:db8::1"),
        "reporters": _words("plain", "\x1b[2J\0<script>\0```\n# h\0=cmd|x\0]]>", "\u202e\0|a|b|"),
        "saved-reports": _words(report),
        "tables": _words("=1+1\0plain\0\"quoted\"\0two\nlines", "@x\0-1\0+2"),
    }  # fmt: skip


def main() -> None:
    """Write every seed."""
    for target, seeds in corpus().items():
        folder = FOLDER / target
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.iterdir():
            old.unlink()
        for name, data in seeds.items():
            (folder / name).write_bytes(data)


if __name__ == "__main__":
    main()
