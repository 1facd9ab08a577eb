"""No seed and no mutation of one breaks a promise; what fuzzing found stays found."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from fuzz.seeds import FOLDER, corpus
from fuzz.targets import TARGETS

from cnilog.errors import CnilogError

FOUND = Path(__file__).parent / "found"
NUMBER = re.compile(rb"[0-9]+")
STRANGE = (  # numbers that no program prints, and that no int() or cast may meet unprepared
    *(b"9" * 5_000, b"9" * 25, b"-1", b"1e999", b"0x1f", b"1.5", b""),
    *(
        "\u0661\u0662".encode(),
        "\uff11\uff12".encode(),
        "\u00b2".encode(),
    ),  # digits of other scripts
)
MUTANTS = {True: 12, False: 150}  # of each target, heavy or not: the long runs are scripts/fuzz


def feed(target: str, data: bytes) -> None:
    try:
        TARGETS[target].run(data)
    except CnilogError:
        return


def mutated(data: bytes, dice: random.Random) -> bytes:
    """Return *data* after a few changes: numbers replaced, bytes flipped, pieces cut or moved."""
    if dice.random() < 0.3:
        share = dice.choice((0.05, 0.5, 1.0))
        strange = dice.choice(STRANGE)
        data = NUMBER.sub(lambda one: strange if dice.random() < share else one[0], data)
    text = bytearray(data or b"\0")
    for _ in range(dice.randrange(1, 6)):
        at, size = dice.randrange(len(text) + 1), dice.choice((1, 2, 8, 64))
        match dice.randrange(4):
            case 0:
                text[at : at + 1] = bytes((dice.randrange(256),))
            case 1:
                del text[at : at + size]
            case 2:
                text[at:at] = text[at : at + size] * dice.randrange(1, 4)
            case _:
                text[at:at] = dice.choice((b"\n", b"\0", b"\xff", b'"', b"\\", b"{", b"9" * 20))
    return bytes(text)


def test_every_target_has_seeds_and_the_script_makes_them() -> None:
    made = {target: bool(seeds) for target, seeds in corpus().items()}

    assert made == dict.fromkeys(TARGETS, True)
    assert {path.name for path in FOLDER.iterdir()} == set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
def test_no_seed_and_no_mutation_of_one_breaks_a_promise(target: str) -> None:
    dice = random.Random(target)
    seeds = [path.read_bytes() for path in sorted((FOLDER / target).iterdir())]
    some = seeds if not TARGETS[target].heavy else dice.sample(seeds, min(4, len(seeds)))
    mutants = (mutated(dice.choice(seeds), dice) for _ in range(MUTANTS[TARGETS[target].heavy]))

    for data in (*some, *mutants):
        feed(target, data)


@pytest.mark.parametrize("path", sorted(FOUND.glob("*/*")), ids=lambda path: path.name)
def test_what_was_found_stays_mended(path: Path) -> None:
    feed(path.parent.name, path.read_bytes())
