r"""Every group of messages is answered as its place in the source says, one line of each alone.

``groups.tsv`` holds a message of each group: who writes it, what the answer must be, and the
causes that it may name, the likeliest first. `first`: that one comes first. `three`: the line
cannot tell, so it is among the first three. `quiet`: it is harmless or mends itself, so nothing is
claimed.
"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest

from cnilog.analysis import analyze

TABLE = Path(__file__).with_name("groups.tsv")
LINES = TABLE.read_text("utf-8").splitlines()
ROWS = list(csv.DictReader(LINES, delimiter="\t", quoting=csv.QUOTE_NONE))
FILES = {
    "ipamd": "ipamd.log",
    "plugin": "plugin.log",
    "egress": "egress-v6-plugin.log",
    "npa": "network-policy-agent.log",
    "metrics": "cni-metrics-helper.log",
    "entry": "aws-node.log",
    "entryerr": "aws-node.log",
    "seelog": "ipamd.log",
    "addcmd": "events.txt",
    "kubeletmsg": "events.txt",
    "noderdy": "paste.txt",
}
SANDBOX = (
    "  Warning  FailedCreatePodSandBox  2m (x12 over 4m)  kubelet  Failed create pod sandbox: "
    'rpc error: code = Unknown desc = failed to set up sandbox container "0c1d2e3f" network for '
    'pod "web-0": NetworkPlugin cni failed to set up pod "web-0_shop" network: {}'
)
NOT_TRIED = {  # its line alone says nothing, or another table has it
    "C22": "the list of causes has imds-stale for it now",
    "D15": "a request of the runtime that no release of it sends",
    "E13": "told as the symptom ipamd-not-serving",
    "E17": "told as the symptom ipamd-exited",
    "E18": "in a script's trace without a writer",
    "E19": "the list of causes has none for a broken image",
    "E21": "told as the symptom probe-failed",
    "G4": "a panic, which needs its stack",
    "K8": "a capacity that no kubelet reports",
    "K10": "klog of the reflector: in the patterns' own examples",
    "N1": "a wrap: what it wraps is in N2 and N3",
    "P1": "told as the symptom ipamd-connection-refused",
}


def _line(writer: str, message: str) -> str:
    """Return *message* as *writer* prints it."""
    if writer == "entryerr":
        said, error = message.split("|", 1)
        tail = f" error={json.dumps(error)}"
        return f'time="2026-01-05T09:15:10Z" level=error msg={json.dumps(said)}{tail}'
    if writer == "entry":
        return f'time="2026-01-05T09:15:10Z" level=error msg={json.dumps(message)}'
    if writer == "seelog":
        return f"2019-06-06T15:27:45Z [ERROR]\t{message}"
    if writer in {"addcmd", "kubeletmsg"}:
        return SANDBOX.format(message)
    if writer == "noderdy":
        return message
    ts = "2026-01-05T09:15:10.010Z"
    return json.dumps({"level": "error", "ts": ts, "caller": "x/x.go:1", "msg": message})


def _told(folder: Path, row: dict[str, str]) -> list[tuple[str, str]]:
    message = row["message"].replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\")
    file = folder / FILES[row["writer"]]
    file.write_text(_line(row["writer"], message) + "\n", "utf-8")
    return [(one.id, one.confidence) for one in analyze(folder).causes]


def _ids(rows: list[dict[str, str]]) -> list[str]:
    return [f"{row['group']}-{row['says']}" for row in rows]


@pytest.mark.parametrize("row", ROWS, ids=_ids(ROWS))
def test_a_line_alone_is_answered_as_its_place_says(row: dict[str, str], tmp_path: Path) -> None:
    allowed = row["causes"].split(",")
    found = _told(tmp_path, row)
    named, loud = [one for one, _ in found], {one for one, sure in found if sure != "possible"}

    assert loud <= (set(allowed) if row["says"] != "quiet" else set())
    if row["says"] != "quiet":
        assert allowed[0] in named[: 1 if row["says"] == "first" else 3]


def test_every_group_of_the_facts_is_tried(shared: Path) -> None:
    facts = (shared / "facts/errors.md").read_text("utf-8")
    groups = set(re.findall(r"(?m)^\| ([A-Z]\d+)[a-g]? \|", facts))
    tried = {found[0] for row in ROWS if (found := re.match(r"[A-Z]\d+", row["group"]))}

    assert groups - tried == set(NOT_TRIED)
