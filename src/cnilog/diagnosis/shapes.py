"""Tell lines of one template from lines of another: mask what varies, join what is left.

What has digits, quotes or the form of an identifier is a value and is masked. Where two shapes
then differ in a word, the word is a value if it names something (it stands behind *pod*,
*namespace* … or is not made of letters alone), or if there are many such words and each is rare.
Other words are the template's own: *attach* and *detach* are two failures, not one.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable

Shape = dict[str, Any]
BLANK: Final = "…"
TEMPLATE_MOST: Final = 300  # characters
LOOKED_AT: Final = 2_000  # the most frequent shapes
EXAMPLES: Final = 3
DIFFERENT_MOST: Final = 0.3  # share of the words in which two shapes of one template differ
MANY: Final = 6  # words in one place that are more likely names than parts of as many templates,
RARE: Final = 2  # where each comes no more often than this
NOUNS: Final = frozenset(
    {"account", "az", "bucket", "cluster", "container", "device", "endpoint", "eni", "file",
     "group", "host", "image", "interface", "key", "kind", "label", "link", "name", "namespace",
     "node", "pod", "policy", "region", "resource", "role", "service", "subnet", "table", "user",
     "volume", "workload", "zone"}
)  # fmt: skip
# what differs from line to line of one template
_MASKS: Final = (
    (r"\"[^\"]*\"", '"…"'),
    (r"'[^']*'", "'…'"),
    (r"\b[a-z0-9-]+-[bcdfghjklmnpqrstvwxz2456789]{5}\b(?:\.[\w.-]+)?", BLANK),  # pods: no vowels
    (r"\b[a-z]+-[0-9a-f]{8,17}\b", BLANK),
    (r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b", BLANK),
    (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", BLANK),
    (r"\b[0-9a-f]{1,4}(?::{1,2}[0-9a-f]{1,4}){2,7}\b", BLANK),  # IPv6
    (r"\b[0-9a-fA-F]{12,}\b", BLANK),
    (r"\b0x[0-9a-fA-F]+\b", BLANK),
    (r"-?\b(?:\d+(?:[.:,]\d+)*(?:/\d+)?(?:ns|µs|us|ms|s|m|h|[KMG]i?B?)?)+\b", BLANK),
)


def shapes_of(records: pl.DataFrame) -> list[Shape]:
    """Return the shapes of *records* (schema `RECORDS`), most frequent first, before joining."""
    masked = pl.col("message").str.slice(0, TEMPLATE_MOST)
    for shape, word in _MASKS:
        masked = masked.str.replace_all(shape, word)
    return (
        records.with_columns(template=masked, level=pl.col("level").cast(pl.String).fill_null(""))
        .group_by("template", "level", maintain_order=True)
        .agg(
            count=pl.len(),
            nodes=pl.col("node").drop_nulls().unique().sort(),
            first=pl.col("ts").min(),
            last=pl.col("ts").max(),
            whole=pl.col("message").first(),
            examples=pl.struct("file", "line", "ts", "message").head(EXAMPLES),
        )
        .sort("count", descending=True, maintain_order=True)
        .head(LOOKED_AT)
        .to_dicts()
    )


def joined(shapes: Iterable[Shape]) -> list[Shape]:
    """Return *shapes* with those of one template joined."""
    kept: defaultdict[tuple[str, int], list[Shape]] = defaultdict(list)
    for shape in shapes:
        words = shape["template"].split()
        near = kept[shape["level"], len(words)]
        for other in near:
            if _are_one(other["template"].split(), words):
                _join(other, shape)
                break
        else:
            near.append(shape)
    return [shape for group in kept.values() for shape in _families(group)]


def _are_one(words: list[str], others: list[str]) -> bool:
    """Return whether two shapes differ only in values, and in few of them."""
    apart = [at for at, (a, b) in enumerate(zip(words, others, strict=True)) if a != b]
    if len(apart) > DIFFERENT_MOST * len(words):
        return False
    return all(_is_value(words, at) or _is_value(others, at) for at in apart)


def _is_value(words: list[str], at: int) -> bool:
    word = words[at].strip(".,;:()[]{}\"'")
    before = words[at - 1].strip(".,;:()[]{}\"'").lower() if at else ""
    return BLANK in word or not word.isalpha() or before in NOUNS


def _families(shapes: list[Shape]) -> list[Shape]:
    """Join shapes that differ in one word, where there are many and each is rare."""
    rare = [shape for shape in shapes if shape["count"] <= RARE]
    if len(rare) < MANY:
        return shapes
    by_rest: defaultdict[tuple[int, str], list[Shape]] = defaultdict(list)
    for shape in rare:
        words = shape["template"].split()
        for at in range(1, len(words)):
            by_rest[at, " ".join((*words[:at], BLANK, *words[at + 1 :]))].append(shape)
    gone: set[int] = set()
    for some in sorted(by_rest.values(), key=len, reverse=True):
        left = [shape for shape in some if id(shape) not in gone]
        if len(left) >= MANY:
            for other in left[1:]:
                _join(left[0], other)
            gone |= {id(other) for other in left}
            shapes = [one for one in shapes if one is left[0] or all(one is not o for o in left)]
    return shapes


def _join(one: Shape, other: Shape) -> None:
    pairs = zip(one["template"].split(), other["template"].split(), strict=True)
    one["template"] = " ".join(a if a == b else BLANK for a, b in pairs)
    one["count"] += other["count"]
    one["nodes"] = sorted({*one["nodes"], *other["nodes"]})
    one["first"] = min((t for t in (one["first"], other["first"]) if t), default=None)
    one["last"] = max((t for t in (one["last"], other["last"]) if t), default=None)
    one["examples"] = (one["examples"] + other["examples"])[:EXAMPLES]
