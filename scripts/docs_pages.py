"""Add the pages that are generated: one for each pattern, and the glossary of contributing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from mkdocs.structure.files import File

from cnilog.catalog import DEFAULT, load_catalog
from cnilog.catalog.page import index, page

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parents[1]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Return *files* with the generated pages among them."""
    catalog = load_catalog()
    families = yaml.safe_load((Path(DEFAULT) / "families.yaml").read_text("utf-8"))
    known = frozenset(pattern.id for pattern in catalog.patterns)
    texts = {"catalog/index.md": index(catalog, families)}
    texts |= {f"catalog/{one.id}.md": page(one, known) for one in catalog.patterns}
    texts["contributing.md"] = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for name, text in texts.items():
        files.append(File.generated(config, name, content=text))
    return files
