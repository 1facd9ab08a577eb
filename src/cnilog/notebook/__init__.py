"""The library as a notebook uses it: analyze, look, filter.

    >>> analysis = cnilog.analyze("sample_logs/ipv6-only-policy/logs")
    >>> analysis.causes.select("id", "confidence")
    >>> analysis.plot.timeline()

The command line does without it.
"""

from __future__ import annotations

from cnilog.notebook.analysis import Analysis, analyze

__all__ = ["Analysis", "analyze"]
