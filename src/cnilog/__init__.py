"""cnilog names the root cause in AWS VPC CNI logs, with the evidence and the fix.

    >>> import cnilog
    >>> analysis = cnilog.analyze("sample_logs/ipv6-only-policy/logs")
    >>> analysis.causes["id"][0]
    'iam-missing-ipv4-permissions'

Everything a notebook needs is in this module; the rest may change without notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.lazily import names
from cnilog.version import __version__

if TYPE_CHECKING:
    from cnilog.analysis import Selection
    from cnilog.batch import Batch, open_batch
    from cnilog.catalog import Catalog, Pattern, load_catalog
    from cnilog.errors import (
        CatalogError,
        CnilogError,
        OutputError,
        SchemaError,
        SourceError,
        UnknownNameError,
    )
    from cnilog.finding import Cause, Evidence, Report, Symptom
    from cnilog.ingest.frame import read, scan
    from cnilog.notebook import Analysis, analyze
    from cnilog.reading import Reading
    from cnilog.report import View, render

# Where each public name lives. Imported when first asked for, so that the command line's help
# does not pay for Polars.
_HOMES: Final = {
    "Analysis": "cnilog.notebook",
    "Batch": "cnilog.batch",
    "CatalogError": "cnilog.errors",
    "Catalog": "cnilog.catalog",
    "Cause": "cnilog.finding",
    "CnilogError": "cnilog.errors",
    "Evidence": "cnilog.finding",
    "OutputError": "cnilog.errors",
    "Pattern": "cnilog.catalog",
    "Reading": "cnilog.ingest",
    "Report": "cnilog.finding",
    "SchemaError": "cnilog.errors",
    "Selection": "cnilog.analysis",
    "SourceError": "cnilog.errors",
    "Symptom": "cnilog.finding",
    "UnknownNameError": "cnilog.errors",
    "View": "cnilog.report",
    "analyze": "cnilog.notebook",
    "load_catalog": "cnilog.catalog",
    "open_batch": "cnilog.batch",
    "read": "cnilog.ingest.frame",
    "render": "cnilog.report",
    "scan": "cnilog.ingest.frame",
}

__all__ = [
    "Analysis",
    "Batch",
    "Catalog",
    "CatalogError",
    "Cause",
    "CnilogError",
    "Evidence",
    "OutputError",
    "Pattern",
    "Reading",
    "Report",
    "SchemaError",
    "Selection",
    "SourceError",
    "Symptom",
    "UnknownNameError",
    "View",
    "__version__",
    "analyze",
    "load_catalog",
    "open_batch",
    "read",
    "render",
    "scan",
]


if not TYPE_CHECKING:  # checkers know the names from above, and would take anything from here
    __getattr__ = names(__name__, _HOMES)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
