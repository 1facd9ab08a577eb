"""An analysis as a notebook sees it: frames to filter, charts to look at, a page in the cell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from cnilog import analysis, matching
from cnilog.catalog import load_catalog
from cnilog.errors import SourceError
from cnilog.ingest.frame import read
from cnilog.notebook import frames
from cnilog.notebook.plot import Plot
from cnilog.report import View, render

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

    from cnilog.analysis import Selection
    from cnilog.catalog import Catalog
    from cnilog.finding import Report

    Source = str | Path | Sequence[str | Path]


def analyze(
    source: Source, *, catalog: Catalog | None = None, selection: Selection | None = None
) -> Analysis:
    """Return what is wrong in *source*, why, and what to do.

    Args:
        source: A file, a folder, an archive, ``-`` for standard input, or several of them.
        catalog: The patterns to look for; the shipped catalog where it is left out.
        selection: A span of time, nodes or components to look at; everything where left out.

    Raises:
        SourceError: Nothing in *source* could be read.
    """
    catalog = catalog or load_catalog()
    report = analysis.analyze(source, catalog=catalog, selection=selection)
    return Analysis(report, source, catalog)


@dataclass(frozen=True, repr=False)
class Analysis:
    """What was found in a source.

    Show it in a cell for the answer; its parts are Polars frames, `plot` draws them.

    Attributes:
        report: The frozen document that reporters write; its JSON is the contract.
        source: What was analyzed; null where only a saved report is there.
        catalog: The patterns that were looked for.
    """

    report: Report
    source: Source | None = None
    catalog: Catalog | None = None

    @property
    def verdict(self) -> str:
        """The answer in one sentence."""
        return self.report.verdict

    @cached_property
    def causes(self) -> pl.DataFrame:
        """The causes, best first. Schema `cnilog.notebook.frames.CAUSES`."""
        return frames.causes(self.report)

    @cached_property
    def symptoms(self) -> pl.DataFrame:
        """The symptoms. Schema `cnilog.notebook.frames.SYMPTOMS`."""
        return frames.symptoms(self.report)

    @cached_property
    def evidence(self) -> pl.DataFrame:
        """The places that show a finding. Schema `cnilog.notebook.frames.EVIDENCE`."""
        return frames.evidence(self.report)

    @cached_property
    def reasons(self) -> pl.DataFrame:
        """Why each cause is as sure as it is. Schema `cnilog.notebook.frames.REASONS`."""
        return frames.reasons(self.report)

    @cached_property
    def timeline(self) -> pl.DataFrame:
        """Signs, starts and recoveries. Schema `cnilog.notebook.frames.TIMELINE`."""
        return frames.timeline(self.report)

    @cached_property
    def levels(self) -> pl.DataFrame:
        """How many records of a level came when. Schema `cnilog.notebook.frames.LEVELS`."""
        return frames.levels(self.report)

    @cached_property
    def sources(self) -> pl.DataFrame:
        """The files that were looked at. Schema `cnilog.notebook.frames.SOURCES`."""
        return frames.sources(self.report)

    @cached_property
    def records(self) -> pl.DataFrame:
        """Every record, read now. Schema `cnilog.schema.RECORDS`."""
        if self.source is None:
            raise SourceError("a saved report: holds no records. Analyze the logs instead")
        return read(self.source)

    @cached_property
    def matches(self) -> pl.DataFrame:
        """The records that patterns describe. Schema `cnilog.schema.MATCHES`."""
        return matching.match(self.records, self.catalog or load_catalog())

    @property
    def plot(self) -> Plot:
        """Charts: `timeline()`, `intervals()`, `levels()`."""
        return Plot(self)

    def render(self, format: str = "text", view: View | None = None) -> str:
        """Return the report in a format of `cnilog.report.REPORTERS`."""
        return render(self.report, format, view)

    def save(self, path: str | Path) -> None:
        """Write the report as JSON; `cnilog report FILE` renders it again."""
        Path(path).write_text(self.render("json"), encoding="utf-8")

    def _repr_html_(self) -> str:
        from cnilog.report.html import cell

        return cell(self.report)

    def __repr__(self) -> str:
        """Return the verdict and how much is behind it."""
        files, causes = self.report.accounting.files, len(self.report.causes)
        return f"<Analysis of {files:,} files, {causes:,} causes: {self.verdict}>"

    def __str__(self) -> str:
        """Return the report as text."""
        return self.render("text")
