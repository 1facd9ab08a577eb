r"""Peel single rows of event tables, as people paste them: without a header, columns missing.

      Warning  Unhealthy  93s (x13 over 4m)  kubelet  MESSAGE                    describe
    kube-system   93s   Warning   Unhealthy   pod/web-0   MESSAGE                get events
    2m   4m   7   kubelet, ip-10-0-0-1   spec.containers{x}   Warning   Reason   MESSAGE
    Unhealthy   pod/web-0   MESSAGE                                              some columns

What is behind the last column is the message, as it stands.
Source: kubernetes `printers.go`, kubectl `describe.go`, at several releases.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.envelope import LineEnvelope
from cnilog.ingest.envelopes._carried import Carried, columns_of, level_of
from cnilog.ingest.peeled import learn
from cnilog.lazily import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

SPAN: Final = r"(?:<invalid>|<unknown>|(?:[0-9]+[smhdy])+)"
AGE: Final = rf"{SPAN}(?: \(x[0-9]+ over {SPAN}\))?"
TYPE: Final = r"(?P<type>Warning|Normal)"
REASON: Final = r"(?P<reason>[A-Z][A-Za-z]+)"
SOURCE: Final = r"(?P<source>[\w.-]+(?:, [\w.-]+)?)"
OBJECT: Final = r"(?P<kind>[A-Za-z]+)/(?P<name>[\w.:-]+)"
PART: Final = r"(?:(?P<part>spec\.\w+\{[^}]*\})\s+)?"
MESSAGE: Final = r"(?P<message>\S.*)"
FORMS: Final = tuple(
    regex(form)
    for form in (
        rf"^\s*{TYPE}\s+{REASON}\s+{AGE}\s+{SOURCE}\s+{MESSAGE}$",
        rf"^\s*(?:(?P<namespace>[a-z0-9-]+)\s+)?{AGE}\s+{TYPE}\s+{REASON}\s+{OBJECT}\s+{PART}{MESSAGE}$",
        rf"^\s*{SPAN}\s+{SPAN}\s+[0-9]+\s+{SOURCE}\s+{PART}{TYPE}\s+{REASON}\s+{MESSAGE}$",
        rf"^\s*(?:(?P<namespace>[a-z0-9-]+)\s+)?{SPAN}\s+{SPAN}\s+[0-9]+\s+(?P<name>\S+)\s+(?P<kind>[A-Z]\w+)\s+"
        rf"{PART}{TYPE}\s+{REASON}\s+{SOURCE}\s+{MESSAGE}$",
        rf"^\s*{TYPE}\s{{2,}}{REASON}\s{{2,}}{SOURCE}\s{{2,}}{MESSAGE}$",
        rf"^\s*(?:{TYPE}\s{{2,}})?{REASON}\s{{2,}}{OBJECT}\s{{2,}}{MESSAGE}$",
    )
)
CANDIDATE: Final = regex(  # a quick question before `FORMS`
    r"\b(?:Warning|Normal)\s+[A-Z][A-Za-z]+\s|^\s*[A-Z][A-Za-z]+\s{2,}[A-Za-z]+/\S+\s{2,}"
)
SUBOBJECT: Final = regex(r"^spec\.\w+\{[^}]+\}:? ?")
LEARNED: Final = ("node", "namespace", "pod", "writer", "component", "level", "text")
NOTHING: Final = Carried(None)


def event_of(line: str) -> Carried | None:
    """Return the event in a *line* of a table; null where it is none."""
    if not CANDIDATE.search(line):
        return None
    found = next((match for form in FORMS if (match := form.match(line))), None)
    return event(found.groupdict()) if found else None


def event(cells: dict[str, str | None]) -> Carried:
    """Return the event whose columns are *cells*: type, kind, name, source, message, namespace."""
    kind, name = (cells.get("kind") or "").lower(), cells.get("name") or ""
    is_pod, is_node = kind in {"pod", "pods"}, kind in {"node", "nodes"}
    host = (cells.get("source") or "").partition(", ")[2]
    return Carried(
        spoken(cells.get("reason"), SUBOBJECT.sub("", cells.get("message") or "").strip()),
        node=name if is_node else host or None,
        namespace=cells.get("namespace"),
        pod=_pod(name) if is_pod else None,
        writer=f"event/{kind}/{name}".lower(),
        component="events",
        level=level_of(cells.get("type")),
    )


def spoken(reason: str | None, message: str) -> str:
    """Return an event's reason and message as one text; the reason stands before it, once."""
    return f"{reason}: {message}" if reason and message and reason not in message else message


def _pod(name: str) -> str:
    """Return the pod that an event called *name* is of: old tables give the event's own name."""
    return re.sub(r"\.[0-9a-f]{14,16}$", "", name)


def _fits(sample: Sequence[str]) -> bool:
    return any(event_of(line) is not None for line in sample)


def _peel(frame: pl.DataFrame) -> pl.DataFrame:
    candidates = frame.select(pl.col("text").str.contains(CANDIDATE.pattern).fill_null(value=False))
    rows = candidates.to_series().arg_true()
    if rows.is_empty():
        return frame
    carried = [event_of(text) or NOTHING for text in frame["text"].gather(rows)]
    found = columns_of(carried).select(pl.all().name.prefix("_new_")).with_columns(_row=rows)
    wide = frame.with_row_index("_row").join(found, on="_row", how="left", maintain_order="left")
    known = learn(wide, **{name: pl.col(f"_new_{name}") for name in LEARNED})
    return known.select(frame.columns)


EVENT_ROWS: Final = LineEnvelope("kubernetes-event-rows", _fits, _peel)
