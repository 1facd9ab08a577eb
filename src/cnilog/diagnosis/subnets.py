"""Which of the subnets that a document lists the nodes use.

``aws ec2 describe-subnets`` lists what the account has. A full subnet that no node uses is no
cause; where nothing says which ones are used, a full one among several only speaks for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.diagnosis.fleet import TRAITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Fact

EACH: Final = "subnets.each"
FULL: Final = "subnets.exhausted"
FREE: Final = "subnets.free_addresses"


def of_nodes(facts: Iterable[Fact], records: pl.DataFrame) -> tuple[Fact, ...]:
    """Return *facts* with what is said of full subnets limited to those in use.

    Args:
        facts: All facts of the source.
        records: Columns `telling.COLUMNS`; at its start ipamd says in which subnet its node is.
    """
    facts = tuple(facts)
    printed = records.select(pl.col("message").str.extract(TRAITS["node.subnet"][1])).to_series()
    used = set(printed.drop_nulls())
    for fact in facts:
        if fact.name in {"eniconfig.subnets", "node.subnet"}:
            used |= set(_texts(fact))
    rest = [fact for fact in facts if fact.name not in {FULL, FREE}]
    return (*rest, *(one for fact in facts if fact.name == EACH for one in _told(fact, used)))


def _texts(fact: Fact) -> tuple[str, ...]:
    return fact.value if isinstance(fact.value, tuple) else (str(fact.value),)


def _told(each: Fact, used: set[str]) -> Iterator[Fact]:
    """Yield what one document says of the subnets in use."""
    free = {name: int(count) for name, _, count in (one.rpartition("=") for one in _texts(each))}
    mine = {name: count for name, count in free.items() if name in used} if used else free
    full = tuple(name for name, count in mine.items() if count == 0)
    sure = bool(used) or len(free) == 1
    if mine:
        text = ", ".join(f"{name}: {count} free" for name, count in mine.items())[:200]
        if sure:
            yield each._replace(name=FREE, value=min(mine.values()), text=text)
        yield each._replace(name=FULL if sure else "subnets.some_exhausted", value=full, text=text)
