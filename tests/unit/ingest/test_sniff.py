"""What is no log, and what is one although nothing but its sentences says so."""

from __future__ import annotations

import pytest

from cnilog.ingest.sniff import is_document


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
