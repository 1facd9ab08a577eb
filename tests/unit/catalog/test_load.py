"""A catalog is loaded whole, or the file, line, column and key that is wrong is named."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cnilog.catalog import load_catalog
from cnilog.catalog.parse import parse_pattern
from cnilog.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
id: route-gone
kind: symptom
title: A route is gone
why: Somebody took it away while the pod that needs it was there.
signals:
  gone:
    component: [ipamd]
    contains: [is gone from table]
when: {seen: gone}
explains: []
evidence: []
examples:
  match:
    - {log: the route is gone from table 2, from: "a program: main.c"}
  reject:
    - {log: the route is back in table 2, because: it is back}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "patterns/mine").mkdir(parents=True)
    return tmp_path / "patterns"


def write(folder: Path, text: str, name: str = "route-gone") -> Path:
    path = folder / "mine" / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_pattern_of_the_user_is_added(folder: Path) -> None:
    write(folder, GOOD)
    pattern = load_catalog(folder).by_id["route-gone"]

    assert pattern.family == "mine"
    assert pattern.signals["gone"].contains == ("is gone from table",)


def test_the_shipped_catalog_is_made_once_and_one_with_more_patterns_is_another(
    folder: Path,
) -> None:
    assert load_catalog() is load_catalog()
    assert load_catalog(folder) is not load_catalog()


def test_a_pattern_with_the_id_of_a_shipped_one_replaces_it_and_says_so(folder: Path) -> None:
    write(folder, GOOD.replace("route-gone", "pool-empty"), "pool-empty")
    catalog = load_catalog(folder)

    assert catalog.by_id["pool-empty"].title == "A route is gone"
    assert catalog.notes == (f"pattern pool-empty is taken from {folder}",)


@pytest.mark.parametrize(
    ("old", "new", "where", "problem"),
    [
        pytest.param(
            "component:", "componant:", (7, 5, "signals.gone.componant"),
            "no such key. Did you mean 'component'?", id="unknown key",
        ),
        pytest.param(
            "kind: symptom", "kind: symptom\nkind: noise", (3, 1, "kind"),
            "this key stands there twice. Keep one", id="key twice",
        ),
        pytest.param(
            "kind: symptom", "kind: symtom", (2, 1, "kind"),
            "'symtom' is none of 'cause', 'symptom' or 'noise'. Did you mean 'symptom'?",
            id="unknown word",
        ),
        pytest.param(
            "[ipamd]", "[ipam]", (7, 17, "signals.gone.component[0]"),
            "Did you mean 'ipamd'?", id="unknown component",
        ),
        pytest.param("title: A route is gone\n", "", (1, 1, "title"), "is missing", id="missing"),
        pytest.param(
            "when: {seen: gone}", "when: {seen: gome}", (9, 1, "when"),
            "no signal 'gome'. Did you mean 'gone'?", id="unknown signal",
        ),
        pytest.param(
            "when: {seen: gone}", "when: {seen: {signal: gone, within: soon}}",
            (9, 29, "when.seen.within"),
            "'soon' is no duration. Write it as 500ms, 2s, 5m, 1h or 1d", id="no duration",
        ),
        pytest.param(
            "when: {seen: gone}", "when: {seen: gone, any: []}", (9, 1, "when"),
            "exactly one operator goes here", id="two operators",
        ),
        pytest.param(
            "[is gone from table]", "[is gone from table]\n    regex: '(gone'",
            (9, 5, "signals.gone.regex"), "no regular expression", id="bad regex",
        ),
        pytest.param(
            "evidence: []", "evidence: [{fact: subnets.exhausted, confirms: value is full}]",
            (11, 38, "evidence[0].confirms"), "is no expression about a value", id="expression",
        ),
        pytest.param(
            "evidence: []", "evidence: [{fact: subnet.exhausted, confirms: value is true}]",
            (11, 13, "evidence[0].fact"), "Did you mean 'subnets.exhausted'?", id="unknown fact",
        ),
        pytest.param(
            "explains: []", "explains: [pool-empti]", (10, 12, "explains[0]"),
            "no pattern 'pool-empti'. Did you mean 'pool-empty'?", id="unknown symptom",
        ),
        pytest.param(
            "explains: []", "explains: [route-gone]", (10, 12, "explains[0]"),
            "explains itself: route-gone -> route-gone", id="circle",
        ),
        pytest.param(
            "explains: []", "usual: subnet-exhausted", (10, 1, "usual"),
            "no cause that explains it 'subnet-exhausted'", id="usual cause",
        ),
        pytest.param(
            "explains: []", "against: [subnet-exhaustet]", (10, 11, "against[0]"),
            "no cause 'subnet-exhaustet'. Did you mean 'subnet-exhausted'?", id="no such cause",
        ),
        pytest.param(
            "explains: []", 'versions: "1.18"', (10, 1, "versions"),
            "'1.18' is no version range. Write >=1.10.1 <=1.12.0", id="no range",
        ),
        pytest.param(
            "id: route-gone", "id: Route_Gone", (1, 1, "id"), "'Route_Gone' is not written as",
            id="no id",
        ),
        pytest.param("kind: symptom", "kind: [", (4, 4, None), "no YAML", id="no yaml"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_place(
    folder: Path, old: str, new: str, where: tuple[int, int, str | None], problem: str
) -> None:
    path = write(folder, GOOD.replace(old, new, 1))
    with pytest.raises(CatalogError) as caught:
        load_catalog(folder)

    assert (caught.value.line, caught.value.column, caught.value.key) == where
    assert str(caught.value).startswith(f"{path}:{where[0]}:{where[1]}: ")
    assert problem in str(caught.value)


def test_two_files_with_one_id_are_refused(folder: Path) -> None:
    write(folder, GOOD)
    second = write(folder, GOOD, "same")
    with pytest.raises(CatalogError, match=r"'route-gone' is the id of .*route-gone\.yaml, too"):
        load_catalog(folder)

    assert second.exists()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("- a\n- b\n", id="list"),
        pytest.param("a: 1\n---\nb: 2\n", id="two documents"),
        pytest.param("a: &a [*a]\n", id="a list in itself"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("a: \x00\n", id="control character"),
        pytest.param("!!python/object/apply:os.system [ls]\n", id="code"),
    ],
)
def test_what_is_no_pattern_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(CatalogError):
        parse_pattern(text, "x.yaml")


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no such folder"):
        load_catalog(tmp_path / "nowhere")
