"""cnilog names the root cause in AWS VPC CNI logs, with the evidence and the fix.

    >>> import cnilog
    >>> report = cnilog.analyze("sample_logs/ipv6-only-policy/logs")
    >>> report.causes[0].id
    'iam-missing-ipv4-permissions'

Everything a notebook needs is in this module; the rest may change without notice.
"""

from __future__ import annotations

__version__ = "0.1.0"
