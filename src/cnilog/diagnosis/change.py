"""Compare two reports of one cluster: did the fix work?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from cnilog.finding import Frozen

if TYPE_CHECKING:
    from cnilog.finding import Cause, Report, Symptom

Became = Literal["gone", "new", "remains", "recovered"]


class Changed(Frozen):
    """What became of one finding."""

    id: str
    kind: Literal["cause", "symptom"]
    title: str
    became: Became
    before: str | None = None  # confidence or count, in words
    after: str | None = None


class Change(Frozen):
    """What is different between two reports."""

    verdict: str
    findings: tuple[Changed, ...]
    nodes_gone: tuple[str, ...] = ()
    nodes_new: tuple[str, ...] = ()


def compare(before: Report, after: Report) -> Change:
    """Return what is gone, new, or remains from *before* to *after*.

    A cause that *after* shows as recovered has recovered. What *after* cannot know, because its
    sources lack the log that would show it, is not called gone; the verdict says so.
    """
    causes = _changes("cause", before.causes, after.causes)
    symptoms = _changes("symptom", before.symptoms, after.symptoms)
    return Change(
        verdict=_verdict(before, after, causes),
        findings=(*causes, *symptoms),
        nodes_gone=tuple(sorted(set(before.nodes) - set(after.nodes))),
        nodes_new=tuple(sorted(set(after.nodes) - set(before.nodes))),
    )


def _changes(
    kind: Literal["cause", "symptom"],
    before: tuple[Cause, ...] | tuple[Symptom, ...],
    after: tuple[Cause, ...] | tuple[Symptom, ...],
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
                became=_became(old.get(name), new.get(name)),
                before=_words(old.get(name)),
                after=_words(new.get(name)),
            )
        )
    return found


def _became(old: Cause | Symptom | None, new: Cause | Symptom | None) -> Became:
    if new is None:
        return "gone"
    if new.recovered:
        return "recovered"
    return "new" if old is None else "remains"


def _words(one: Cause | Symptom | None) -> str | None:
    if one is None:
        return None
    sure = getattr(one, "confidence", None)
    times = f"{one.count} times" if one.count != 1 else "once"
    return ", ".join(word for word in (sure, times, "recovered" if one.recovered else None) if word)


def _verdict(before: Report, after: Report, causes: list[Changed]) -> str:
    first = before.causes[0] if before.causes else None
    lost = [text for text in after.missing if text not in before.missing]
    if first is None:
        worse = [one.id for one in causes if one.became == "new"]
        return f"New: {', '.join(worse)}." if worse else "Nothing was wrong, nothing is."
    became = next(one.became for one in causes if one.id == first.id)
    if became == "gone" and lost:
        return f"{first.id} is not seen any more, but {lost[0]}."
    if became in {"gone", "recovered"}:
        rest = [one.id for one in causes if one.became == "new"]
        more = f" New: {', '.join(rest)}." if rest else ""
        return f"{first.id} is {'over' if became == 'recovered' else 'gone'}.{more}"
    return f"{first.id} remains."
