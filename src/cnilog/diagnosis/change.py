"""Compare two reports of one cluster: did the fix work?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from cnilog.frozen import Frozen

if TYPE_CHECKING:
    from datetime import datetime

    from cnilog.finding import Cause, Report, Symptom

Became = Literal["gone", "new", "remains", "recovered", "not known"]
_LACKS: Final = "the later sources have no log of {}"
TELLS: Final = ("ipamd", "entrypoint", "kubelet", "events")  # silence of what was not collected


class Changed(Frozen):
    """What became of one finding."""

    id: str
    kind: Literal["cause", "symptom"]
    title: str
    became: Became
    before: str | None = None  # confidence or count, in words
    after: str | None = None
    left: tuple[str, ...] = ()  # nodes that had it and have it no more
    came: tuple[str, ...] = ()  # nodes that had it not before
    absent: tuple[str, ...] = ()  # nodes that had it, and of which the later sources say nothing


class Change(Frozen):
    """What is different between two reports."""

    verdict: str
    findings: tuple[Changed, ...]
    nodes_gone: tuple[str, ...] = ()
    nodes_new: tuple[str, ...] = ()
    not_comparable: tuple[str, ...] = ()  # logs that only the earlier sources have
    versions: str | None = None  # of the CNI, where it changed


@dataclass(frozen=True, slots=True)
class _View:
    edge: datetime | None  # where the earlier sources end; null where the later do not go on
    lost: tuple[str, ...]
    here: frozenset[str]  # nodes of the later sources
    shows: frozenset[str] = frozenset()  # files of the earlier sources that the later have, too

    def silent(self, old: Cause | Symptom | None) -> bool:
        """Whether the later sources could not show *old*, as they lack a log.

        A healthy cluster has no events: that they are missing hides only what nothing else showed.
        """
        seen = old is not None and any(one.file in self.shows for one in old.evidence)
        return bool(self.lost) and not (seen and self.lost == (_LACKS.format("events"),))


def compare(before: Report, after: Report) -> Change:
    """Return what is gone, new, or remains from *before* to *after*.

    A cause that *after* shows as recovered has recovered. What *after* cannot know, because its
    sources lack a log that *before* has, is not called gone but not known. Where the later sources
    hold the earlier ones and go on, what they show only up to where those end is gone.
    """
    view = _View(
        _edge(before, after), _lost(before, after), frozenset(after.nodes), _shows(before, after)
    )
    causes = _changes("cause", before.causes, after.causes, view)
    symptoms = _changes("symptom", before.symptoms, after.symptoms, view)
    return Change(
        verdict=_verdict(before, after, causes, view),
        findings=(*causes, *symptoms),
        not_comparable=view.lost,
        versions=_versions(before, after),
        nodes_gone=tuple(sorted(set(before.nodes) - set(after.nodes))),
        nodes_new=tuple(sorted(set(after.nodes) - set(before.nodes))),
    )


def _changes(
    kind: Literal["cause", "symptom"],
    before: tuple[Cause, ...] | tuple[Symptom, ...],
    after: tuple[Cause, ...] | tuple[Symptom, ...],
    view: _View,
) -> list[Changed]:
    old = {one.id: one for one in before}
    new = {one.id: one for one in after}
    found = []
    for name in dict.fromkeys((*old, *new)):
        one = new.get(name) or old[name]
        found.append(
            Changed(
                id=name,
                kind=kind,
                title=one.title,
                became=_became(old.get(name), new.get(name), view),
                before=_words(old.get(name)),
                after=_words(new.get(name)),
                **_nodes(old.get(name), new.get(name), view),
            )
        )
    return found


def _nodes(
    old: Cause | Symptom | None, new: Cause | Symptom | None, view: _View
) -> dict[str, tuple[str, ...]]:
    """Return on which nodes it is no more, on which it is new, and which are not here at all."""
    had = set(old.nodes) if old else set()
    has = set(new.nodes) if new and not new.recovered else set()
    return {
        "left": tuple(sorted((had - has) & view.here)),
        "came": tuple(sorted(has - had)) if old else (),
        "absent": tuple(sorted(had - view.here)) if view.here else (),
    }


def _versions(before: Report, after: Report) -> str | None:
    old, new = before.versions.cni, after.versions.cni
    return f"CNI {old} -> {new}" if old and new and old != new else None


def _became(old: Cause | Symptom | None, new: Cause | Symptom | None, view: _View) -> Became:
    if new is None:
        elsewhere = old is not None and bool(old.nodes) and view.here.isdisjoint(old.nodes)
        return "not known" if view.silent(old) or (view.here and elsewhere) else "gone"
    if new.recovered:
        return "recovered"
    if old is None:
        return "new"
    over = view.edge is not None and new.last_seen is not None and new.last_seen <= view.edge
    return "gone" if over else "remains"


def _edge(before: Report, after: Report) -> datetime | None:
    ends = [
        max((one.last_ts for one in report.sources if one.last_ts), default=None)
        for report in (before, after)
    ]
    return ends[0] if ends[0] and ends[1] and ends[1] > ends[0] else None


def _lost(before: Report, after: Report) -> tuple[str, ...]:
    had = {one.component for one in before.sources if one.records}
    has = {one.component for one in after.sources if one.records}
    return tuple(_LACKS.format(name) for name in TELLS if name in had - has)


def _shows(before: Report, after: Report) -> frozenset[str]:
    """Return the files of *before* whose program wrote something in *after*, too."""
    has = {one.component for one in after.sources if one.records and one.component}
    return frozenset(one.file for one in before.sources if one.component in has)


def _words(one: Cause | Symptom | None) -> str | None:
    if one is None:
        return None
    sure = getattr(one, "confidence", None)
    times = f"{one.count} times" if one.count != 1 else "once"
    return ", ".join(word for word in (sure, times, "recovered" if one.recovered else None) if word)


def _verdict(before: Report, after: Report, causes: list[Changed], view: _View) -> str:
    worse = [one.id for one in causes if one.became == "new" and _loud(one.id, after)]
    more = f" New: {', '.join(worse)}." if worse else ""
    if not before.causes:
        return more.strip() or "Nothing was wrong, nothing is."
    named = [one for one in before.causes if one.confidence != "possible"] or before.causes[:1]
    became = {one.id: one.became for one in causes}
    order = ("remains", "not known", "recovered", "gone")
    said = [
        _SAID[word].format(", ".join(names), " and ".join(view.lost) or _OTHERS)
        for word in order
        if (names := [one.id for one in named if became[one.id] == word])
    ]
    return "; ".join(said) + "." + more


_OTHERS: Final = "none of its nodes is among the later sources"
_SAID: Final[dict[str, str]] = {
    "remains": "{0} remains",
    "not known": "{0} is not seen any more, but that proves nothing: {1}",
    "recovered": "{0} is over",
    "gone": "{0} is gone",
}


def _loud(name: str, report: Report) -> bool:
    return any(one.id == name and one.confidence != "possible" for one in report.causes)
