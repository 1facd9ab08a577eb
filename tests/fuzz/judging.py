"""Targets of judging: documents, policies, catalogs, expressions, whole analyses."""

from __future__ import annotations

from typing import Final

import polars as pl
import yaml
from fuzz.ingesting import written

from cnilog import diagnosis, ingest, matching
from cnilog import documents as reading_documents
from cnilog.analysis import analyze
from cnilog.catalog import load_catalog
from cnilog.catalog.expressions import compile_expression
from cnilog.catalog.load import facts
from cnilog.catalog.parse import parse_pattern
from cnilog.catalog.sense import MisfitError, check_catalog
from cnilog.catalog.versions import parse, within
from cnilog.discovery.explain import explain
from cnilog.documents import check as iam_check
from cnilog.finding import Document, Value
from cnilog.report import REPORTERS, View
from cnilog.schema import COMPONENT, COMPONENTS
from cnilog.selection import Selection

VALUES: Final[tuple[Value, ...]] = (None, True, 5, 1.5, "", "text", (), ("a", "text"))
CATALOG: Final = load_catalog()
FORMATS: Final = tuple(REPORTERS)
ROWS: Final = 12  # records that `judgements` judges: a writer's each, half a minute apart
LINES: Final = "".join(
    f'{{"level":"error","ts":"2026-01-05T09:{row // 2:02d}:{row % 2 * 30:02d}.000Z",'
    f'"caller":"ipamd/ipamd.go:1","msg":"{row}"}}\n'
    for row in range(ROWS)
)
READING: Final = ingest.read(written(LINES.encode()))


def documents(data: bytes) -> None:
    """No document makes a reader raise, and a fact's name is one of the closed list."""
    document = Document("case/document.json", data.decode("utf-8", "replace"))
    known = facts()
    for fact in reading_documents.read((document,)):
        assert fact.name in known, fact.name
    reading_documents.kind(document)


def iam(data: bytes) -> None:
    """A policy is judged or refused."""
    document = Document("policy.json", data.decode("utf-8", "replace"))
    found = iam_check.check((document,), mode=None)
    found.as_text()
    found.as_json()


def catalog(data: bytes) -> None:
    """A pattern loads or is refused with its place, and fits the others or is refused."""
    pattern = parse_pattern(data.decode("utf-8", "replace"), "pattern.yaml", family="software")
    try:
        check_catalog({pattern.id: pattern}, facts())
    except MisfitError:
        return


def expressions(data: bytes) -> None:
    """An expression or a range of versions is one, or the error says what one looks like."""
    text = data.decode("utf-8", "replace")
    try:
        test = compile_expression(text)
    except ValueError:
        test = None
    for value in VALUES:
        if test is not None:
            assert test(value, {"name": ("text",)}) in {True, False, None}
    try:
        parse(text)
    except ValueError:
        return
    within("v1.18.2-eksbuild.1", text)
    within(text, ">=1.0")


def selections(data: bytes) -> None:
    """A time that a user writes is one, or is refused."""
    text = data.decode("utf-8", "replace")
    Selection.of(since=text)
    Selection.of(until=text, components=(text,))


def explanations(data: bytes) -> None:
    """A line is explained, or nothing is known of it."""
    explain(CATALOG, data.decode("utf-8", "replace"))


def analyses(data: bytes) -> None:
    """A file becomes a report, and the report a page of some format."""
    report = analyze(written(data), catalog=CATALOG)
    assert report.accounting.holds()
    REPORTERS[FORMATS[len(data) % len(FORMATS)]](report, View())


def judgements(data: bytes) -> None:
    """Whatever records say, they are judged, and what is found was matched in one of them."""
    said = [part.decode("utf-8", "replace") for part in data.split(b"\n")[:ROWS]]
    said += [""] * (ROWS - len(said))
    component = pl.lit(COMPONENTS[len(data) % len(COMPONENTS)], dtype=COMPONENT)
    records = READING.records.with_columns(message=pl.Series(said), component=component)
    matches = matching.find(records, CATALOG)
    signs = matching.signs(matches, READING.runs, READING.histogram, CATALOG)
    report = diagnosis.diagnose(READING._replace(records=records), matches, signs, (), CATALOG)
    assert all(one.count > 0 for one in (*report.symptoms, *report.noise))
    REPORTERS["json"](report, View())


def loads(data: bytes) -> object:
    """Return the YAML value in *data*; null where there is none."""
    try:
        return yaml.load(data, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
