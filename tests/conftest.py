"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared samples and cases, where there is one."""
    folder = Path(os.environ.get("CNILOG_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "cases").is_dir():
        pytest.skip("no shared cases and samples beside the repository")
    return folder.resolve()
