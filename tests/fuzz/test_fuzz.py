"""No seed and no mutation of one breaks a promise; what fuzzing found stays found."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from effort import examples
from fuzz.mutations import mutated
from fuzz.seeds import FOLDER, corpus
from fuzz.targets import TARGETS

from cnilog.errors import CnilogError

FOUND = Path(__file__).parent / "found"
# Of each target, heavy or not: the long runs are scripts/fuzz.
MUTANTS = {True: examples(5), False: examples(100)}


def feed(target: str, data: bytes) -> None:
    try:
        TARGETS[target].run(data)
    except CnilogError:
        return


def test_every_target_has_seeds_and_the_script_makes_them() -> None:
    made = {target: bool(seeds) for target, seeds in corpus().items()}

    assert made == dict.fromkeys(TARGETS, True)
    assert {path.name for path in FOLDER.iterdir()} == set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_no_seed_and_no_mutation_of_one_breaks_a_promise(target: str) -> None:
    dice = random.Random(target)
    seeds = [path.read_bytes() for path in sorted((FOLDER / target).iterdir())]
    some = seeds if not TARGETS[target].heavy else dice.sample(seeds, min(examples(3), len(seeds)))
    mutants = (mutated(dice.choice(seeds), dice) for _ in range(MUTANTS[TARGETS[target].heavy]))

    for data in (*some, *mutants):
        feed(target, data)


@pytest.mark.parametrize("path", sorted(FOUND.glob("*/*")), ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    feed(path.parent.name, path.read_bytes())


STRING = re.compile(rb'"(?:[^"\\\n]|\\.)*"')
DOCUMENTS = ("document-envelopes", "documents", "read", "iam", "saved-reports")


@pytest.mark.parametrize("target", DOCUMENTS)
@pytest.mark.parametrize("value", [rb'"\ud800"', rb'"\u0000 x\udfff"'])
def test_half_a_pair_of_surrogates_anywhere_breaks_no_promise(target: str, value: bytes) -> None:
    dice = random.Random(target)
    seeds = [path.read_bytes() for path in sorted((FOLDER / target).iterdir())]
    some = [seed for seed in seeds if STRING.search(seed)]
    kept = some if not TARGETS[target].heavy else dice.sample(some, min(examples(3), len(some)))

    for seed in kept:
        for share in (1.0, 0.3):
            feed(
                target,
                STRING.sub(lambda one, s=share: value if dice.random() < s else one[0], seed),
            )  # type: ignore[misc]
    for seed in kept:  # the name of a key, too
        feed(
            target,
            seed.replace(b'"stream"', value).replace(
                b'"message"', b'"message", ' + value + b":1", 1
            ),
        )
