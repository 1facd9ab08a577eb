"""ipamd's own state: introspection of every release, the checkpoint, metrics."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cnilog.documents.reader import Reader
from cnilog.documents.shapes import count, line_of, mappings, values, walk
from cnilog.finding import Fact
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Document

COOLING_S: Final = 30.0  # addressCoolingPeriod; IP_COOLDOWN_PERIOD changes it from v1.15.0 on
_TIME: Final = regex(r"(\d{4})-\d\d-\d\dT\d\d:\d\d:\d\d")
CHECKPOINT_VERSION: Final = "vpc-cni-ipam/1"
_METRIC: Final = regex(r"(?m)^(awscni_\w+)(?:\{([^}]*)\})? (\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?)$")
_LABEL: Final = regex(r'(\w+)="([^"]*)"')


def _pools(document: Document) -> Iterable[Fact] | None:
    if '"TotalIPs"' not in document.text:
        return None
    found = values(document.text)[-1:]  # a collector that ran twice appends: the last one counts
    pools = [one for value in found for one in walk(value) if "TotalIPs" in one]
    total = sum(count(one.get("TotalIPs")) for one in pools)
    assigned = sum(count(one.get("AssignedIPs")) for one in pools)
    enis = sum(len(_enis(one)) for one in pools)
    cooling = _cooling(pools)
    line = line_of(document.text, "TotalIPs")
    text = f"{assigned} of {total} addresses in use on {enis} ENIs"

    def fact(name: str, value: int | bool) -> Fact:
        return Fact(name, value, document.file, line, document.node, text)

    facts = [
        fact("ipamd.pool.total", total),
        fact("ipamd.pool.assigned", assigned),
        fact("ipamd.enis", enis),
    ]
    if cooling is not None:
        facts.append(fact("ipamd.pool.cooling", cooling))
    ranges = tuple(sorted({one for pool in pools for one in _ranges(pool)}))
    if ranges:
        facts.append(Fact("ipamd.pool.ranges", ranges, document.file, line, document.node, text))
    return [*facts, fact("ipamd.pool.full", 0 < total <= assigned)]


def _ranges(pool: dict[str, Any]) -> Iterator[str]:
    """Yield the addresses and prefixes that a pool holds, as every release writes them."""
    for eni in _enis(pool).values():
        for key in ("AvailableIPv4Cidrs", "IPv6Cidrs", "IPv4Addresses"):
            held = eni.get(key) if isinstance(eni, dict) else None
            yield from map(str, held if isinstance(held, dict) else ())


def _enis(pool: dict[str, Any]) -> dict[str, Any]:
    found = pool.get("ENIs") or pool.get("ENIIPPools")
    return found if isinstance(found, dict) else {}


def _cooling(pools: list[dict[str, Any]]) -> int | None:
    """Return how many addresses cool down; null where the document's own moment is not known.

    The state says when each address was given out and back, not when it was asked for. Its last
    change stands for that moment: a pod that asks changes it.
    """
    states = [one for pool in pools for one in walk(pool) if "UnassignedTime" in one]
    given = [when for one in states if (when := _moment(one.get("AssignedTime")))]
    back = [when for one in states if not _busy(one) and (when := _moment(one["UnassignedTime"]))]
    if not given and not back:
        return 0 if states else None
    now = max((*given, *back))
    return sum((now - when).total_seconds() < COOLING_S for when in back)


def _busy(state: dict[str, Any]) -> bool:
    key = state.get("IPAMKey")
    if isinstance(key, dict):
        return any(key.values())
    return state.get("Assigned") is True


def _moment(text: Any) -> datetime | None:
    """Return a time of Go's JSON; null for its zero value, and for anything else."""
    found = _TIME.match(text) if isinstance(text, str) else None
    if not found or found[1] == "0001":
        return None
    try:
        return datetime.fromisoformat(found[0]).replace(tzinfo=UTC)
    except ValueError:
        return None


def _checkpoint(document: Document) -> Iterable[Fact] | None:
    if '"allocations"' not in document.text or "vpc-cni-ipam" not in document.text:
        return None
    problems = tuple(_checkpoint_problems(document.text))
    text = "; ".join(problems) or "consistent"
    held = tuple(dict.fromkeys(_allocated(document.text)))
    words = f"{len(held)} addresses given out"
    return [
        Fact("checkpoint.problems", problems, document.file, 1, document.node, text),
        Fact("checkpoint.addresses", held, document.file, 1, document.node, words),
    ]


def _allocated(text: str) -> Iterator[str]:
    for value in values(text)[:1]:
        rows = mappings(value.get("allocations")) if isinstance(value, dict) else []
        for one in rows:
            yield from (str(one[key]) for key in ("ipv4", "ipv6") if one.get(key))


def _checkpoint_problems(text: str) -> Iterator[str]:
    found = values(text)
    if not found or not isinstance(found[0], dict):
        yield "it cannot be read to its end"
        return
    state: dict[str, Any] = found[0]
    if state.get("version") != CHECKPOINT_VERSION:
        yield f"version {state.get('version')}, not {CHECKPOINT_VERSION}"
    rows = mappings(state.get("allocations"))
    addresses = Counter(str(one.get("ipv4") or one.get("ipv6")) for one in rows)
    twice = [address for address, count in addresses.items() if count > 1 and address != "None"]
    if twice:
        yield f"{', '.join(twice[:5])} allocated twice"


def _metrics(document: Document) -> Iterable[Fact] | None:
    found = _METRIC.findall(document.text)
    if not found:
        return None
    sums: Counter[str] = Counter()
    errors = []
    for name, labels, value in found:
        sums[name] += float(value)  # type: ignore[assignment]  # counts may be written as floats
        known = dict(_LABEL.findall(labels))
        if name == "awscni_aws_api_error_count" and float(value) > 0 and known.get("api"):
            errors.append(f"{known['api'].removesuffix('WithContext')}:{known.get('error')}")
    line = line_of(document.text, "awscni_")
    facts = [
        Fact(
            "metrics.api_errors",
            tuple(errors),
            document.file,
            line,
            document.node,
            ", ".join(errors),
        )
    ]
    total, assigned = (
        sums.get("awscni_total_ip_addresses"),
        sums.get("awscni_assigned_ip_addresses"),
    )
    if total is not None and assigned is not None:
        text = f"{assigned:g} of {total:g} addresses in use"
        facts.append(
            Fact("ipamd.pool.full", 0 < total <= assigned, document.file, line, document.node, text)
        )
    most, now = sums.get("awscni_eni_max"), sums.get("awscni_eni_allocated")
    if most and now is not None:
        text = f"{now:g} of {most:g} ENIs"
        facts.append(
            Fact("ipamd.at_eni_limit", now >= most, document.file, line, document.node, text)
        )
    return facts


def _refused(document: Document) -> Iterable[Fact] | None:
    if "Failed to connect to localhost port 61679" not in document.text:
        return None
    return [
        Fact(
            "ipamd.not_serving", True, document.file, 1, document.node, document.text.strip()[:200]
        )
    ]


POOLS: Final = Reader("ipamd introspection", _pools)
CHECKPOINT: Final = Reader("ipamd checkpoint", _checkpoint)
METRICS: Final = Reader("ipamd metrics", _metrics)
REFUSED: Final = Reader("refused introspection", _refused)
