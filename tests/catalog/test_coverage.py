"""What coverage counts by trial is what reading and matching real lines finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnilog import ingest, matching
from cnilog.catalog import load_catalog
from cnilog.catalog.coverage import COMPONENTS, measure, wanted
from cnilog.catalog.filling import FILES, write
from cnilog.catalog.messages import dictionary


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_known_template_is_matched_in_a_log_of_its_component(
    component: str, tmp_path: Path
) -> None:
    catalog = load_catalog()
    templates = [one for one in wanted(dictionary().templates) if one.component == component]
    log = tmp_path / FILES[component]
    log.write_text("".join(" ".join(write(one).splitlines()) + "\n" for one in templates), "utf-8")
    matches = matching.match(ingest.read(log, keep=catalog.literals).records, catalog)

    assert matches["line"].n_unique() == measure(catalog, templates).known
