"""Region, zone and instance type are read wherever a bundle has them, and nowhere else."""

from __future__ import annotations

import pytest

from cnilog.documents import read
from cnilog.finding import Document

NODE = """
apiVersion: v1
kind: Node
metadata:
  name: ip-10-0-3-7
  labels:
    {labels}
"""


def told(file: str, text: str, node: str | None = "n1") -> dict[str, object]:
    facts = read([Document(file, text, node=node)])
    return {fact.name: fact.value for fact in facts if fact.name.startswith("node.")}


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        pytest.param(
            "b.tgz!b/system/availability-zone.txt",
            "ap-southeast-2c\n",
            {"node.zone": "ap-southeast-2c", "node.region": "ap-southeast-2"},
            id="zone tells the region",
        ),
        pytest.param(
            "system/region.txt", "us-gov-west-1", {"node.region": "us-gov-west-1"}, id="region"
        ),
        pytest.param(
            "system/availability-zone.txt",
            "us-west-2-lax-1a\n",
            {"node.zone": "us-west-2-lax-1a", "node.region": "us-west-2"},
            id="local zone",
        ),
        pytest.param(
            "system/instance-type.txt",
            "m6g.2xlarge\n",
            {"node.instance_type": "m6g.2xlarge"},
            id="instance type",
        ),
        pytest.param("notes.txt", "eu-west-1a\n", {}, id="another name"),
        pytest.param("system/region.txt", "404 - Not Found\n", {}, id="no answer"),
    ],
)
def test_a_one_line_file_says_what_its_name_says(
    file: str, text: str, expected: dict[str, str]
) -> None:
    assert told(file, text) == expected


@pytest.mark.parametrize("prefix", ["topology.kubernetes.io", "failure-domain.beta.kubernetes.io"])
def test_labels_of_old_and_new_clusters_tell_zone_and_region(prefix: str) -> None:
    labels = f"{prefix}/zone: eu-west-3b\n    {prefix}/region: eu-west-3"

    assert told("nodes.yaml", NODE.format(labels=labels)) == {
        "node.zone": "eu-west-3b",
        "node.region": "eu-west-3",
    }
