"""A file of a few lines costs the same however many there are, and little: counted, not timed."""

from __future__ import annotations

import cProfile
import pstats
from typing import TYPE_CHECKING, Final

from cnilog.analysis import analyze

if TYPE_CHECKING:
    from pathlib import Path

FEW, MANY = 300, 1_500
MOST: Final = 1_400  # calls for a file; a frame for each of them adds as many again


def written(folder: Path, count: int) -> Path:
    """Write *count* files of three healthy lines, a hundred in each folder."""
    for number in range(count):
        node = folder / f"node-{number // 100:03d}"
        node.mkdir(parents=True, exist_ok=True)
        begin = f'{{"level":"debug","ts":"2026-03-02T10:{number % 60:02d}:0'
        (node / f"ipamd-{number % 100:03d}.log").write_text(
            f'{begin}0.050Z","caller":"rpc/rpc.pb.go:881",'
            f'"msg":"Received DelNetwork for Sandbox {number:064x}"}}\n'
            f'{begin}5.050Z","caller":"ipamd/ipamd.go:1195",'
            f'"msg":"Total number of interfaces found: 1 "}}\n'
            f'{begin}9.050Z","caller":"ipamd/ipamd.go:670",'
            f'"msg":"IP stats - total IPs: 14, assigned IPs: {number % 14}, cooldown IPs: 0"}}\n'
        )
    return folder


def calls(folder: Path, count: int) -> float:
    """Return how many functions the analysis of each of *count* files calls."""
    source = written(folder, count)
    profile = cProfile.Profile()
    report = profile.runcall(analyze, source)

    assert report.accounting.records == 3 * count
    return pstats.Stats(profile).total_calls / count


def test_a_small_file_costs_no_more_among_many(tmp_path: Path) -> None:
    analyze(written(tmp_path / "first", 1))  # what is loaded once
    few = calls(tmp_path / "few", FEW)
    many = calls(tmp_path / "many", MANY)

    assert many < few * 1.05
    assert many < MOST
