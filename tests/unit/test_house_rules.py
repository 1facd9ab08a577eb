"""The house keeps its rules: small files, names that say something, registries that are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SOURCE = REPOSITORY / "src/cnilog"
MODULES = sorted(SOURCE.rglob("*.py"))
VAGUE = {"utils", "helpers", "common", "base", "core", "types", "constants", "manager"}
LONGEST = 300  # lines; one thing in one small file


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_is_short(module: Path) -> None:
    assert len(module.read_text("utf-8").splitlines()) <= LONGEST


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert not {path.stem for path in MODULES} & VAGUE


@pytest.mark.parametrize(
    ("package", "registry"),
    [
        pytest.param("ingest/formats", "FORMATS", id="formats"),
        pytest.param("ingest/envelopes", "ENVELOPES", id="envelopes"),
        pytest.param("documents", "DOCUMENTS", id="documents"),
        pytest.param("report", "REPORTERS", id="reporters"),
    ],
)
def test_a_registry_is_written_down_in_its_package(package: str, registry: str) -> None:
    text = (SOURCE / package / "__init__.py").read_text("utf-8")

    assert f"{registry}" in text


def test_no_path_of_a_machine_is_in_the_repository() -> None:
    words = ["/wor" + "k/", "/opt/ve" + "nv", "/home" + "/"]
    texts = {
        path: path.read_text("utf-8", errors="replace")
        for folder in ("src", "patterns", "docs", "scripts", "benchmarks", "notebooks")
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and path.suffix in {".py", ".md", ".yaml", ".ipynb", ".json", ".toml"}
    }

    assert not [path for path, text in texts.items() if any(word in text for word in words)]
