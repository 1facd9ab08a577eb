"""The documentation builds without a warning and loads nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from cnilog.catalog import load_catalog

ROOT = Path(__file__).parents[2]
LOADING = re.compile(
    r"""<(?:script|img|iframe|source)\b[^>]*\bsrc=["']?(https?:)?//[^>]*>"""
    r"""|<link\b[^>]*\brel=["']?(?:stylesheet|preconnect|preload|icon)[^>]*https?://[^>]*>""",
    re.IGNORECASE,
)
LINK = re.compile(r"""<a\b[^>]*\bhref="(?![a-z]+:|#|/)([^"#?]+)""")  # without its anchor


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="mkdocs-material is not installed (group docs)")
    pytest.importorskip("mkdocstrings", reason="mkdocstrings is not installed (group docs)")
    folder = tmp_path_factory.mktemp("site")
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT / "src")}
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    return folder


def test_every_pattern_has_a_page(site: Path) -> None:
    pages = {path.stem for path in (site / "catalog").glob("*.html")}

    assert {pattern.id for pattern in load_catalog().patterns} <= pages


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    loading = {
        str(page.relative_to(site)): found.group()
        for page in site.rglob("*.html")
        if (found := LOADING.search(page.read_text("utf-8")))
    }

    assert loading == {}


def test_every_link_within_the_site_leads_somewhere(site: Path) -> None:
    broken = {
        (str(page.relative_to(site)), link)
        for page in site.rglob("*.html")
        for link in LINK.findall(page.read_text("utf-8"))
        if not (page.parent / unquote(link)).exists()
    }

    assert (site / "manifests/rayjob.yaml").exists()
    assert broken == set()


def test_the_schema_is_published(site: Path) -> None:
    assert (site / "report.schema.json").exists()


def test_the_public_names_have_their_reference(site: Path) -> None:
    text = (site / "library.html").read_text("utf-8")

    assert 'id="cnilog.notebook.analysis.analyze"' in text
    assert 'id="cnilog.errors.SourceError"' in text
