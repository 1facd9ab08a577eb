"""Read what shell scripts, the AWS SDK, the Go runtime's logger and kubectl print without a header.

    Checking for IPAM connectivity ...  failed.
    + sysctl -w net.ipv4.conf.eth0.rp_filter=2
    Installed /host/opt/cni/bin/aws-cni
    SDK 2024/09/21 13:35:26 WARN falling back to IMDSv1: operation error ec2imds: getToken

Only texts that the programs are known to print (line-formats, §3 to §6); a line without a header
that is not among them stays undecoded, and is matched all the same.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.ingest.format import Format, decoded, level_of
from cnilog.ingest.times import iso_time

TEXT: Final = pl.col("text")
ENTRYPOINT: Final = (
    r"^(?i:=+ ?(?:starting|installing) |(?:starting|checking for|foregrounding) IPAM |"
    r"timed out waiting for IPAM |copying .*(?:CNI|portmap) |failed \(process terminated\)|"
    r"install(?:ed|ing) /host/|installed /host|updating iptables mode|failed to install CNI)|"
    r"^/(?:app/)?(?:entrypoint|install-aws)\.sh: line [0-9]+|^curl: \([0-9]+\)"
)
INIT: Final = (
    r"^(?:\+{1,3} \S|net\.ipv[46]\.[\w./-]+ = -?[0-9]+$|CNI init container done|"
    r"/(?:init/)?init\.sh: line [0-9]+|sysctl: |cp: )"
)
SDK: Final = (
    r"^(?:SDK )?([0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}) "
    r"(?:(TRACE|DEBUG|INFO|WARN|ERROR) )?"
)
NOTICE: Final = (
    r"^(?:Defaulted container |Defaulting container name to |Found [0-9]+ pods?, using |"
    r"Error from server |unable to retrieve container logs for |failed to try resolving symlinks|"
    r"error: (?:container|unable|timed out|a container)|Request log error|Create log request error|"
    r"-- (?:Logs begin|Journal begins|Boot |Reboot|No entries)|==== (?:START|END) logs )"
)
RUNTIME: Final = r"^\[controller-runtime\] |^Detected at:$"
ZAP_ITSELF: Final = (  # what zap writes when it cannot write
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)? [+-][0-9]{4}) \w+ "
    r"(?:Logger\.check|write) error: "
)
VERDICT: Final = r"^Node: [^;]+;SIP: [^;]+;SPORT: "  # of the policy agent, v0.1
FAILED: Final = r"(?i)failed|error|timed out|: line [0-9]+|curl: \(|cannot|No such file"
TEST: Final = TEXT.str.contains(
    f"{ENTRYPOINT}|{INIT}|{NOTICE}|{RUNTIME}|{SDK}|{ZAP_ITSELF}|{VERDICT}"
)


def _decode(frame: pl.DataFrame) -> pl.DataFrame:
    stamp = TEXT.str.extract(SDK, 1).str.replace_many(["/", " "], ["-", "T"])
    parts = frame.select(
        "text",
        notice=TEXT.str.contains(f"{NOTICE}|{RUNTIME}|{ZAP_ITSELF}"),
        stamp=pl.coalesce(stamp, TEXT.str.extract(ZAP_ITSELF, 1)),
    )
    script, notice, stamp = TEXT.str.contains(ENTRYPOINT), pl.col("notice"), pl.col("stamp")
    failed = ~notice & TEXT.str.contains(FAILED) & ~TEXT.str.starts_with("+")
    word = pl.coalesce(
        TEXT.str.extract(SDK, 2),
        pl.when(failed & stamp.is_null()).then(pl.lit("error")),
        pl.when(~notice).then(pl.lit("info")),
    )
    return decoded(
        parts,
        ts=iso_time(stamp),
        level=level_of(word),
        message=TEXT.str.replace(SDK, ""),
        component=pl.when(script)
        .then(pl.lit("entrypoint"))
        .when(TEXT.str.contains(INIT))
        .then(pl.lit("init"))
        .when(TEXT.str.contains(VERDICT))
        .then(pl.lit("network-policy-agent"))
        .when(notice & TEXT.str.contains(NOTICE))
        .then(pl.lit("other")),
    )


ECHO: Final = Format(
    "plain text",
    TEST,
    _decode,
    sample="Checking for IPAM connectivity ...  failed.",
    opens="indented",
)
