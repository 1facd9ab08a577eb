"""Read facts from files that are not logs: policies, objects, tables, dumps.

Documents are recognised by content. One that no reader knows gives no fact: nothing is guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cnilog.documents.aws import CLOUDTRAIL, SUBNET_TABLE, SUBNETS
from cnilog.documents.cluster import (
    CLUSTER,
    CLUSTER_ROLE,
    CRD_LIST,
    ENICONFIGS,
    NODES,
    SERVICE_ACCOUNT,
)
from cnilog.documents.container import INSPECTED, SETTINGS
from cnilog.documents.daemonset import DAEMONSET
from cnilog.documents.derived import derived
from cnilog.documents.host import CONFIGS, CONFLIST, IPTABLES, LINK, ROUTES, RULES
from cnilog.documents.iam import ATTACHED, MESSAGE, POLICY, SIMULATION, merged
from cnilog.documents.instances import INSTANCES, INTERFACES
from cnilog.documents.introspection import CHECKPOINT, METRICS, POOLS, REFUSED
from cnilog.documents.nodes import NODE_DESCRIPTION, NODE_TABLE
from cnilog.documents.pods import DESCRIBED, OBJECTS, TABLE
from cnilog.documents.terraform import TERRAFORM
from cnilog.documents.trust import BOUNDARY, TRUST, trust_facts
from cnilog.documents.whereabouts import WHEREABOUTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnilog.finding import Document, Fact

DOCUMENTS: Final = (  # a document may be of several kinds; the first one names it
    TABLE,
    DESCRIBED,
    OBJECTS,
    DAEMONSET,
    SERVICE_ACCOUNT,
    NODES,
    NODE_TABLE,
    NODE_DESCRIPTION,
    CLUSTER_ROLE,
    CRD_LIST,
    ENICONFIGS,
    CLUSTER,
    TRUST,
    BOUNDARY,
    POLICY,
    ATTACHED,
    MESSAGE,
    SIMULATION,
    POOLS,
    CHECKPOINT,
    METRICS,
    REFUSED,
    INSPECTED,
    SETTINGS,
    SUBNETS,
    SUBNET_TABLE,
    INSTANCES,
    INTERFACES,
    CLOUDTRAIL,
    CONFLIST,
    RULES,
    ROUTES,
    CONFIGS,
    IPTABLES,
    LINK,
    TERRAFORM,
    WHEREABOUTS,
)


def read(documents: Sequence[Document]) -> tuple[Fact, ...]:
    """Return the facts in *documents*, in their order, those of all policies together last."""
    facts = [
        fact
        for document in documents
        for reader in DOCUMENTS
        for fact in reader.read(document) or ()
    ]
    return derived((*facts, *merged(documents), *trust_facts(documents)))


def kind(document: Document) -> str | None:
    """Return what kind of document it is; null where no reader knows it."""
    for reader in DOCUMENTS:
        if reader.read(document) is not None:
            return reader.kind
    return None
