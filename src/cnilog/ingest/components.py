"""Say which program wrote a record: by file and container name, by format, by the caller's folder.

The container ``aws-node`` holds two programs: the entrypoint (logrus, shell) and ipamd (zap, klog,
panics). The caller is one frame too high to tell which function logged, but its folder tells the
program.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import polars as pl

from cnilog.ingest.hitting import MANY
from cnilog.lazily import regex
from cnilog.schema import COMPONENT

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES: Final = tuple(
    (regex(words, re.IGNORECASE), found)
    for words, found in (  # container, unit or file name → program; the first that is found
        (r"egress-(?:v[46]-)?(?:cni|plugin)", "egress-plugin"),
        (r"network-policy|nodeagent|ebpf-sdk|policy-agent", "network-policy-agent"),
        (r"metrics-helper", "metrics-helper"),
        (r"(?:aws-vpc-cni|cni)-init|aws-node-init|initContainer", "init"),
        (r"entrypoint", "entrypoint"),
        (r"ipamd|aws-k8s-agent|(?:^|[/_.-])ipam(?:[._-]|$)", "ipamd"),
        (r"(?:^|[/_.]|cni-)plugin(?:[._-]|$)|routed-eni-cni", "plugin"),
        (r"kube-?proxy", "kube-proxy"),
        (r"kubelet", "kubelet"),
        (r"containerd|docker(?:d|\.log|-daemon)", "containerd"),
        (r"(?:^|[/_.-])events?(?:[._-]|$)", "events"),
        (r"aws-node", "aws-node"),
    )
)
SCRIPTED: Final = ("logrus", "plain text")  # formats of the entrypoint in a container of two
CALLERS: Final = (  # folder of the caller → program; folders that several share are left out
    (r"^(?:routed-eni-cni-plugin|driver)/", "plugin"),
    (r"^egress-(?:v4-)?cni(?:-plugin)?/", "egress-plugin"),
    (
        r"^(?:ebpf|controllers|maps|loader|progs|tc|clihelper|fwrp|npcontroller)/",
        "network-policy-agent",
    ),
    (r"^(?:cni-metrics-helper|publisher)/", "metrics-helper"),
    (
        r"^(?:ipamd|aws-k8s-agent|awsutils|awssession|datastore|eniconfig|k8sapi|ec2wrapper)/",
        "ipamd",
    ),
)
HINTS: Final = ("by_caller", "by_klog", "by_logrus")
NOBODY: Final = "unknown"  # is no component: a text of nothing but sentences names no program
KUBELET: Final = (
    r"^(?:kubelet\w*|pod_workers|kuberuntime_\w+|prober|prober_manager|remote_runtime|cni|reconciler"
    r"\w*|scope|log|pod_startup_latency_tracker|status_manager|container_manager\w*|docker_\w+|"
    r"util|eviction_manager|setters|nodestatus|pod_container_deletor|operation_generator|"
    r"desired_state\w*|state_\w+|cloud_request_manager|csi_\w+|secret|configmap|topology_manager|"
    r"cpu_manager|memory_manager|policy_\w+|manager|server|plugins|factory|feature_gate|"
    r"kubelet_\w+|generic|event|dynamic_cafile_content|certificate_manager|transport|"
    r"image_gc_manager|qos_container_manager_linux|controller)\.go"
)
KUBE_PROXY: Final = r"^(?:proxier\w*|server_(?:others|linux)|\w*slicecache|\w+changetracker)\.go"
# The CNI's programs print klog lines through what they import, client-go and apimachinery; a few
# files of their own do, too (k8sutils; up to v1.6 those of the metrics helper).
LIBRARIES: Final = (
    r"^(?:reflector|memcache|request|warnings|with_retry|urlbackoff|client_config|config|loader|"
    r"\w*discovery\w*|round_trippers?|shortcut|restmapper|mapper|listers|store|cache|"
    r"\w*fifo|mutation_\w+|shared_informer|informer\w*|\w*watch\w*|until|leaderelection|"
    r"leasecandidate|event\w*|\w+_rotation|token_source|certificate_\w+|csr|exec|plugin|"
    r"\w*consistency_detector|\w*queue|parallelizer|features|envvar|meta|unstructured|helpers|"
    r"selector|codec|converter|json|protobuf|http|interface|runtime|trace|wait|retry|backoff|"
    r"k8sutils|cni-metrics-helper|\w*metrics|publisher|ec2wrapper)\.go"
)


def program(*names: str | None) -> str | None:
    """Return the program that the first telling one of *names* belongs to; ``aws-node`` is two."""
    for name in names:
        for words, found in NAMES:
            if name and words.search(name):
                return found
    return None


def base_name(file: str) -> str:
    """Return the last part of *file*, and the folder before it where that says nothing."""
    parts = re.split(r"[/!\\]", file)
    return (
        "/".join(parts[-2:])
        if re.fullmatch(r"[0-9]+\.log.*|[0-9]{6}(?:\.gz)?", parts[-1])
        else parts[-1]
    )


def usual(frame: pl.DataFrame, of: str) -> pl.DataFrame:
    """Return for each value of the column *of* the program that wrote its plain zap lines.

    Where no line has a format, nobody is known: a pattern that asks for a component then takes
    the sentence for what it says.

    Args:
        frame: Decoded rows from the begin of one or several files.
        of: The column that tells the files apart.

    Returns:
        *of* and ``usual``, in order of first appearance.
    """
    by_folder = by_caller(pl.col("caller")).alias(HINTS[0])
    once = frame.height >= MANY  # of many rows, each caller is asked once
    hints = _each_once(frame["caller"], (by_folder,)) if once else (by_folder,)
    frame = frame.with_columns(*hints, by_logrus=by_logrus())
    callers = pl.col("by_caller").filter(pl.col("format") == "zap").drop_nulls()
    logrus = pl.col("by_logrus").filter(pl.col("format") == "logrus")
    strange = pl.col("format").is_in(["logrus", "go panic"]).all() & (logrus != "entrypoint").all()
    agent = pl.col("component").filter(pl.col("format") == "json").drop_nulls()
    told = pl.coalesce(
        callers.mode(maintain_order=True).first(),
        agent.filter(agent == "network-policy-agent").first(),
        pl.when(strange & (logrus.len() > 0)).then(pl.lit("other")),
        pl.lit("ipamd"),
    )
    bare = pl.col("format").is_null().all()
    return frame.group_by(of, maintain_order=True).agg(
        usual=pl.when(bare).then(pl.lit(NOBODY)).otherwise(told)
    )


def by_caller(caller: pl.Expr) -> pl.Expr:
    """Return the program whose source has the folder of *caller*; null where several may."""
    found = pl.lit(None, dtype=pl.String)
    for words, name in reversed(CALLERS):
        found = pl.when(caller.str.contains(words)).then(pl.lit(name)).otherwise(found)
    return found


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

    The entrypoint and init print whole seconds, and no field but an error behind the message
    (line-formats §4); containerd prints nanoseconds.
    """
    field = pl.col("message").str.extract(r" ([a-z]\w*)=\S", 1)
    cilium = pl.col("message").str.contains(" subsys=", literal=True)  # behind an error, too
    return (
        pl.when(pl.col("ts").dt.microsecond() > 0)
        .then(pl.lit("containerd"))
        .when((field != "error") | cilium)
        .then(pl.lit("other"))
        .otherwise(pl.lit("entrypoint"))
    )


