"""A bundle with thousands of identifiers of every kind, in every wrapping that exports have."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import random
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from urllib.parse import quote

SAFE = "bcdfghjklmnpqrstvwxz2456789"
Files = dict[str, bytes]


class Planter:
    """Draws identifiers and remembers them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.planted: set[str] = set()

    def hexes(self, count: int) -> str:
        return "".join(self._random.choice("0123456789abcdef") for _ in range(count))

    def tail(self, count: int) -> str:
        return "".join(self._random.choice(SAFE) for _ in range(count))

    def keep(self, text: str) -> str:
        self.planted.add(text)
        return text

    def account(self) -> str:
        return self.keep(f"{self._random.randrange(3 * 10**11, 10**12)}")

    def quad(self) -> tuple[int, int, int, int]:
        return 10, self._random.randrange(1, 90), *(self._random.randrange(256) for _ in "ab")

    def v4(self) -> str:
        return self.keep(".".join(map(str, self.quad())))

    def v6(self) -> str:
        groups = ":".join(f"{self._random.randrange(4096, 65536):x}" for _ in range(6))
        return self.keep(f"2600:1f14:{groups}")

    def host(self) -> str:
        return self.keep("ip-" + "-".join(map(str, self.quad())))

    def mac(self) -> str:
        return self.keep("0a:" + ":".join(self.hexes(2) for _ in range(5)))

    def resource(self) -> str:
        kind = self._random.choice(["i", "eni", "subnet", "vpc", "sg", "ami"])
        return self.keep(f"{kind}-{self.hexes(17)}")

    def pod(self) -> str:
        return self.keep(f"aws-node-{self.tail(5)}")

    def app(self) -> str:
        return self.keep(f"shop{self.hexes(6)}-{self.tail(9)}-{self.tail(5)}")

    def name(self) -> str:
        return self.keep(f"crew-{self.hexes(8)}")

    def provider(self) -> str:
        return self.keep(self.hexes(32).upper())


def lines(planter: Planter, count: int) -> Iterator[str]:
    """Yield messages as the CNI, kubelet and the SDK print them, with new identifiers in each."""
    for number in range(count):
        yield _MESSAGES[number % len(_MESSAGES)](planter)


_MESSAGES: tuple[Callable[[Planter], str], ...] = (
    lambda p: f"Successfully attached ENI {p.resource()} to instance {p.resource()} with {p.v4()}",
    lambda p: f"Node {p.host()}.us-west-2.compute.internal has {p.v6()}/128 at {p.mac()},{p.v4()}",
    lambda p: (
        f"User: arn:aws:sts::{p.account()}:assumed-role/{p.name()}/{p.resource()} is not "
        "authorized to perform: ec2:CreateNetworkInterface"
    ),
    lambda p: f'SyncLoop ADD source="api" pods=["kube-system/{p.pod()}","default/{p.app()}"]',
    lambda p: (
        f"https://{p.provider()}.gr7.us-west-2.eks.amazonaws.com "
        f"arn:aws:eks:us-west-2:{p.account()}:cluster/{p.name()}"
    ),
    lambda p: f"failed:\n\tdial tcp {p.v4()}:443 from {p.resource()}\r\t{p.host()}\\n{p.v4()}",
    lambda p: f"{p.account()}.dkr.ecr.us-west-2.amazonaws.com/x at \x1b[31m{p.v4()}\x1b[0m",
)


def zap(message: str) -> str:
    line = {"level": "error", "ts": "2026-11-20T09:15:07.659Z", "caller": "ipamd/ipamd.go:866"}
    return json.dumps({**line, "msg": message}, separators=(",", ":"))


def _joined(texts: Iterator[str]) -> bytes:
    return "".join(f"{text}\n" for text in texts).encode()


def _plain(p: Planter, count: int) -> bytes:
    return _joined(zap(text) for text in lines(p, count))


def _cri(p: Planter, count: int) -> bytes:
    head = "2026-11-20T09:15:07.659114902Z stdout F "
    return _joined(head + zap(text) for text in lines(p, count))


def _docker(p: Planter, count: int) -> bytes:
    return _joined(
        json.dumps({"log": zap(text) + "\n", "stream": "stdout", "time": "2026-11-20T09:15:07Z"})
        for text in lines(p, count)
    )


def _fluent_bit(p: Planter, count: int) -> bytes:
    return _joined(
        json.dumps(
            {
                "log": zap(text),
                "kubernetes": {"pod_name": p.name(), "host": p.host(), "namespace_name": p.name()},
            }
        )
        for text in lines(p, count)
    )


def _cloudwatch(p: Planter, count: int) -> bytes:
    events = [
        {"logStreamName": f"{p.host()}-dataplane", "timestamp": 1795166107659, "message": zap(one)}
        for one in lines(p, count)
    ]
    return json.dumps({"events": events}, indent=4).encode()


def _double(p: Planter, count: int) -> bytes:
    return _joined(
        json.dumps({"message": json.dumps({"log": zap(one)})}) for one in lines(p, count)
    )


