"""Learn from what kubectl says on standard error, where it was saved with the log.

Found 3 pods, using pod/aws-node-x7k2p
Defaulted container "aws-node" out of: aws-node, aws-eks-nodeagent, aws-vpc-cni-init (init)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cnilog.lazily import regex

if TYPE_CHECKING:
    import polars as pl

CONTAINER: Final = regex(r'(?:Defaulted container "|Defaulting container name to )([^"\s.]+)"?')
POD: Final = regex(r"Found [0-9]+ pods?, using pod/(\S+)")


class Notice(NamedTuple):
    """Whose log the lines of a file are."""

    pod: str | None
    container: str | None


def notice_of(texts: pl.Series) -> Notice | None:
    """Return what kubectl says in *texts*, the first lines of a file; null where nothing."""
    text = "\n".join(line[:500] for line in texts)
    pod, container = POD.search(text), CONTAINER.search(text)
    if not pod and not container:
        return None
    return Notice(pod[1] if pod else None, container[1] if container else None)
