"""Say which program wrote a line by what it says: by its source file in klog, by its sentences.

A file's name and a caller's folder tell more, where they are there (`cnilog.ingest.components`).
"""

from __future__ import annotations

from typing import Final

import polars as pl

# Without (?-u) a \w is 140,000 letters, and the three regexes take ten times as long to build.
KUBELET: Final = (
    r"(?-u)^(?:kubelet\w*|pod_workers|kuberuntime_\w+|prober|prober_manager|remote_runtime|cni|reconciler"
    r"\w*|scope|log|pod_startup_latency_tracker|status_manager|container_manager\w*|docker_\w+|"
    r"util|eviction_manager|setters|nodestatus|pod_container_deletor|operation_generator|"
    r"desired_state\w*|state_\w+|cloud_request_manager|csi_\w+|secret|configmap|topology_manager|"
    r"cpu_manager|memory_manager|policy_\w+|manager|server|plugins|factory|feature_gate|"
    r"kubelet_\w+|generic|event|dynamic_cafile_content|certificate_manager|transport|"
    r"image_gc_manager|qos_container_manager_linux|controller)\.go"
)
KUBE_PROXY: Final = (
    r"(?-u)^(?:proxier\w*|server_(?:others|linux)|\w*slicecache|\w+changetracker)\.go"
)
# The CNI's programs print klog lines through what they import, client-go and apimachinery; a few
# files of their own do, too (k8sutils; up to v1.6 those of the metrics helper).
LIBRARIES: Final = (
    r"(?-u)^(?:reflector|memcache|request|warnings|with_retry|urlbackoff|client_config|config|loader|"
    r"\w*discovery\w*|round_trippers?|shortcut|restmapper|mapper|listers|store|cache|"
    r"\w*fifo|mutation_\w+|shared_informer|informer\w*|\w*watch\w*|until|leaderelection|"
    r"leasecandidate|event\w*|\w+_rotation|token_source|certificate_\w+|csr|exec|plugin|"
    r"\w*consistency_detector|\w*queue|parallelizer|features|envvar|meta|unstructured|helpers|"
    r"selector|codec|converter|json|protobuf|http|interface|runtime|trace|wait|retry|backoff|"
    r"k8sutils|cni-metrics-helper|\w*metrics|publisher|ec2wrapper)\.go"
)

# All that the entrypoint and init say in logrus (v1.12.1 on), and the operator SDK that ipamd had
# for ENIConfigs up to v1.6; ipamd itself and the plugin never use it.
SAID: Final = (
    r"^(?:Starting IPAM|Checking for IPAM|Retrying |Timed out waiting for IPAM|IPAMD stopped|"
    r"Copying |Copied all CNI|Successfully copied CNI|CNI init container|Updat(?:ing|ed) |"
    r"Found primary|Setting WARM_|Started (?:aws-node|Init)|Required executable|aws-vpc-cni failed|"
    r"To support IPv6|Failed to (?:copy |delete file|enable (?:nft|[Ii][Pp]v6|tcp_early)|"
    r"disable tcp_early|execute command|generate 10-aws|get (?:Node IP|primary)|install |"
    r"list links|read |retrieve primary|set (?:disable_ipv6|rp_filter)|use ip6?tables|"
    r"wait for IPAM|configure |parse variable)|failed to retrieve (?:ipv6|local-ipv4) address|"
    r"\S+ (?:must|MUST|cannot) be |"
    r"\S+ is not a valid json|Watching crd\.|Metrics service|failed to (?:initialize|create) serv)"
)
# With Go's plain logger only what the CNI's programs import writes: gRPC, net/http, the SDK, and
# the health probe of v1.5.2 to v1.6 (line-formats §9).
STAMPED: Final = (
    r"^(?:http2?: |grpc: |transport: |proto: |WARNING: |DEBUG: |maxprocs: |\[controller-runtime\]|"
    r"[0-9]{4}-|falling back |> remoteUrl=|parsed options:|cancellation received|"
    r"connection establis(?:t|h)ed|establishing connection|error: |timeout: |time elapsed: |"
    r"status: |service unhealthy)"
)
ASKED: Final = " client-addr="  # a field of the Pod Identity agent's, in all that it says


def by_klog(caller: pl.Expr) -> pl.Expr:
    """Return the program whose source has the file of *caller*, null for a library's.

    What is neither of a library nor of a program that is known was written by some other one.
    """
    return (
        pl.when(caller.str.contains(KUBELET))
        .then(pl.lit("kubelet"))
        .when(caller.str.contains(KUBE_PROXY))
        .then(pl.lit("kube-proxy"))
        .when(~caller.str.contains(LIBRARIES))
        .then(pl.lit("other"))
    )


def by_logrus() -> pl.Expr:
    """Return the program that wrote a line of logrus, where no name tells.

    The entrypoint and init print whole seconds, a closed list of sentences, and no field but an
    error behind them (line-formats §5); containerd prints nanoseconds.
    """
    field = pl.col("message").str.extract(r" ([a-z](?-u:\w)*)=\S", 1)
    cilium = pl.col("message").str.contains(" subsys=", literal=True)  # behind an error, too
    return (
        pl.when(pl.col("ts").dt.microsecond() > 0)
        .then(pl.lit("containerd"))
        .when((field != "error") | cilium | ~pl.col("message").str.contains(SAID))
        .then(pl.lit("other"))
        .otherwise(pl.lit("entrypoint"))
    )


def by_text() -> pl.Expr:
    """Return ``other`` where a line's words say that no program of the CNI wrote it."""
    form, message = pl.col("format"), pl.col("message")
    stamped = (form == "plain text") & pl.col("ts").is_not_null() & pl.col("component").is_null()
    strange = stamped & ~message.str.contains(STAMPED)
    json = form == "json"
    asked = json & message.str.contains(ASKED, literal=True)
    return pl.when(strange | asked | (json & _counted())).then(pl.lit("other"))


def _counted() -> pl.Expr:
    """Return whether a time is finer than milliseconds: a count of seconds, zap's own default.

    The CNI's programs write times in ISO 8601 with milliseconds, in every release (§2, §4).
    """
    return pl.col("ts").dt.microsecond() % 1000 > 0
