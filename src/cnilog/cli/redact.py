"""``cnilog redact``: a copy of a source that names nobody's cluster, diagnosed as the original."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cnilog.cli.options import Limit
from cnilog.errors import OutputError, SourceError

if TYPE_CHECKING:
    from cnilog.redacted import Summary

SHORTEST_KEY = 16  # bytes; a shorter one could be tried out
SHOWN = 20  # files that are listed


def redact(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A file, folder or archive; - is standard input.",
            show_default=False,
        ),
    ],
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            metavar="OUT",
            help="Where the copy goes: a folder for a folder, else a file.",
            show_default=False,
        ),
    ],
    key: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="A secret of 16 bytes or more: the same one gives the same stand-ins. "
            "Without it, one is drawn and thrown away.",
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--map",
            metavar="FILE",
            help="Write what each stand-in stands for, readable by you alone.",
        ),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD", help="Another name to replace; may be repeated."),
    ] = None,
    limit: Limit = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing on success.")] = False,
) -> None:
    """Write a copy without accounts, names, hosts, pods, addresses, ids and secrets."""
    from cnilog.cli.ending import complain
    from cnilog.ingest.limits import limits_of
    from cnilog.redacted import redact as copy

    secret, limits = _key(key), limits_of(limit or ())
    if mapping:
        _check(mapping, output)
    summary = copy(
        source, output, key=secret, names=name or (), mapping=mapping is not None, limits=limits
    )
    if mapping:
        _write_mapping(mapping, summary)
    for one in (*summary.left_out, *summary.damaged)[:SHOWN] if not quiet else ():
        complain(f"{one.file}: {one.reason}")
    if not quiet:
        _tell(summary, output)


def _key(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror}). Check the path") from error
    if len(key) < SHORTEST_KEY:
        raise SourceError(
            f"{path}: a key of {len(key)} bytes could be guessed. "
            f"Use {SHORTEST_KEY} or more, such as: head -c 32 /dev/urandom | base64 > key"
        )
    return key


def _check(mapping: Path, output: Path) -> None:
    from cnilog.cli.writing import check

    check(mapping)
    here, copy = mapping.resolve(), output.resolve()
    if here == copy or copy in here.parents:
        raise OutputError(f"{mapping}: would be given away with the copy. Choose another place")


def _write_mapping(path: Path, summary: Summary) -> None:
    """Write the mapping for its owner only, whatever the mode of a file that was there."""
    import os
    import tempfile

    lines = ("\t".join(_plain(part) for part in row) + "\n" for row in sorted(summary.mapping))
    beside = None
    try:
        handle, beside = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write("kind\toriginal\tstand-in\n")
            file.writelines(lines)
        Path(beside).replace(path)  # as mkstemp makes it: mode 0600
    except OSError as error:
        advice = "Name a file in a folder you may write to"
        raise OutputError(f"{path}: cannot be written ({error.strerror}). {advice}") from error
    finally:
        if beside:
            Path(beside).unlink(missing_ok=True)


def _plain(text: str) -> str:
    from cnilog.report.safety import visible

    return visible(text)


def _tell(summary: Summary, output: Path) -> None:
    """Say on standard error what was done: standard output may be where the copy goes."""
    from cnilog.report.safety import visible

    size = summary.size_bytes / 1e6
    typer.echo(f"{visible(str(output))}: {summary.files:,} files, {size:,.1f} MB of text", err=True)
    for kind, count in sorted(summary.replaced.items(), key=lambda item: -item[1]):
        distinct = summary.distinct.get(kind)
        different = f", {distinct:,} different" if distinct else ""
        typer.echo(f"  {kind:10} {count:>10,} replaced{different}", err=True)
    if not summary.replaced:
        typer.echo("  nothing to replace was found", err=True)
    if summary.left_out:
        typer.echo(f"  {len(summary.left_out)} files left out (see above)", err=True)
