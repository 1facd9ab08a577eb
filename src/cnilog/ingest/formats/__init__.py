"""Ways to write log lines: found by content, line by line, since writers mix in one file.

A format is a file here and its place in `FORMATS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.formats.echo import ECHO
from cnilog.ingest.formats.json import JSON
from cnilog.ingest.formats.klog import KLOG
from cnilog.ingest.formats.logrus import LOGRUS
from cnilog.ingest.formats.panic import PANIC
from cnilog.ingest.formats.seelog import SEELOG
from cnilog.ingest.formats.zap import ZAP

if TYPE_CHECKING:
    from cnilog.ingest.format import Format

# A line belongs to the first that accepts it: the common and cheap ones first.
FORMATS: Final[tuple[Format, ...]] = (ZAP, LOGRUS, SEELOG, KLOG, JSON, PANIC, ECHO)
