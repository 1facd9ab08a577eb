"""Healthy nodes print a few lines again and again: none of them is kept for what it says.

A signal that looks for one of them costs every analysis its decoding and matching: in two gigabytes
there are ten million. Mark it ``steady``, or look for a line that is printed once a start.
"""

from __future__ import annotations

import pytest

from benchmarks.data import STEADY
from cnilog.catalog import load_catalog
from cnilog.ingest.hitting import SAFE

SOME: dict[str, int | str] = {
    "n": 27,
    "m": 45,
    "k": 3,
    "a": "0a1b2c3d4e5f6071",
    "b": "f0e1d2c3b4a59687",
}


@pytest.mark.parametrize("template", [text for _, _, text in STEADY])
def test_no_signal_looks_for_what_healthy_nodes_print_all_the_time(template: str) -> None:
    catalog = load_catalog()
    line = template.format(**SOME)

    held = [text for text in catalog.literals if text in line and text not in catalog.steady]
    wanted = {
        f"{pattern.id}.{name}: {text}"
        for pattern in catalog.patterns
        for name, signal in pattern.signals.items()
        for text in held
        if text in signal.contains and not signal.steady
    }

    assert wanted == set()


def test_a_steady_text_is_printed_as_it_is_by_every_encoder() -> None:
    steady = load_catalog().steady

    assert [text for text in steady if not SAFE.fullmatch(text)] == []
