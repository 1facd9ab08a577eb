"""Redact every shared case and sample and every scenario, and compare the diagnoses.

The diagnosis of a redacted copy must be that of the original: the same causes in the same order,
as sure, as often, for the same number of nodes; the same symptoms, noise and accounting.
"""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cnilog.analysis import analyze
from cnilog.discovery.generate import DEFAULT_ERA, ERAS, SCENARIOS, generate
from cnilog.discovery.generate.eras import number as release
from cnilog.errors import CnilogError
from cnilog.redacted import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnilog.finding import Report

REPOSITORY = Path(__file__).parents[1]
KEY = b"the same stand-ins in every run"
LAYOUTS = (("folder", "plain"), ("kubectl", "plain"), ("bundle", "cri"), ("cloudwatch", "plain"))


def digest(report: Report) -> dict[str, Any]:
    """Return what must be the same in the report of a redacted copy."""
    return {
        "accounting": report.accounting.model_dump(),
        "versions": (report.versions.cni, sorted(report.versions.by_node.values())),
        "causes": [
            (
                *(one.id, one.confidence, one.severity, one.count, one.recovered),
                *(one.period_s, one.first_seen, one.last_seen, sorted(one.explains)),
                len(one.nodes),
                sorted(reason.effect for reason in one.reasons),
            )
            for one in report.causes
        ],
        "symptoms": [(one.id, one.count, sorted(one.explained_by)) for one in report.symptoms],
        "noise": sorted((one.id, one.count) for one in report.noise),
        "sources": sorted(
            (one.component or "", tuple(one.formats), one.lines, one.records)
            for one in report.sources
            if not one.skipped
        ),
    }


def told(source: Path) -> dict[str, Any]:
    """Return the digest of the report on *source*, or that there is none."""
    try:
        return digest(analyze(source))
    except CnilogError:
        return {"refused": True}


def differences(source: Path, scratch: Path) -> list[str]:
    """Return what the redacted copy of *source* is diagnosed otherwise in."""
    out = scratch / "copy"
    try:
        redact(source, out, key=KEY)
    except CnilogError as error:
        return [] if told(source) == {"refused": True} else [f"is not redacted: {error}"]
    before, after = told(source), told(out)
    return [
        f"{key}: {before.get(key)} became {after.get(key)}"
        for key in before | after
        if before.get(key) != after.get(key)
    ]


def sources(shared: Path, scratch: Path) -> Iterator[tuple[str, Path]]:
    """Yield a name and a path for everything there is to compare."""
    if (shared / "cases").is_dir():
        yield from ((case.name, case / "logs") for case in sorted((shared / "cases").iterdir()))
        for folder in sorted((shared / "samples").iterdir()):
            if folder.is_dir():
                yield f"samples/{folder.name}", folder
                for path in sorted(folder.rglob("*")):
                    if path.is_file():
                        name = path.relative_to(shared / "samples")
                        alone = scratch / f"alone-{len(list(scratch.iterdir()))}"
                        (alone / name).parent.mkdir(parents=True)
                        (alone / name).write_bytes(path.read_bytes())
                        yield f"samples/{name}", alone
    for number, name in enumerate(SCENARIOS):
        layout, envelope = LAYOUTS[number % len(LAYOUTS)]
        folder = scratch / f"{name}-{layout}"
        era = next(era for era in (DEFAULT_ERA, *ERAS) if _prints(name, era))
        files = generate(name, layout=layout, envelope=envelope, seed=number, era=era)
        for path, data in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        yield f"{name} as {layout}", folder


def _prints(name: str, era: str) -> bool:
    low, high = SCENARIOS[name].since, SCENARIOS[name].until
    return release(low) <= release(era) <= release(high)


def compared(one: tuple[str, Path]) -> tuple[str, list[str]]:
    """Return the name of *one*, and what its redacted copy is diagnosed otherwise in."""
    name, path = one
    with tempfile.TemporaryDirectory() as scratch:
        return name, differences(path, Path(scratch))


def main() -> int:
    """Compare all, several at a time; return the exit code."""
    shared = Path(os.environ.get("CNILOG_SHARED", REPOSITORY.parent / "shared")).resolve()
    wanted = sys.argv[1:]
    count = failed = 0
    os.environ["POLARS_MAX_THREADS"] = "1"  # of each worker: the sources are short
    workers = ProcessPoolExecutor(mp_context=get_context("forkserver"))
    with tempfile.TemporaryDirectory() as made, workers:
        every = sources(shared, Path(made))
        chosen = [one for one in every if not wanted or any(word in one[0] for word in wanted)]
        for name, found in workers.map(compared, chosen, chunksize=8):
            count += 1
            failed += bool(found)
            for text in found:
                print(f"{name}: {text[:1500]}", flush=True)
    print(f"{count - failed} of {count} diagnosed as before")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
