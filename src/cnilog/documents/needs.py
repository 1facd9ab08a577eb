"""Which EC2 actions a mode needs in a release: the table in `cnilog.documents.actions`, asked."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, Literal, get_args

from cnilog.catalog.versions import number
from cnilog.documents.actions import ACTIONS

if TYPE_CHECKING:
    from cnilog.documents.actions import Need

Mode = Literal["ipv4", "prefix-delegation", "custom-networking", "pod-eni", "ipv6"]
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
LAST: Final = (99, 0, 0)


@cache
def resources_of() -> dict[str, tuple[str, ...]]:
    """Return the kinds of resources by action, for those that have resources."""
    return {one.action: one.resources for one in ACTIONS if one.resources}


def needed(mode: str, version: str | None = None, *, must: bool = True) -> tuple[Need, ...]:
    """Return what *mode* needs in *version*; without a version, what every release since 1.8 needs.

    Prefix delegation, custom networking and security groups for pods (whose branch ENIs the
    cluster's own role makes) are IPv4 modes, so they need what IPv4 needs, too.
    """
    mine = number(version) if version else None
    return tuple(one for one in _of(mode) if (one.must or not must) and _in(one, mine))


def spans(mode: str, version: str | None = None) -> tuple[Need, ...]:
    """Return every row that speaks of *mode*: of *version*, or of any release.

    What only past releases called is then no must: whoever runs another does without.
    """
    if version:
        return needed(mode, version, must=False)
    return tuple(
        one if (number(one.until) or LAST) >= LAST else one._replace(must=False)
        for one in _of(mode)
    )


def _of(mode: str) -> tuple[Need, ...]:
    wanted = {mode} if mode == "ipv6" else {mode, "ipv4"}
    if mode == "custom-networking":  # ENIConfigs name the subnet: nothing is looked for
        return tuple(one for one in ACTIONS if mode in one.modes or one.modes == ("ipv4", "ipv6"))
    return tuple(one for one in ACTIONS if wanted & set(one.modes))


def _in(one: Need, version: tuple[int, int, int] | None) -> bool:
    since, until = number(one.since) or (0, 0, 0), number(one.until) or LAST
    if version is None:
        return since <= (1, 10, 0) and until >= LAST
    return since <= version <= until
