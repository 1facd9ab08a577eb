"""Starts that fail at the API server and what it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.discovery.generate.programs import (
    crash_loop,
    ipamd_until,
)
from cnilog.discovery.generate.stories.words import api_server_timeout

if TYPE_CHECKING:
    from cnilog.discovery.generate.world import Node


def apiserver_down(node: Node) -> None:
    """Get no answer from the API server's service address."""

    def attempt(turn: Node) -> None:
        ipamd_until(turn, "apiserver")
        for _ in range(3 if turn.since(1, 19, 4) else 11):
            api_server_timeout(turn)

    crash_loop(node, attempt)


def rbac_denied(node: Node) -> None:
    """Wait for caches that RBAC does not let fill."""

    def attempt(turn: Node) -> None:
        ipamd_until(turn, "cache" if turn.since(1, 19, 4) else "apiserver")
        if not turn.since(1, 19, 4):
            turn.play("ipamd", "ipamd-apiserver", until="cache")
        for _ in range(9):
            turn.say(
                "aws-node",
                f"E{turn.now:%m%d %H:%M:%S.%f}       1 reflector.go:138] pkg/mod/k8s.io/client-go/"
                "tools/cache/reflector.go:167: Failed to watch *v1alpha1.ENIConfig: failed to list "
                "*v1alpha1.ENIConfig: eniconfigs.crd.k8s.amazonaws.com is forbidden: User "
                '"system:serviceaccount:kube-system:aws-node" cannot list resource "eniconfigs" in '
                'API group "crd.k8s.amazonaws.com" at the cluster scope',
                plain=True,
                after=turn.random.uniform(1, 12),
            )

    crash_loop(node, attempt)
