"""EC2 instances and their limits: what ``aws ec2 describe-instances`` tells of a node.

The limits are the CNI's own table (pkg/vpc/vpc_ip_resource_limit.go, v1.23), written by
``scripts/build_instances.py``. A type that is not in it has no known limit, and gives no fact.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cnilog.documents.reader import Reader
from cnilog.documents.shapes import dig, line_of, mappings, values, walk
from cnilog.finding import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cnilog.finding import Document, Value


class Limits(NamedTuple):
    """What an instance type holds."""

    enis: int  # on the first network card
    addresses_per_eni: int  # the ENI's own among them
    nitro: bool  # prefixes need it


@cache
def limits() -> dict[str, Limits]:
    """Return the limits by instance type."""
    text = resources.files(__package__).joinpath("instances.csv").read_text("utf-8")
    return {
        row["type"]: Limits(int(row["enis"]), int(row["addresses_per_eni"]), row["nitro"] == "true")
        for row in csv.DictReader(text.splitlines())
    }


def _instances(document: Document) -> Iterable[Fact] | None:
    if '"InstanceType"' not in document.text or '"InstanceId"' not in document.text:
        return None
    found = [
        one
        for value in values(document.text)
        for one in walk(value)
        if isinstance(one.get("InstanceType"), str) and isinstance(one.get("InstanceId"), str)
    ]
    return [fact for one in found for fact in _of_instance(document, one)] if found else None


def _of_instance(document: Document, one: dict[str, Any]) -> Iterator[Fact]:
    name = one.get("PrivateDnsName")
    node = name if isinstance(name, str) and name else str(one["InstanceId"])
    told: dict[str, Value] = {
        "node.instance_type": one["InstanceType"],
        "node.zone": dig(one, "Placement", "AvailabilityZone"),
        "node.subnet": one.get("SubnetId"),
        "imds.hop_limit": dig(one, "MetadataOptions", "HttpPutResponseHopLimit"),
        "imds.endpoint": dig(one, "MetadataOptions", "HttpEndpoint"),
        "imds.tokens": dig(one, "MetadataOptions", "HttpTokens"),
    }
    line = line_of(document.text, str(one["InstanceId"]))
    for fact, value in told.items():
        if isinstance(value, str | int) and value != "":
            text = f"{node}: {fact.partition('.')[2].replace('_', ' ')} {value}"
            yield Fact(fact, value, document.file, line, node, text)
    most = limits().get(str(one["InstanceType"]))
    cards = mappings(one.get("NetworkInterfaces"))
    if most and cards:
        first = [card for card in cards if not dig(card, "Attachment", "NetworkCardIndex")]
        text = f"{node}: {len(first)} of {most.enis} ENIs of {one['InstanceType']}"
        full = len(first) >= most.enis
        yield Fact("ipamd.at_eni_limit", full, document.file, line, node, text)


def _interfaces(document: Document) -> Iterable[Fact] | None:
    """Read ``aws ec2 describe-network-interfaces``: ENIs of the CNI that nothing uses."""
    if '"NetworkInterfaceId"' not in document.text or '"InterfaceType"' not in document.text:
        return None
    found = [
        one
        for value in values(document.text)
        for one in walk(value)
        if isinstance(one.get("NetworkInterfaceId"), str) and "InterfaceType" in one
    ]
    if not found:
        return None
    loose = tuple(
        one["NetworkInterfaceId"]
        for one in found
        if one.get("Status") == "available"
        and str(one.get("Description", "")).startswith("aws-K8S-")
    )
    line = line_of(document.text, loose[0]) if loose else 1
    text = f"the CNI's, and attached to nothing: {', '.join(loose[:5])}" if loose else "none loose"
    return [Fact("enis.unattached", loose, document.file, line, text=text)]


INSTANCES: Final = Reader("instance description", _instances)
INTERFACES: Final = Reader("network interface description", _interfaces)
