"""Fuzz one target with atheris: ``python tests/fuzz/guided.py TARGET FINDINGS [libFuzzer's own]``.

A finding does not end the run: it is kept once for each place that raised, and the run goes on.
`scripts/fuzz` runs the targets one after the other and counts.
"""

from __future__ import annotations

import hashlib
import os
import random
import sys
import time
import traceback
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

os.environ.setdefault("POLARS_MAX_THREADS", "1")  # inputs are short: threads only wait

import atheris

with atheris.instrument_imports(include=["cnilog"]):
    from cnilog.errors import CnilogError
    from fuzz.mutations import mutated
    from fuzz.targets import TARGETS

KNOWING: Final = 0.5  # share of the mutations that know what a value, a time or a column is
SLOW: Final = 2.0  # seconds of CPU for an input of at most 16 KiB


class Findings:
    """What broke, an input for each place."""

    def __init__(self, target: str, folder: Path) -> None:
        self._target, self._folder = target, folder
        self._seen: set[str] = set()

    def keep(self, what: str, data: bytes, words: str) -> None:
        """Write *data* and what it did, unless the same was seen before."""
        if what in self._seen:
            return
        self._seen.add(what)
        name = f"{self._target}-{hashlib.sha256(what.encode()).hexdigest()[:10]}"
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / name).write_bytes(data)
        (self._folder / f"{name}.txt").write_text(words, "utf-8", "backslashreplace")
        print(f"FINDING {name}: {what}", file=sys.stderr)


def place(error: BaseException) -> str:
    """Return the kind of *error* and the last line of ours that it came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "cnilog" in one.filename or "fuzz" in one.filename]
    last = ours[-1] if ours else frames[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno} {last.name}"


def mutate(data: bytes, longest: int, seed: int) -> bytes:
    """Return *data* changed by one who knows its structure, or by libFuzzer."""
    dice = random.Random(seed)
    if dice.random() < KNOWING:
        return mutated(data, dice)[:longest]
    return bytes(atheris.Mutate(data, longest))


def main() -> None:
    """Fuzz until libFuzzer is told to end."""
    name, folder, *options = sys.argv[1:]
    run, findings = TARGETS[name].run, Findings(name, Path(folder))

    def guarded(data: bytes) -> None:
        begin = time.process_time()
        try:
            run(data)
        except CnilogError:
            pass
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of native code is no Exception
            findings.keep(place(error), data, traceback.format_exc())
        took = time.process_time() - begin
        if took > SLOW:
            findings.keep(f"slow {int(took).bit_length()}", data, f"{took:.1f} s of CPU")

    longest = f"-max_len={TARGETS[name].longest}"
    atheris.Setup([sys.argv[0], longest, *options], guarded, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
