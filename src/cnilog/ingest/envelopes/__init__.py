"""What wraps log lines on their way: recognise it, peel it off, hand the inner lines on.

Two kinds. A `LineEnvelope` wraps each line (a prefix, a JSON object per line): it looks at a
sample of lines and peels a whole frame at once. A `DocumentEnvelope` wraps many lines in one text
(a JSON array of events, a table, a spreadsheet): it takes the bytes of the file and gives the
lines it carries. Both hand on `PEELED`, and both nest: a document may carry lines that are
wrapped again. The inner text is always read by the same formats.

To add one: a file here with a constant, and its name in `LINE_ENVELOPES` or `DOCUMENT_ENVELOPES`.
Order matters: the first that fits is peeled, then the search starts again on what is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.ingest.envelopes.cri import CRI
from cnilog.ingest.envelopes.docker import DOCKER
from cnilog.ingest.envelopes.kubectl import KUBECTL_PREFIX, KUBECTL_TIMESTAMPS

if TYPE_CHECKING:
    from cnilog.ingest.envelope import DocumentEnvelope, LineEnvelope

LINE_ENVELOPES: Final[tuple[LineEnvelope, ...]] = (
    CRI,
    DOCKER,
    KUBECTL_PREFIX,
    KUBECTL_TIMESTAMPS,
)
DOCUMENT_ENVELOPES: Final[tuple[DocumentEnvelope, ...]] = ()
