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

from cnilog.ingest.envelopes.aws_table import AWS_TABLE, AWS_YAML
from cnilog.ingest.envelopes.aws_text import AWS_TEXT
from cnilog.ingest.envelopes.cloudwatch import CLOUDWATCH_EVENTS
from cnilog.ingest.envelopes.cloudwatch_export import CLOUDWATCH_EXPORT
from cnilog.ingest.envelopes.cri import CRI
from cnilog.ingest.envelopes.datadog import DATADOG
from cnilog.ingest.envelopes.docker import DOCKER
from cnilog.ingest.envelopes.docker_json import DOCKER_JSON
from cnilog.ingest.envelopes.dump import DUMP
from cnilog.ingest.envelopes.elastic import ELASTIC
from cnilog.ingest.envelopes.event_rows import EVENT_ROWS
from cnilog.ingest.envelopes.event_tables import EVENT_TABLE
from cnilog.ingest.envelopes.event_yaml import EVENT_YAML
from cnilog.ingest.envelopes.fluent_bit import FLUENT_BIT
from cnilog.ingest.envelopes.insights import INSIGHTS
from cnilog.ingest.envelopes.journal import JOURNAL
from cnilog.ingest.envelopes.journal_export import JOURNAL_EXPORT
from cnilog.ingest.envelopes.journal_json import JOURNAL_JSON
from cnilog.ingest.envelopes.json_documents import JSON_DOCUMENTS
from cnilog.ingest.envelopes.kernel import KERNEL
from cnilog.ingest.envelopes.kubectl import KUBECTL_PREFIX, KUBECTL_TIMESTAMPS
from cnilog.ingest.envelopes.loki import GRAFANA, LOGCLI, LOKI
from cnilog.ingest.envelopes.pasted import GREP, INDENTED, JSON_STRING, NUMBERED, QUOTED
from cnilog.ingest.envelopes.pods import (
    CONTAINER_PREFIX,
    ESCAPED_BRACKETS,
    POD_PREFIXES,
    SCREEN,
)
from cnilog.ingest.envelopes.splunk import SPLUNK
from cnilog.ingest.envelopes.spreadsheet import SPREADSHEET
from cnilog.ingest.envelopes.stern import STERN
from cnilog.ingest.envelopes.tables import CSV, MARKDOWN_TABLE
from cnilog.ingest.envelopes.tails import AWSLOGS, TAIL_DETAILED, TAIL_SHORT

if TYPE_CHECKING:
    from cnilog.ingest.envelope import DocumentEnvelope, LineEnvelope

LINE_ENVELOPES: Final[tuple[LineEnvelope, ...]] = (
    CRI,
    # JSON objects: the outermost first, they nest in this order
    SPLUNK, ELASTIC, LOKI, JOURNAL_JSON, STERN, INSIGHTS, CLOUDWATCH_EVENTS, FLUENT_BIT, DATADOG,
    DOCKER, *DOCKER_JSON, JSON_STRING,
    # prefixes: those with the most structure first
    QUOTED, SCREEN, KUBECTL_PREFIX, LOGCLI, GRAFANA, JOURNAL, KERNEL, GREP, NUMBERED,
    EVENT_ROWS, INDENTED, TAIL_DETAILED, AWSLOGS,
    *POD_PREFIXES, CONTAINER_PREFIX, CLOUDWATCH_EXPORT, KUBECTL_TIMESTAMPS, TAIL_SHORT,
    ESCAPED_BRACKETS,
)  # fmt: skip
DOCUMENT_ENVELOPES: Final[tuple[DocumentEnvelope, ...]] = (
    SPREADSHEET, *DUMP, *AWS_TEXT, *JSON_DOCUMENTS, JOURNAL_EXPORT, AWS_TABLE, MARKDOWN_TABLE, CSV,
    EVENT_YAML, AWS_YAML, EVENT_TABLE,
)  # fmt: skip
