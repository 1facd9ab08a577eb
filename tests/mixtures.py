"""Lines as they stand in real logs, mixed with damage."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LINES = (  # templates of real programs, and damage
    '{{"level":"debug","ts":"{ts}","caller":"ipamd/ipamd.go:675","msg":"IP stats {n}"}}',
    '{{"level":"info","ts":"{ts}","caller":"rpc/rpc.pb.go:863","msg":"Received AddNetwork {{\\"pod\\":\\"web-{n}\\"}}"}}',
    '{{"level":"warn","ts":"{ts}","caller":"awssession/session.go:64","msg":"HTTP_TIMEOUT env is not set"}}',
    '{{"level":"error","ts":"{ts}","caller":"ipamd/ipamd.go:1","msg":"Unauthorized {n}\\n\\tstatus code: 403"}}',
    '{{"level":"debug","ts":"{ts}","caller":"ipamd/ipamd.go:1","msg":"IP address pool stats: total {n}"}}',
    '{{"level":"info","ts":"{ts}","caller":"logger/logger.go:52","msg":"Constructed new logger instance"}}',
    '{{"level":"info","ts":"{ts}","caller":"aws-k8s-agent/main.go:42","msg":"Starting L-IPAMD v1.18.3  ..."}}',
    '{{"level":"info","ts":"{ts}","caller":"entrypoint.sh","msg":"Validating env variables ..."}}',
    '{{"level":"info","ts":"{ts}","logger":"ebpf-client","caller":"x/y.go:1","msg":"Pod: ","name:":"web-{n}"}}',
    '{{"level":"info","ts":"{ts}","msg":"ends early"',
    '{{"level":"info","ts":"{ts}","caller":"x/y.go:1","msg":"not " valid"}}',
    '{{"level":"info","ts":"{ts}","caller":"x/y.go:1","msg":"\\u0055nauthorized {n}"}}',
    '{{"level":"info","ts":"{ts}","caller":"x/y.go:1","msg":"an \x1b[1mUn\x1b[0mauthorized"}}',
    'time="{ts}" level=info msg="Starting IPAM daemon... "',
    'time="{ts}" level=error msg="Failed" error="connection refused"',
    "panic: runtime error: invalid memory address or nil pointer dereference",
    "[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x1a2b3c4]",
    "goroutine 1 [running]:",
    "\t/go/src/main.go:74 +0x2d5",
    "E0331 07:12:45.123456       1 reflector.go:138] Failed to watch *v1.Node: forbidden",
    "\tindented",
    "",
    "what no program prints {n}",
    "Checking for IPAM connectivity ...  failed.",
    "\\xff\\xfe broken bytes",
)
TIMES = (
    *("2026-01-05T09:15:{s:02d}.{ms:03d}Z",) * 12,
    "2026-01-05T09:15:{s:02d}.{ms:03d}+0900",
    "2026-01-05T09:16:61.{ms:03d}Z",
    "2026-02-30T09:15:02.104Z",
    "2026-01-05T09:1{s:02d}:00Z",
    "",
)


def lines(seed: int, count: int, prefix: str = "") -> Iterator[bytes]:
    """Yield *count* lines, each after *prefix*; the same for the same *seed*."""
    dice = random.Random(seed)
    usual = dice.randrange(1, 6)
    for number in range(count):
        time = dice.choice(TIMES).format(s=number % 60, ms=number % 1000)
        line = LINES[dice.randrange(usual) if dice.random() < 0.7 else dice.randrange(len(LINES))]
        text = (prefix + line.format(ts=time, n=number)).encode()
        yield text.replace(b"\\xff\\xfe", b"\xff\xfe") + b"\n"
