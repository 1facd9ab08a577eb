"""What is measured: cnilog and the tools people know, over the same lines."""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import data
from benchmarks.measure import Cost, compare
from cnilog.catalog import load_catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

CLI: Final = (sys.executable, "-m", "cnilog")
HERE: Final = Path(__file__).parent
FOUNDING: Final = HERE.parent / "sample_logs" / "ipv6-only-policy" / "logs"
WHOLE: Final = 1_000_000
READ: Final = "import sys, cnilog; print(cnilog.read(sys.argv[1]).height)"

Commands = dict[str, "Sequence[str]"]


def analyze(path: Path) -> list[str]:
    """Return the command that is measured."""
    return [*CLI, "analyze", str(path), "--format", "json", "--no-progress"]


def against_tools(folder: Path, count: int, runs: int) -> dict[str, Cost]:
    """Measure plain files against the references; the slow ones with a million lines only."""
    source = data.plain(folder / f"plain-{count}", count)
    literals = folder / "literals.txt"
    literals.write_text("\n".join(load_catalog().literals) + "\n", "utf-8")
    commands: Commands = {"cnilog analyze": analyze(source)}
    if shutil.which("rg"):
        commands["rg -c -F -f"] = [
            *("rg", "-c", "-F", "-f", str(literals), "-j", "2", str(source)),
        ]
    bare = data.json_only(source, folder / f"json-{count}")
    commands["scan_ndjson filter"] = [sys.executable, str(HERE / "ndjson.py"), str(bare)]
    if count == WHOLE:
        commands |= _slow(source, literals)
    return compare(commands, runs=runs)


def _slow(source: Path, literals: Path) -> Commands:
    files = [str(path) for path in sorted(source.glob("*/*.log"))]
    commands: Commands = {}
    if shutil.which("jq"):
        commands["jq select"] = ["jq", "-cR", 'fromjson? | select(.level=="error")', *files]
    if shutil.which("lnav"):
        commands["lnav, filter errors"] = [
            *("lnav", "-n", "-q", "-c", ":set-min-log-level error", *files),
        ]
    if importlib.util.find_spec("drain3"):
        commands["drain3"] = [sys.executable, str(HERE / "drain.py"), str(source)]
    commands["python loop"] = [sys.executable, str(HERE / "loop.py"), str(source), str(literals)]
    return commands


def envelopes(folder: Path, count: int, runs: int) -> dict[str, Cost]:
    """Measure the same lines plain, spoiled here and there, compressed and inside envelopes."""
    source = data.plain(folder / f"plain-{count}", count)
    commands = {
        "plain": analyze(source),
        "damaged": analyze(data.damaged(source, folder / f"damaged-{count}")),
    }
    for kind in data.WRAPS:
        commands[kind] = analyze(data.wrapped(source, folder / f"{kind}-{count}", kind))
    array = data.cloudwatch(source, folder / f"cloudwatch-{count}" / "events.json")
    commands["one CloudWatch JSON"] = analyze(array)
    return compare(commands, runs=runs)


def growth(folder: Path, count: int, runs: int) -> dict[str, Cost]:
    """Measure twice and four times as many lines, and the same lines in more files."""
    commands: Commands = {}
    for times in (1, 2, 4):
        lines = count * times
        commands[f"{lines:,} lines"] = analyze(data.plain(folder / f"plain-{lines}", lines))
    for files in (40, 160):
        path = data.plain(folder / f"plain-{count}-in-{files}", count, files)
        commands[f"{count:,} lines in {files} files"] = analyze(path)
    return compare(commands, runs=runs)


def files(folder: Path, number: int, runs: int) -> dict[str, Cost]:
    """Measure *number* files of twenty lines each, plain and inside envelopes."""
    commands: Commands = {}
    for kind in data.SMALL:
        path = folder / f"small-{kind}-{number}"
        commands[kind] = analyze(data.small(path, kind, number))
    return compare(commands, runs=runs)


def bundles(folder: Path, number: int, runs: int) -> dict[str, Cost]:
    """Measure *number* archives of the log collector against rg over what they hold."""
    source = data.bundles(folder / f"bundles-{number}", number)
    commands: Commands = {"cnilog analyze": analyze(source)}
    if shutil.which("rg"):
        literals = folder / "literals.txt"
        literals.write_text("\n".join(load_catalog().literals) + "\n", "utf-8")
        held = str(_unpacked(source, folder / f"unpacked-{number}"))
        commands["rg -c -F -f"] = ["rg", "-c", "-F", "-f", str(literals), "-j", "2", held]
    return compare(commands, runs=runs)


def _unpacked(source: Path, folder: Path) -> Path:
    for path in sorted(source.glob("*.tar.gz")):
        target = folder / path.name.removesuffix(".tar.gz")
        if not target.exists():
            with tarfile.open(path) as archive:
                archive.extractall(target, filter="data")
    return folder


def fixed(folder: Path, count: int, runs: int) -> dict[str, Cost]:
    """Measure the start, the founding case, and the reading of every line into a frame."""
    source = data.plain(folder / f"plain-{count}", count)
    bare = data.json_only(source, folder / f"json-{count}")
    return compare(
        {
            "cnilog --help": [*CLI, "--help"],
            "import polars": [sys.executable, "-c", "import polars"],
            "founding case": analyze(FOUNDING),
            "cnilog.read, all lines": [sys.executable, "-c", READ, str(source)],
            "scan_ndjson collect": [
                *(sys.executable, str(HERE / "ndjson.py"), str(bare), "--collect"),
            ],
        },
        runs=runs,
    )
