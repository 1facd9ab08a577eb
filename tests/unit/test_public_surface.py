"""What a user may rely on is on one page, sorted, importable, and cheap until it is used."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import cnilog

SOURCE = Path(cnilog.__file__).parents[1]
ROOT = Path(__file__).parents[2]


def test_the_names_are_sorted() -> None:
    assert list(cnilog.__all__) == sorted(cnilog.__all__)


def test_every_name_is_there() -> None:
    assert [name for name in cnilog.__all__ if getattr(cnilog, name, None) is None] == []


def test_what_the_documentation_calls_is_there() -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md"), *ROOT.glob("notebooks/*.ipynb")]
    called = {
        name for page in pages for name in re.findall(r"\bcnilog\.(\w+)\(", page.read_text("utf-8"))
    }

    assert "open_batch" in called
    assert called - set(cnilog.__all__) == set()


def test_nothing_else_is_offered() -> None:
    assert dir(cnilog) == list(cnilog.__all__)


def test_the_import_costs_nothing() -> None:
    code = "import sys, cnilog; print(sorted({'polars', 'pydantic', 'rich'} & set(sys.modules)))"
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=SOURCE, capture_output=True, text=True, check=True
    )

    assert out.stdout == "[]\n"