def components(frame: pl.DataFrame) -> pl.Series:
    """Return the component of each decoded row of *frame*.

    The row has, beside what was decoded, ``known`` (the `program` of its container or file, null
    where nothing tells) and ``usual`` (the `usual` program of its file).
    """
    form, caller = pl.col("format"), pl.col("by_caller")
    two = pl.when(form.is_in(SCRIPTED)).then(pl.lit("entrypoint")).otherwise(pl.lit("ipamd"))
    guess = (
        pl.when(form == "klog")
        .then("by_klog")
        .when(form == "logrus")
        .then("by_logrus")
        .when(form == "plain text")
        .then(pl.lit("entrypoint"))
        .when(form.is_in(["zap", "json"]))
        .then(caller)
    )
    known = pl.col("known")
    named = pl.when(known == "aws-node").then(pl.coalesce(pl.when(form == "zap").then(caller), two))
    found = pl.coalesce(named.otherwise(known), guess, pl.col("usual"))
    told = pl.coalesce(pl.col("component"), found.cast(COMPONENT, strict=False))
    return _hinted(frame).select(told).to_series()


def _hinted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with `HINTS`; of many rows only what is needed, and each caller asked once."""
    form, caller = pl.col("format"), pl.col("caller")
    of_caller = (by_caller(caller), by_klog(caller))
    if frame.height < MANY:
        hints = (*of_caller, pl.when(form == "logrus").then(by_logrus()))
        return frame.with_columns(one.alias(name) for one, name in zip(hints, HINTS, strict=True))
    callers = _each_once(frame["caller"], of_caller)
    needed = frame.select("format", "component", "known", "usual")
    return needed.with_columns(*callers, _by_logrus(frame))


def _each_once(callers: pl.Series, hints: Sequence[pl.Expr]) -> pl.DataFrame:
    """Return the *hints* of *callers*, asked of each once."""
    caller = pl.col("caller")
    each = callers.unique().drop_nulls().to_frame("caller")
    each = each.select(caller, *(one.alias(n) for one, n in zip(hints, HINTS, strict=False)))
    return callers.to_frame("caller").select(
        caller.replace_strict(each["caller"], each[name], default=None).alias(name)
        for name in HINTS[: len(hints)]
    )


def _by_logrus(frame: pl.DataFrame) -> pl.Series:
    """Return `by_logrus` of the rows of that format, null for the others."""
    rows = (frame["format"] == "logrus").fill_null(value=False).arg_true()
    none = pl.Series("by_logrus", [None], dtype=pl.String).new_from_index(0, frame.height)
    if rows.is_empty():
        return none
    return none.scatter(rows, frame.select("message", "ts")[rows].select(by_logrus()).to_series())