def _lambda(p: Planter, count: int) -> bytes:
    events = [
        {"id": "1", "timestamp": 1795166107659, "message": zap(one)} for one in lines(p, count)
    ]
    inner = {"messageType": "DATA_MESSAGE", "owner": p.account(), "logEvents": events}
    data = base64.b64encode(gzip.compress(json.dumps(inner).encode())).decode()
    return json.dumps({"awslogs": {"data": data}}).encode()


def _policy(p: Planter, count: int) -> bytes:
    statements = [
        {
            "Effect": "Allow",
            "Action": "ec2:*",
            "Resource": f"arn:aws:ec2:*:{p.account()}:x/{p.name()}",
        }
        for _ in range(count)
    ]
    return json.dumps({"PolicyDocument": quote(json.dumps({"Statement": statements}))}).encode()


def _journal(p: Planter, count: int) -> bytes:
    return _joined(
        json.dumps(
            {
                "_HOSTNAME": p.host(),
                "SYSLOG_IDENTIFIER": "kubelet",
                "__REALTIME_TIMESTAMP": "1795166110120311",
                "MESSAGE": list(one.encode()) if number % 2 else one,
            }
        )
        for number, one in enumerate(lines(p, count))
    )


def _utf16(p: Planter, count: int) -> bytes:
    return b"\xff\xfe" + _plain(p, count).decode().encode("utf-16-le")


def _latin(p: Planter, count: int) -> bytes:
    return b"caf\xe9 \xff\n" + _plain(p, count)


def _csv(p: Planter, count: int) -> bytes:
    rows = ('"' + zap(one).replace('"', '""') + '"' for one in lines(p, count))
    return b"timestamp,message\n" + _joined(f"1795166107659,{row}" for row in rows)


def _table(p: Planter, count: int) -> bytes:
    head = "NAMESPACE     NAME      READY   STATUS    RESTARTS   AGE   IP   NODE\n"
    return head.encode() + _joined(
        f"{p.name()}   {p.name()}   1/1  Running   0   5d    {p.v4()}   {p.name()}   <none>"
        for _ in range(count)
    )


TEXTS: dict[str, Callable[[Planter, int], bytes]] = {
    "ipamd.log": _plain,
    "cri.log": _cri,
    "docker-json.log": _docker,
    "fluent-bit.jsonl": _fluent_bit,
    "events.json": _cloudwatch,
    "double.jsonl": _double,
    "lambda.json": _lambda,
    "policy.json": _policy,
    "journal.json": _journal,
    "wide.log": _utf16,
    "latin.log": _latin,
    "export.csv": _csv,
    "pods.txt": _table,
}


def tar(files: Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return out.getvalue()


def zipped(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def bundle(planter: Planter, count: int) -> Files:
    """Return the files of a bundle: each text plain, and all of them in every wrapping."""

    def texts() -> Files:
        made = {f"{planter.host()}/{name}": make(planter, count) for name, make in TEXTS.items()}
        pods = f"pods/kube-system_{planter.pod()}_{planter.hexes(8)}-1111-4222-8333-444455556666"
        return {**made, f"{pods}/aws-node/0.log": _cri(planter, 1)}

    return {
        **texts(),
        f"eks_{planter.resource()}_2026.tar.gz": gzip.compress(tar(texts())),
        "all.tar.bz2": bz2.compress(tar({"inner.tar.gz": gzip.compress(tar(texts()))})),
        "all.tar.xz": lzma.compress(tar(texts())),
        "windows.zip": zipped({**texts(), "inner.zip": zipped(texts())}),
        "twice.log.gz": gzip.compress(gzip.compress(_plain(planter, count))),
    }


def opened(data: bytes) -> Iterator[bytes]:
    """Yield *data* and all that can be unwrapped from it."""
    yield data
    for start, unpack in (
        (b"\x1f\x8b", gzip.decompress),
        (b"BZh", bz2.decompress),
        (b"\xfd7zXZ", lzma.decompress),
    ):
        if data.startswith(start):
            yield from opened(unpack(data))
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from opened(archive.read(name))
    elif data[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(data)) as inner:
            for member in inner:
                yield member.name.encode()
                if (content := inner.extractfile(member)) is not None:
                    yield from opened(content.read())
    yield from _carried(data)


def _carried(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"\xff\xfe"):
        yield data[2:].decode("utf-16-le").encode()
    if data.startswith(b'{"awslogs"'):
        yield gzip.decompress(base64.b64decode(json.loads(data)["awslogs"]["data"]))
    if data.startswith(b'{"_HOSTNAME"'):
        for line in data.splitlines():
            message = json.loads(line)["MESSAGE"]
            yield bytes(message) if isinstance(message, list) else message.encode()
    if data.startswith(b'{"PolicyDocument"'):
        from urllib.parse import unquote

        yield unquote(json.loads(data)["PolicyDocument"]).encode()
