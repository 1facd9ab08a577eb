"""Lines that several stories say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.discovery.generate import aws

if TYPE_CHECKING:
    from cnilog.discovery.generate.world import Node

IPAMD: Final = "ipamd/ipamd.go:866"
MAIN: Final = "aws-k8s-agent/main.go:62"
CALLS: Final = "awsutils/awsutils.go:1214"
POOL: Final = "wait/wait.go:211"


def fail(node: Node, message: str, *, caller: str = MAIN) -> None:
    """End ipamd with the line that wraps the first error of its start."""
    node.say("ipamd", f"Initialization failure: {message}", level="error", caller=caller)


def api_server_timeout(node: Node) -> None:
    """Let one call of the API server run into its time-out."""
    error = (
        f'Get "https://{aws.SERVICE_IP}:443/version?timeout=5s": net/http: request canceled while '
        "waiting for connection (Client.Timeout exceeded while awaiting headers)"
    )
    sign = ":" if node.since(1, 19, 4) else ","
    node.say(
        "ipamd",
        f"Unable to reach API Server{sign} {error}",
        level="error",
        caller=POOL,
        after=10 if node.since(1, 19, 4) else 7,
    )


def say_not_allocated(node: Node, text: str) -> None:
    """Say that EC2 gave no addresses."""
    eni = node.names["eni"]
    slot = "IP/Prefix" if node.since(1, 9, 0) else "IP"
    message = f"Failed to allocate a private {slot} addresses on ENI {eni}: {text}"
    node.say("ipamd", message, level="error", caller=CALLS, after=0.2)
    what = "IPv4 Prefixes" if node.names["prefixes"] == "true" else "IP addresses"
    message = f"failed to allocate all available {what} on ENI {eni}, err: {text}"
    node.say("ipamd", message, level="warn", caller=IPAMD)
