"""The releases that stand for the eras of the CNI, and how versions compare."""

from __future__ import annotations

import re
from typing import Final

# One release an era: another log format, start-up order or SDK.
ERAS: Final = (
    "v1.7.10",  # zap JSON, shell entrypoint, SDK v1
    "v1.9.3",  # prefix delegation
    "v1.10.4",  # the shell entrypoint prints its retries
    "v1.11.5",  # API server retries are logged
    "v1.12.6",  # Go entrypoint; the agent's own output is lost
    "v1.13.4",
    "v1.16.4",
    "v1.18.3",  # subnet discovery
    "v1.19.6",  # SDK v2; the API server is no longer a must
    "v1.20.4",  # network cards
    "v1.22.4",  # subnet exclusion
    "v1.23.0",  # unix socket
)
DEFAULT_ERA: Final = "v1.18.3"


def number(version: str) -> tuple[int, int, int]:
    """Return the three numbers of a version such as ``v1.18.3-eksbuild.1``."""
    major, minor, patch = re.findall(r"\d+", version)[:3]
    return int(major), int(minor), int(patch)
