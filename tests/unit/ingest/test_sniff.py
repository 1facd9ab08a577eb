"""What is no log, and what is one although nothing but its sentences says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnilog.ingest import sniff
from cnilog.ingest.formats import FORMATS
from cnilog.ingest.formats.zap import ZAP
from cnilog.ingest.sniff import is_document

SAMPLES = [
    path
    for path in sorted((Path(__file__).parents[3] / "sample_logs").rglob("*"))
    if path.is_file() and path.suffix != ".log" and path.name != "case.json"
]


@pytest.mark.parametrize(
    "pasted",
    [
        "add cmd: failed to assign an IP address to container\n",
        "runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady\n",
        "We see this on our nodes, help!\n\n```\nadd cmd: failed to x\n```\nversion 1\n",
        'Failed create pod sandbox: rpc error: code = Unknown\n\n"web-0" waits\n',
        "api error InsufficientCidrBlocks: The subnet does not have enough free cidr blocks\n",
        'plugin type="aws-cni" failed (add): fork/exec /opt/cni/bin/aws-cni: exec format error\n',
    ],
)
def test_sentences_of_a_program_in_trouble_are_a_log_under_any_name(pasted: str) -> None:
    assert not is_document(pasted, "question.txt")


@pytest.mark.parametrize(
    "table",
    [
        "NAME             READY   STATUS   RESTARTS  AGE\naws-node-x2b4c  0/1  Error  7  9m\n",
        "0:\tfrom all lookup local\n512:\tfrom all to 10.0.37.9 lookup main\n",
        "Name:  aws-node-x2b4c\nReady:  False\nState:  Waiting\n  Back-off restarting\n",
    ],
)
def test_tables_and_descriptions_stay_documents(table: str) -> None:
    assert is_document(table, "question.txt")


def test_a_file_named_as_evidence_stays_a_document() -> None:
    assert is_document("note: it failed to start\n", "values.yaml")


TEXTS = {path.name: path.read_text("utf-8") for path in SAMPLES}
LINES = {form.name: f"we saw\n\n{form.sample}\n\nonce\n" for form in FORMATS}
CARRIED = {
    "in an envelope": f"2026-01-05T09:15:03.010000000Z stderr F {ZAP.sample}\n",
    "coloured": f"\x1b[31m{ZAP.sample}\x1b[0m\n",
    "wrapped": "\n".join(ZAP.sample[at : at + 60] for at in range(0, len(ZAP.sample), 60)) + "\n",
}


@pytest.mark.parametrize(
    "text", [*TEXTS.values(), *LINES.values(), *CARRIED.values()], ids=[*TEXTS, *LINES, *CARRIED]
)
def test_the_quick_answer_is_that_of_reading_every_line(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = is_document(text, "file.txt")
    monkeypatch.setattr(sniff, "_is_plain", lambda lines: False)

    assert is_document(text, "file.txt") is quick


def test_a_plain_document_is_told_by_one_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sniff, "decode", None)  # nobody asks for it

    assert is_document("NAME   READY   STATUS\nweb-0   1/1   Running\n", "pods.txt")
