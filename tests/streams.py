"""Streams as ``kubectl logs -f`` gives them: the lines of many programs in the order of time."""

from __future__ import annotations

from cnilog.discovery.generate import SCENARIOS, live
from cnilog.discovery.generate.lines import encode
from cnilog.discovery.generate.wraps import ENVELOPES

INSIDE = ("aws-node", "ipamd")  # programs whose lines one container shows


def stream(name: str, era: str, *, nodes: int = 1, envelope: str = "plain", seed: int = 3) -> bytes:
    """Return what all programs of *nodes* said, merged by time."""
    wrap = ENVELOPES[envelope]
    rows = [
        (line.ts, encode(line, era), node.names["pod"], line.file)
        for node in live(SCENARIOS[name], era=era, seed=seed, nodes=nodes)
        for line in node.lines
    ]
    rows.sort(key=lambda row: row[0])
    return "".join(
        wrap([(ts, text)], pod, "aws-node" if file in INSIDE else file)
        for ts, text, pod, file in rows
    ).encode()
