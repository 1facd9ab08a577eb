r"""Peel what stern puts round lines: JSON objects here, prefixes in `cnilog.ingest.envelopes.pods`.

    {"message":"…","nodeName":"ip-10-0-0-1…","namespace":"kube-system","podName":"…",
     "containerName":"aws-node","timestamp":"2026-01-05T09:15:02.1Z"}
    {"pod": "…", "container": "…", "message": {…} or "…"}

``timestamp`` came in June 2026; before it, ``-t`` put the time before the message, where the
envelope for time stamps finds it. Source: stern `cmd/cmd.go`, commit 8a00e61.
"""

from __future__ import annotations

from typing import Final

from cnilog.ingest.envelopes._carried import Carried, pick
from cnilog.ingest.envelopes._json_lines import compact, json_lines


def read(entry: dict[str, object]) -> Carried | None:
    """Return the line in a stern *entry*; null where it is something else."""
    if "message" not in entry or not ({"podName", "pod"} & entry.keys()):
        return None
    if not ({"containerName", "container"} & entry.keys()):
        return None
    message = entry["message"]
    text = message if isinstance(message, str) else compact(message)
    return Carried(
        text.removesuffix("\n"),
        time=pick(entry, "timestamp"),
        node=pick(entry, "nodeName", "node"),
        namespace=pick(entry, "namespace"),
        pod=pick(entry, "podName", "pod"),
        container=pick(entry, "containerName", "container"),
    )


STERN: Final = json_lines("stern", read, "podName", "pod")
