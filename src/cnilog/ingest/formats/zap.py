r"""Read the JSON that ipamd, the plugins and the policy agent write through zap.

    {"level":"info","ts":"2026-01-05T09:15:03.010Z","caller":"aws-k8s-agent/main.go:42","msg":"…"}

Only the plain form with its four keys in order: it is nearly every line there is, so it is cut
at the quotes and not parsed. Anything else in braces is for `json`. ``caller`` names the place
that called the function which logged, one frame too high (line-formats, §2). Since v1.6.1; the
same shape with ``"caller":"entrypoint.sh"`` is the shell script of v1.7.0 to v1.12.0.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from cnilog.ingest.escapes import escape, unescape
from cnilog.ingest.format import Entry, Format, decoded, level_of
from cnilog.ingest.times import iso_repaired, iso_time, plausible
from cnilog.schema import LEVEL

LEVELS: Final = "debug|info|warn|error|fatal|panic|dpanic"
TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}(?:Z|[+-][0-9]{4})"
HEAD: Final = rf'^\{{"level":"(?:{LEVELS})","ts":"{TIME}","caller":"[^"\\]*","msg":"'
LOOSE_QUOTE: Final = r'(?:^|[^\\])(?:\\\\)*"'  # a quote that ends the message before its end

TEXT: Final = pl.col("text")
TEST: Final = TEXT.str.ends_with('"}') & TEXT.str.contains(HEAD)


def _decode(frame: pl.DataFrame) -> pl.DataFrame:
    parts = frame.select(part=TEXT.str.splitn('","', 4)).unnest("part")
    message = parts["field_3"].str.slice(6).str.strip_suffix('"}')
    parts = parts.select(
        level=pl.col("field_0").str.slice(10),
        ts=pl.col("field_1").str.slice(5),
        caller=pl.col("field_2").str.slice(9),
    ).with_columns(message=_whole(message))
    shell = (parts["caller"] == "entrypoint.sh").any()
    return decoded(
        parts,
        ts=iso_time(pl.col("ts")) if _zoned(parts["ts"]) else _utc(pl.col("ts")),
        ts_repaired=iso_repaired(pl.col("ts")),
        level=_level(parts["level"]),
        caller=pl.col("caller"),
        message=pl.col("message"),
        component=pl.when(pl.col("caller") == "entrypoint.sh").then(pl.lit("entrypoint"))
        if shell
        else None,
    )


def _level(words: pl.Series) -> pl.Series:
    """Return the levels of *words*, nearly all of which are levels themselves."""
    levels = words.cast(LEVEL, strict=False)
    if not levels.has_nulls():
        return levels
    return words.to_frame().select(level_of(pl.col(words.name))).to_series()


def _whole(message: pl.Series) -> pl.Series:
    """Return *message* unescaped; null where it ends early and more keys follow."""
    quoted = message.str.contains('"', literal=True)
    if not quoted.any():
        return unescape(message)
    loose = message.filter(quoted).str.contains(LOOSE_QUOTE)
    if loose.any():
        message = message.scatter(quoted.arg_true().filter(loose), None)
    return unescape(message)


def _zoned(times: pl.Series) -> bool:
    return not times.str.ends_with("Z").all()


def _utc(time: pl.Expr) -> pl.Expr:
    """Return the instant of a time that is known to be UTC with milliseconds; the common one."""
    minute = time.str.slice(0, 16).str.to_datetime("%Y-%m-%dT%H:%M", time_unit="us", strict=False)
    millis = time.str.slice(17, 2).cast(pl.Int64) * 1000 + time.str.slice(20, 3).cast(pl.Int64)
    rest = (millis * 1000).cast(pl.Duration("us"))
    return plausible(minute + rest).dt.replace_time_zone("UTC")


def _write(entry: Entry) -> str:
    ts = f"{entry.ts:%Y-%m-%dT%H:%M:%S}.{entry.ts.microsecond // 1000:03d}Z"
    return (
        f'{{"level":"{entry.level}","ts":"{ts}","caller":"{entry.caller}",'
        f'"msg":"{escape(entry.message)}"}}'
    )


ZAP: Final = Format(
    "zap",
    TEST,
    _decode,
    sample='{"level":"info","ts":"2026-01-05T09:15:03.010Z","caller":"ipamd/ipamd.go:1","msg":"x"}',
    write=_write,
)
