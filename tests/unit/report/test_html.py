"""The page is one file that loads nothing, whatever a log says."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
import reports

from cnilog.report import View, render

BUILDERS = [reports.founding, reports.healthy, reports.fleet, reports.hostile]


class Elements(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("build", BUILDERS)
def test_nothing_is_loaded_from_anywhere(build) -> None:  # type: ignore[no-untyped-def]
    elements = Elements(render(build(), "html")).found

    loading = {"src", "srcset", "data", "action", "poster", "background", "style"}
    assert not [(tag, a) for tag, a in elements if loading & set(a)]
    assert not [tag for tag, _ in elements if tag in {"img", "iframe", "link", "object", "base"}]
    assert sum(tag == "script" for tag, _ in elements) == 1


@pytest.mark.parametrize("build", BUILDERS)
def test_links_lead_to_a_place_in_the_page_or_to_https(build) -> None:  # type: ignore[no-untyped-def]
    elements = Elements(render(build(), "html")).found
    places = {a["id"] for _, a in elements if "id" in a}

    for tag, attributes in elements:
        link = attributes.get("href") or ""
        if tag == "a" and link.startswith("#"):
            assert link[1:] in places
        elif tag == "a":
            assert link.startswith("https://")


def test_no_attribute_runs_anything() -> None:
    elements = Elements(render(reports.hostile(), "html")).found

    assert not [name for _, a in elements for name in a if name.startswith("on")]


def test_the_policy_allows_only_this_style_and_this_script() -> None:
    text = render(reports.founding(), "html")

    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    assert "default-src" in policy[1]
    assert "unsafe" not in policy[1]


def test_no_identifier_is_given_twice() -> None:
    elements = Elements(render(reports.hostile(50), "html")).found
    identifiers = [a["id"] for _, a in elements if "id" in a]

    assert len(identifiers) == len(set(identifiers))


def test_a_hundred_nodes_take_less_than_a_megabyte() -> None:
    assert len(render(reports.fleet(100), "html").encode()) < 1_000_000


def test_two_thousand_findings_and_huge_messages_stay_bounded() -> None:
    assert len(render(reports.hostile(2_000), "html").encode()) < 1_200_000


def test_no_secret_is_shown() -> None:
    text = render(reports.hostile(), "html")

    assert [secret for secret in reports.SECRETS if secret in text] == []


def test_names_are_replaced_where_that_is_asked_for() -> None:
    text = render(reports.fleet(), "html", View(redact=True))

    assert "ip-10-0-0-7" not in text
    assert "subnet-0a1b2c3d4e5f60718" not in text
