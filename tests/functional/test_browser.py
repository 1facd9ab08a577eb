"""In a real browser the page renders, filters, sorts and zooms, and stays to itself.

Driven by Playwright in the distribution's Chromium, which `.ci/run` installs.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import reports

from cnilog.finding import Report
from cnilog.report import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), None)
WHOLE = "2024-05-14 00:18:20 to 2024-05-14 02:18:20 UTC"
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        if os.environ.get("CI"):
            pytest.fail("no Chromium, and in CI nothing is left out: apt-get install chromium")
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Open a report's page; whatever it complains of or asks for fails the test."""
    trouble: list[str] = []
    contexts = []

    def open_page(report: Report, **context: object) -> Page:
        file = tmp_path / "report.html"
        file.write_text(render(report, "html"), "utf-8")
        contexts.append(browser.new_context(**context))
        page = contexts[-1].new_page()
        page.on("console", lambda message: trouble.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        page.on("dialog", lambda dialog: trouble.append(f"dialog: {dialog.message}"))
        page.on(
            "request",
            lambda request: request.url == file.as_uri() or trouble.append(f"asks {request.url}"),
        )
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
@pytest.mark.parametrize("build", [reports.founding, reports.healthy, reports.fleet])
def test_it_renders_without_complaint_and_fits_the_screen(opened, build, width, scheme) -> None:  # type: ignore[no-untyped-def]
    page = opened(build(), viewport={"width": width, "height": 800}, color_scheme=scheme)

    assert page.locator("h1").inner_text() == build().verdict
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_text_stays_text(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.hostile())

    assert "<script>alert(1)</script>" in page.locator("h1").inner_text()
    assert page.locator("img").count() == 0
    assert page.locator("script").count() == 1


def test_a_table_filters(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.fleet())
    page.locator("#nodes input[type=search]").fill("ip-10-0-30-7")

    assert page.locator("#nodes tbody tr:visible").count() == 1


def test_a_table_sorts_by_number_and_says_so(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.fleet())
    heading = page.locator("#harmless thead th").nth(1)
    cells = page.locator("#harmless tbody tr td:nth-child(2)")
    heading.locator("button").click()
    falling = cells.all_inner_texts()
    heading.locator("button").click()

    assert falling[0] == "1,000"
    assert cells.all_inner_texts() == falling[::-1]
    assert heading.get_attribute("aria-sort") == "ascending"


def test_a_cause_can_be_taken_out_of_the_timeline(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.fleet())
    before = page.locator("#lanes .mark.cause:visible").count()
    page.locator('#legend input[data-shows="subnet-exhausted"]').uncheck()

    assert before == 43
    assert page.locator("#lanes .mark.cause:visible").count() == 10


def test_dragging_over_a_chart_zooms_all_of_them(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.fleet(), viewport={"width": 1280, "height": 800})
    chart = page.locator("#levels")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 40, steps=4)
    page.mouse.up()
    narrow = page.locator("#zoom-span").inner_text()
    page.locator("#zoom-all").click()

    assert narrow != page.locator("#zoom-span").inner_text()
    assert page.locator("#zoom-span").inner_text() == WHOLE


def test_the_sliders_zoom_by_keyboard(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.founding())
    page.locator("#zoom-from").focus()
    for _ in range(5):
        page.keyboard.press("PageUp")

    assert not page.locator("#zoom-span").inner_text().startswith("2024-05-14 00:18:20")


def test_a_command_is_copied_whole(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.founding(), permissions=["clipboard-read", "clipboard-write"])
    page.locator(".copy").nth(1).click()
    page.locator(".copy", has_text="Copied").wait_for()

    assert page.evaluate("navigator.clipboard.readText()") == (
        "kubectl -n kube-system rollout restart daemonset aws-node"
    )


def test_it_reads_without_script(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.founding(), java_script_enabled=False)

    assert page.locator("#lanes .mark.cause").count() == 3
    assert page.locator(".copy:visible").count() == 0
    page.locator("summary", has_text="To be sure").click()
    assert page.locator("text=UnauthorizedOperation").first.is_visible()


def test_a_printed_page_shows_what_is_folded(opened) -> None:  # type: ignore[no-untyped-def]
    page = opened(reports.founding())
    page.evaluate("dispatchEvent(new Event('beforeprint'))")

    assert page.locator("details:not([open])").count() == 0
