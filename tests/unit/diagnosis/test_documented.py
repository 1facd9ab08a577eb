"""What a document shows is a symptom, too; what a line shows is not told twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilog.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """\
NAME             READY   STATUS    RESTARTS   AGE
aws-node-4ntn7   {row}   12m
"""
DESCRIBED = """\
  {container}:
    Container ID:  containerd://0c1d2e
    Image:         111122223333.dkr.ecr.eu-west-1.amazonaws.com/amazon-k8s-cni:v1.18.2
    State:          Waiting
      Reason:       CrashLoopBackOff
    Last State:     Terminated
      Reason:       Error
      Exit Code:    1
    Ready:          False
    Restart Count:  6
"""


def symptoms(folder: Path, text: str) -> set[str]:
    (folder / "pasted.txt").write_text(text, "utf-8")
    return {one.id for one in analyze(folder).symptoms}


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("1/1     Running            0", set()),
        ("0/1     Running            0", {"aws-node-not-ready"}),
        ("0/1     CrashLoopBackOff   21", {"aws-node-not-ready", "aws-node-crashloop"}),
    ],
)
def test_a_table_of_pods_shows_it(tmp_path: Path, row: str, shown: set[str]) -> None:
    assert symptoms(tmp_path, TABLE.format(row=row)) == shown


@pytest.mark.parametrize(
    ("container", "shown"),
    [
        ("aws-node", {"aws-node-not-ready", "aws-node-crashloop"}),
        ("aws-eks-nodeagent", {"npa-not-ready", "npa-exits"}),
    ],
)
def test_a_part_of_a_description_tells_of_its_container(
    tmp_path: Path, container: str, shown: set[str]
) -> None:
    assert symptoms(tmp_path, DESCRIBED.format(container=container)) == shown


def test_statuses_cut_out_of_a_pod_tell_of_their_container(tmp_path: Path) -> None:
    text = """\
  containerStatuses:
  - name: aws-eks-nodeagent
    ready: false
    restartCount: 6
    state:
      waiting:
        reason: CrashLoopBackOff
  - name: aws-node
    ready: true
    restartCount: 0
    state:
      running: {}
"""
    assert symptoms(tmp_path, text) == {"npa-not-ready", "npa-exits"}


def test_what_a_line_says_is_not_told_twice(tmp_path: Path) -> None:
    (tmp_path / "events.txt").write_text(
        "Warning  BackOff  1m (x9 over 4m)  kubelet  Back-off restarting failed container aws-node "
        "in pod aws-node-4ntn7_kube-system\n",
        "utf-8",
    )
    (tmp_path / "pods.txt").write_text(TABLE.format(row="0/1     CrashLoopBackOff   21"), "utf-8")
    found = [one for one in analyze(tmp_path).symptoms if one.id == "aws-node-crashloop"]

    assert [one.evidence[0].file.rpartition("/")[2] for one in found] == ["events.txt"]
