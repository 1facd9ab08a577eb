"""Which EC2 actions a mode needs in a release: the table in ``actions.yaml``, asked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, Literal

import yaml

from cnilog.catalog.versions import number

Mode = Literal["ipv4", "prefix-delegation", "custom-networking", "ipv6"]
MODES: Final[tuple[Mode, ...]] = ("ipv4", "prefix-delegation", "custom-networking", "ipv6")
LAST: Final = (99, 0, 0)


@dataclass(frozen=True, slots=True)
class Need:
    """One action: when it is called, what the log shows without it, whether the start fails."""

    action: str
    modes: tuple[str, ...]
    since: str
    step: str
    log: str
    fatal: bool
    must: bool
    until: str = "99.0.0"


@cache
def needs() -> tuple[Need, ...]:
    """Return the whole table, in the order in which a start calls the actions."""
    text = resources.files(__package__).joinpath("actions.yaml").read_text("utf-8")
    rows = yaml.load(text, yaml.CSafeLoader)
    return tuple(Need(**{**row, "modes": tuple(row["modes"])}) for row in rows)


def needed(mode: str, version: str | None = None, *, must: bool = True) -> tuple[Need, ...]:
    """Return what *mode* needs in *version*; without a version, what every release since 1.8 needs.

    Prefix delegation and custom networking are IPv4 modes, so they need what IPv4 needs, too.
    """
    wanted = {mode} if mode == "ipv6" else {mode, "ipv4"}
    mine = number(version) if version else None
    return tuple(
        one
        for one in needs()
        if wanted & set(one.modes) and (one.must or not must) and _in(one, mine)
    )


def _in(one: Need, version: tuple[int, int, int] | None) -> bool:
    since, until = number(one.since) or (0, 0, 0), number(one.until) or LAST
    if version is None:
        return since <= (1, 10, 0) and until >= LAST
    return since <= version <= until
