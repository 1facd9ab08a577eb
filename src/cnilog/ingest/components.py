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
from cnilog.ingest.sayings import by_klog, by_logrus, by_text
from cnilog.lazily import regex
from cnilog.schema import COMPONENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
OWN: Final = ("zap", "seelog", "logrus")  # formats whose lines tell a program of the CNI
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
HINTS: Final = ("by_caller", "by_klog", "by_logrus", "by_text")
HINTED: Final = (
    ("klog",),
    ("logrus",),
    ("plain text", "json"),
)  # formats that all but the first need
NOBODY: Final = "unknown"  # is no component: a text of nothing but sentences names no program


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
    frame = frame.with_columns(*hints, *_of_few(frame))
    strange = _strange() if _has_few(frame) else pl.lit(value=False)
    callers = pl.col("by_caller").filter(pl.col("format") == "zap").drop_nulls()
    agent = pl.col("component").filter(pl.col("format") == "json").drop_nulls()
    told = pl.coalesce(
        callers.mode(maintain_order=True).first(),
        agent.filter(agent == "network-policy-agent").first(),
        pl.when(strange).then(pl.lit("other")),
        pl.lit("ipamd"),
    )
    bare = pl.col("format").is_null().all()
    return frame.group_by(of, maintain_order=True).agg(
        usual=pl.when(bare).then(pl.lit(NOBODY)).otherwise(told)
    )


def _strange() -> pl.Expr:
    """Return whether another program wrote a file: of lines that tell, all are such a one's.

    A panic, what a library prints and what kubectl says before a log tell nothing.
    """
    form, told = pl.col("format"), pl.col("component")
    notice = pl.col("ts").is_null() & (told == "other")
    who = pl.coalesce(
        pl.when(form == "klog").then("by_klog"),
        pl.when(form == "logrus").then("by_logrus"),
        "by_text",
        pl.when(~notice & ~form.is_in(["zap", "seelog"])).then(told.cast(pl.String)),
    )
    mute = form.is_in(["go panic", "klog", "plain text"]) & who.is_null()
    tells = who.filter(form.is_not_null() & ~mute)
    return (tells == "other").fill_null(value=False).all() & (tells.len() > 0)


def by_caller(caller: pl.Expr) -> pl.Expr:
    """Return the program whose source has the folder of *caller*; null where several may."""
    found = pl.lit(None, dtype=pl.String)
    for words, name in reversed(CALLERS):
        found = pl.when(caller.str.contains(words)).then(pl.lit(name)).otherwise(found)
    return found


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
        .when(pl.col("by_text").is_not_null())
        .then("by_text")
        .when(form == "plain text")
        .then(pl.when(pl.col("usual") != "other").then(pl.lit("entrypoint")))
        .when(form.is_in(["zap", "json"]))
        .then(caller)
    )
    known = pl.col("known")
    named = pl.when(known == "aws-node").then(pl.coalesce(pl.when(form == "zap").then(caller), two))
    found = pl.coalesce(named.otherwise(known), guess, pl.col("usual"))
    told = pl.coalesce(pl.col("component"), found.cast(COMPONENT, strict=False))
    if (frame["component"] == "other").any():
        told = pl.coalesce(_own(guess).cast(COMPONENT, strict=False), told)
    return _hinted(frame).select(told.alias("component")).to_series()


def _own(guess: pl.Expr) -> pl.Expr:
    """Return which program of the CNI a line is of, where its journal only says ``other``.

    A journal that has a container's id for a name knows less than the line itself.
    """
    form = pl.col("format")
    found = pl.coalesce(guess, pl.when(form == "seelog").then("usual"))
    ours = form.is_in(OWN) & ~found.is_in(["containerd", "other"])
    return pl.when((pl.col("component") == "other") & ours).then(found)


def _hinted(frame: pl.DataFrame) -> pl.DataFrame:
    """Return *frame* with `HINTS`; of many rows only what is needed, and each caller asked once."""
    by_folder = by_caller(pl.col("caller")).alias(HINTS[0])
    if frame.height < MANY:
        return frame.with_columns(by_folder, *_of_few(frame))
    needed = frame.select("format", "component", "known", "usual")
    return needed.with_columns(*_each_once(frame["caller"], (by_folder,)), *_of_few(frame))


def _has_few(frame: pl.DataFrame) -> bool:
    """Return whether *frame* has rows of formats that are `HINTED`: most files have none."""
    return not {name for forms in HINTED for name in forms}.isdisjoint(frame["format"].unique())


def _of_few(frame: pl.DataFrame) -> Iterator[pl.Expr | pl.Series]:
    """Yield the `HINTS` that only rows of few formats need."""
    if not _has_few(frame):
        yield from (pl.lit(None, dtype=pl.String).alias(name) for name in HINTS[1:])
        return
    told = (by_klog(pl.col("caller")), by_logrus(), by_text())
    for name, forms, hint in zip(HINTS[1:], HINTED, told, strict=True):
        yield _of_some(frame, forms, hint.alias(name))


def _each_once(callers: pl.Series, hints: Sequence[pl.Expr]) -> pl.DataFrame:
    """Return the *hints* of *callers*, asked of each once."""
    caller = pl.col("caller")
    each = callers.unique().drop_nulls().to_frame("caller")
    each = each.select(caller, *(one.alias(n) for one, n in zip(hints, HINTS, strict=False)))
    return callers.to_frame("caller").select(
        caller.replace_strict(each["caller"], each[name], default=None).alias(name)
        for name in HINTS[: len(hints)]
    )


def _of_some(frame: pl.DataFrame, forms: Sequence[str], hint: pl.Expr) -> pl.Series:
    """Return the *hint* of the rows of those formats, null for the others."""
    rows = frame["format"].is_in(forms).fill_null(value=False).arg_true()
    name = hint.meta.output_name()
    none = pl.Series(name, [None], dtype=pl.String).new_from_index(0, frame.height)
    asked = frame.select("format", "component", "caller", "message", "ts")[rows]
    return none.scatter(rows, asked.select(hint).to_series())
