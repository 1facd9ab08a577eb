"""The generator writes what a release prints, the same bytes every time, or says why not."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest

from cnilog.discovery.generate import SCENARIOS, generate
from cnilog.discovery.generate.damage import DAMAGES
from cnilog.discovery.generate.layouts import LAYOUTS
from cnilog.discovery.generate.make import eras_of
from cnilog.discovery.generate.wraps import ENVELOPES
from cnilog.errors import SourceError, UnknownNameError

REPOSITORY = Path(__file__).parents[3]


def _eras(name: str) -> tuple[str, ...]:
    return eras_of(SCENARIOS[name])


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_writes_the_same_bytes_for_the_same_seed(name: str) -> None:
    era = _eras(name)[0]

    assert generate(name, era=era, seed=5) == generate(name, era=era, seed=5)


def test_another_seed_is_another_cluster() -> None:
    assert generate("healthy", seed=1) != generate("healthy", seed=2)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_can_be_lived_in_every_era_it_claims(name: str) -> None:
    for era in _eras(name):
        assert any(data for data in generate(name, era=era).values())


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_has_files(layout: str) -> None:
    assert generate("irsa-trust", layout=layout)


@pytest.mark.parametrize("envelope", ENVELOPES)
def test_an_envelope_keeps_the_words(envelope: str) -> None:
    files = generate("irsa-trust", layout="kubectl", envelope=envelope)
    text = b"".join(files.values())

    assert b"Checking for IPAM connectivity" in text


@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "none"])
def test_damage_changes_the_bytes(damage: str) -> None:
    era = "v1.11.5"

    assert generate("ipv6-only-policy", era=era, damage=damage) != generate(
        "ipv6-only-policy", era=era
    )


def test_an_era_without_that_message_names_the_eras_that_have_it() -> None:
    with pytest.raises(SourceError, match=r"v1\.7\.10 does not print this.*v1\.10\.4"):
        generate("ip-families-disabled", era="v1.7.10")


def test_a_layout_that_shows_nothing_names_those_that_do() -> None:
    with pytest.raises(SourceError, match=r"kubectl shows none of its lines.*bundle"):
        generate("ipamd-refused", layout="kubectl")


def test_standard_output_carries_what_ipamd_says_in_the_order_of_time() -> None:
    files = generate("irsa-trust", layout="stdout")
    text = next(data for path, data in files.items() if not path.endswith("events.txt"))

    assert b"Checking for IPAM connectivity" in text
    assert b"Initialization failure" in text
    stamps = re.findall(rb'(?:"ts":|time=)"([^"]{19})', text)
    assert stamps == sorted(stamps)


def test_kubelet_says_three_times_that_the_probe_failed_before_it_kills() -> None:
    kubelet = generate("irsa-trust", layout="folder")["kubelet.log"].decode()

    assert kubelet.count('"Probe failed" probeType="Liveness"') == 3 * 3


@pytest.mark.parametrize("era", ["banana", "v1.18", "v9.0.0"])
def test_a_release_that_is_none_names_the_eras(era: str) -> None:
    with pytest.raises(UnknownNameError, match=r"no era.*v1\.23\.0"):
        generate("healthy", era=era)


def test_an_unknown_scenario_names_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="healthy"):
        generate("no-such-thing")


def test_the_founding_log_retries_every_two_seconds_past_the_sixtieth() -> None:
    folder = REPOSITORY / "sample_logs/ipv6-only-policy/logs"
    seconds = {
        int(json.loads(line)["ts"][17:19])
        for path in folder.glob("aws-node-*.log")
        for line in path.read_text("utf-8").splitlines()
    }

    assert {60, 61, 62} & seconds


def test_the_samples_are_what_their_script_writes(tmp_path: Path) -> None:
    sys.path.insert(0, str(REPOSITORY / "scripts"))
    try:
        import make_samples
    finally:
        sys.path.pop(0)
    make_samples.write(tmp_path)

    assert _tree(tmp_path) == _tree(REPOSITORY / "sample_logs")


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
