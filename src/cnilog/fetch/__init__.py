"""Bring logs here from where they are: CloudWatch Logs, and a cluster through the user's kubectl.

What is fetched lies in a folder that an analysis reads as it is.
"""

from __future__ import annotations

from cnilog.fetch.cloudwatch import fetch_cloudwatch
from cnilog.fetch.kube import fetch_kube

__all__ = ["fetch_cloudwatch", "fetch_kube"]
