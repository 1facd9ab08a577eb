r"""Peel Docker's json-file lines whose keys stand in another order or with others between.

What `cnilog.ingest.envelopes.docker` reads faster in the order that Docker writes. A text without
a line end goes on in the next line; where no line has one, it was a shipper that took them off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelope import LineEnvelope, share
from cnilog.ingest.envelopes._carried import Carried, pick, pipe_of
from cnilog.ingest.envelopes._json_lines import json_lines, object_of

if TYPE_CHECKING:
    from collections.abc import Sequence

END: Final = "\n"


def read(entry: dict[str, object]) -> Carried | None:
    """Return the line in an *entry* of Docker; null where it is something else."""
    log = entry.get("log")
    if not isinstance(log, str) or pipe_of(entry.get("stream")) is None:
        return None
    if "time" not in entry:
        return None
    labels = entry.get("attrs")
    about: dict[str, object] = labels if isinstance(labels, dict) else {}
    return Carried(
        log.removesuffix(END),
        time=pick(entry, "time"),
        namespace=pick(about, "io.kubernetes.pod.namespace"),
        pod=pick(about, "io.kubernetes.pod.name"),
        container=pick(about, "io.kubernetes.container.name"),
        pipe=pipe_of(entry["stream"]),
        partial=not log.endswith(END),
    )


def _whole(entry: dict[str, object]) -> Carried | None:
    found = read(entry)
    return found._replace(partial=False) if found else None


def _has_ends(sample: Sequence[str]) -> bool:
    return share(sample, lambda line: str((object_of(line) or {}).get("log")).endswith(END)) > 0


PARTS: Final = json_lines("docker json", read, "log")
WHOLE: Final = json_lines("docker json", _whole, "log")
DOCKER_JSON: Final = (
    LineEnvelope(PARTS.name, lambda sample: PARTS.fits(sample) and _has_ends(sample), PARTS.peel),
    WHOLE,
)
