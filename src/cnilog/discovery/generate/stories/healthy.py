"""Clusters where nothing is wrong, or where it healed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnilog.discovery.generate.programs import (
    IPAMD_START,
    add_pod,
    delete_pod,
    entrypoint,
    init_container,
    ipamd_until,
    serve,
    start,
    steady,
)
from cnilog.discovery.generate.stories.words import MAIN, api_server_timeout

if TYPE_CHECKING:
    from cnilog.discovery.generate.world import Node


def healthy(node: Node) -> None:
    """Start, run pods for some minutes."""
    start(node)
    steady(node, 4)


def scale_up(node: Node) -> None:
    """Take many pods at once; the pool keeps up."""
    start(node, pods=1)
    steady(node, 1)
    for _ in range(min(4, node.names["total"] - 1)):
        add_pod(node)
    steady(node, 2)


def scale_down(node: Node) -> None:
    """Lose pods; their addresses cool down."""
    start(node, pods=0)
    pods = [add_pod(node) for _ in range(3)]
    steady(node, 1)
    for pod in pods:
        delete_pod(node, pod)
    steady(node, 2)


def rolling_upgrade(node: Node) -> None:
    """Be replaced by the same release once, in good order."""
    start(node)
    steady(node, 2)
    node.say("ipamd", "Received shutdown signal, setting 'terminating' to true", caller=MAIN)
    node.wait(8)
    start(node, pods=2)
    steady(node, 2)


def late_api_server(node: Node) -> None:
    """Wait for kube-proxy at boot, then start well."""
    init_container(node)
    entrypoint(node, until="wait")
    ipamd_until(node, "apiserver")
    for _ in range(2):
        api_server_timeout(node)
    node.play("ipamd", "ipamd-apiserver", resume="apiserver")
    for script in IPAMD_START[2:]:
        node.play("ipamd", script)
    serve(node, pods=3)
    steady(node, 3)
