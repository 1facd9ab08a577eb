"""What an analysis of a scenario's own logs must say, by layout and era."""

from __future__ import annotations

import itertools
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from cnilog.discovery.generate import SCENARIOS, Scenario, generate
from cnilog.discovery.generate.damage import DAMAGES
from cnilog.discovery.generate.layouts import LAYOUTS, SHOWN
from cnilog.discovery.generate.make import eras_of
from cnilog.discovery.generate.wraps import ENVELOPES
from cnilog.finding import Report

WRAPPED = ("folder", "kubectl", "stdout")  # layouts that have a choice of envelopes
HARMLESS = [name for name in DAMAGES if name != "shuffled"]  # swapped lines are another story


class Expected(Enum):
    """How much the logs can tell."""

    QUIET = "no claim: nothing is wrong"
    THE_CAUSE = "the cause, in the first place"
    A_CANDIDATE = "the cause is among the first three: the logs cannot tell more"
    NO_WRONG_CLAIM = (
        "no other cause at likely or above: the program that tells is not in the layout"
    )
    NOTHING = "the layout shows nothing at all"

    def holds(self, scenario: Scenario, report: Report) -> bool:
        """Return whether *report* says so."""
        ids = [cause.id for cause in report.causes]
        loud = [cause.id for cause in report.causes if cause.confidence != "possible"]
        return {
            Expected.QUIET: loud == [],
            Expected.THE_CAUSE: loud[:1] == [scenario.cause],
            Expected.A_CANDIDATE: scenario.cause in ids[:3],
            Expected.NO_WRONG_CLAIM: set(loud) <= {scenario.cause},
            Expected.NOTHING: True,
        }[self]


def expected(scenario: Scenario, layout: str, era: str) -> Expected:
    """Return what an analysis must say of *scenario* in *layout* and *era*."""
    shown = SHOWN[layout]
    if scenario.cause is None:
        return Expected.QUIET
    if scenario.name == "ipamd-refused" and "plugin" not in shown:
        return Expected.NOTHING
    if scenario.name == "cri-socket" and layout == "stdout":
        return Expected.NO_WRONG_CLAIM  # the entrypoint's retries stand after ipamd's last line
    if shown.isdisjoint(scenario.said_by):
        return Expected.NO_WRONG_CLAIM
    return Expected.THE_CAUSE if scenario.certain else Expected.A_CANDIDATE


class Turn(NamedTuple):
    """A scenario in an era, and how its lines reach the user."""

    scenario: Scenario
    era: str
    layout: str
    envelope: str
    damage: str

    def write(self, folder: Path) -> None:
        """Write its files below *folder*."""
        files = generate(
            self.scenario.name,
            era=self.era,
            seed=4,
            layout=self.layout,
            envelope=self.envelope,
            damage=self.damage,
        )
        for path, data in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    @property
    def expected(self) -> Expected:
        """What an analysis must say of it."""
        return expected(self.scenario, self.layout, self.era)


def turns() -> list[Turn]:
    """Return every scenario in each of its eras; layouts, envelopes and damage take turns."""
    layouts, damages = itertools.cycle(LAYOUTS), itertools.cycle(HARMLESS)
    envelopes = {
        layout: itertools.cycle(ENVELOPES if layout in WRAPPED else ["plain"]) for layout in LAYOUTS
    }
    found = []
    for number_, scenario in enumerate(SCENARIOS.values()):
        for era in eras_of(scenario):
            layout = next(layouts)
            if layout in WRAPPED and number_ % 2:
                found.append(Turn(scenario, era, layout, next(envelopes[layout]), "none"))
            else:
                found.append(Turn(scenario, era, layout, "plain", next(damages)))
    return [turn for turn in found if turn.expected is not Expected.NOTHING]


def all_turns() -> list[Turn]:
    """Return every scenario, era, layout and envelope, and every damage of the plain folder."""
    found = []
    for scenario in SCENARIOS.values():
        for era, layout in itertools.product(eras_of(scenario), LAYOUTS):
            wraps = ENVELOPES if layout in WRAPPED else ["plain"]
            found += [Turn(scenario, era, layout, wrap, "none") for wrap in wraps]
            hurt = HARMLESS[1:] if layout == "folder" else []
            found += [Turn(scenario, era, layout, "plain", damage) for damage in hurt]
    return [turn for turn in found if turn.expected is not Expected.NOTHING]
