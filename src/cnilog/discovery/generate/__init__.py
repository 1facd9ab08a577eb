"""Make the logs of a cluster whose trouble is known: for samples, tests, benchmarks, game days.

A scenario is lived by made-up nodes whose programs follow the start-up order, loop periods and
restart rules of the CNI's source, release by release; a layout and an envelope say how the lines
reach the user. The same arguments write the same bytes.
"""

from __future__ import annotations

from cnilog.discovery.generate.eras import DEFAULT_ERA, ERAS
from cnilog.discovery.generate.make import generate, live
from cnilog.discovery.generate.scenarios import SCENARIOS, Scenario

__all__ = ["DEFAULT_ERA", "ERAS", "SCENARIOS", "Scenario", "generate", "live"]
