"""The page asks nobody, can be read by everybody, on screens of all sizes and on paper, and says what to do when there is nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard import Budget, Document, render
from tests.dashboard.browser import opened
from tests.dashboard.conftest import Open
from tests.dashboard.invented import NOW

CONTRAST = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
    };
    const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
        .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = (node) => {
        for (let one = node; one; one = one.parentElement) {
            const colour = rgba(getComputedStyle(one).backgroundColor);
            if (colour[3] > 0.99) return colour;
        }
        return [255, 255, 255, 1];
    };
    const found = [];
    for (const node of document.querySelectorAll("body *")) {
        const text = [...node.childNodes].filter((one) => one.nodeType === 3).map((one) => one.data).join("").trim();
        if (!text || !node.checkVisibility({visibilityProperty: true}) || node.closest("script, title, desc, option")) continue;
        const style = getComputedStyle(node);
        const ink = light(rgba(node.closest("svg") ? style.fill : style.color)), back = light(ground(node));
        const ratio = (Math.max(ink, back) + 0.05) / (Math.min(ink, back) + 0.05);
        found.push({text, ratio, class: String(node.className.baseVal ?? node.className)});
    }
    return found;
}"""
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT = """() => [...document.querySelectorAll(".table")].filter((one) => one.checkVisibility())
    .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
    .map((one) => one.getAttribute("aria-label"))"""


def faint(page: Page) -> list[Any]:
    """Texts whose contrast is below 4.5."""
    found = page.evaluate(CONTRAST)
    assert len(found) > 20
    return [one for one in found if one["ratio"] < 4.5]


@contextmanager
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server on loopback, and what it was asked for."""
    asked: list[str] = []

    class Desk(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Desk)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


ALL_FILTERS: tuple[dict[str, str], ...] = (
    {"provider": "leadiq"},
    {"period": "all"},
    {"credit_type": "usd"},
    {"provider": "letrics"},
    {"provider": "all", "period": "7"},
)


# --- it asks nobody ---------------------------------------------------------------------------------------------------


def test_the_page_asks_nobody_and_complains_of_nothing(show: Open, document: Document) -> None:
    with show(document) as page:
        for filters in ALL_FILTERS:
            page.choose(**filters)
        page.page.click("#theme")
        page.page.emulate_media(media="print")
        assert page.requests == []
        assert page.complaints == []


def test_a_page_that_asks_somebody_is_noticed(browser: Browser, document: Document, tmp_path: Path) -> None:
    path = tmp_path / "asking.html"
    path.write_text(render(document).replace("<main", '<img src="https://cdn.example.com/logo.png"><main'))
    with opened(browser, path, bypass_csp=True) as page:
        assert page.requests == ["https://cdn.example.com/logo.png"]
    with opened(browser, path) as page:
        assert any("Content Security Policy" in one for one in page.complaints)


def test_the_browser_itself_refuses_any_connection_from_the_page(
    browser: Browser, document: Document, tmp_path: Path
) -> None:
    path = tmp_path / "dashboard.html"
    path.write_text(render(document))
    with listening() as (address, asked):
        ask = f"fetch('{address}/books').then(() => 'answered', () => 'refused')"
        for bypass, answer in ((False, "refused"), (True, "answered")):
            context = browser.new_context(bypass_csp=bypass)
            tab = context.new_page()
            tab.goto(path.as_uri())
            assert tab.evaluate(ask) == answer
            context.close()
        assert asked == ["/books"]


def test_what_a_name_holds_is_text_and_nothing_else(show: Open, document: Document) -> None:
    name = "</script><img src=x onerror=alert(1)><!--"
    usage = tuple(replace(row, operation=name, resource=name) for row in document.usage)
    freshness = tuple(replace(row, resource=f"{name}{row.resource}") for row in document.freshness)
    with show(replace(document, usage=usage, freshness=freshness)) as page:
        assert page.page.locator("img").count() == 0
        assert name in page.page.inner_text(".legend >> nth=0")
        assert page.complaints == []


# --- it can be read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(show: Open, document: Document, scheme: str) -> None:
    with show(replace(document, missing=("fct_syncs",)), color_scheme=scheme) as page:
        page.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        assert faint(page.page) == []
        page.page.evaluate("document.documentElement.style.setProperty('--muted', '#9a9a9a')")
        if scheme == "dark":
            page.page.evaluate("document.documentElement.style.setProperty('--muted', '#5a5a5a')")
        assert faint(page.page) != [], "the measure cannot fail"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_of_charts_stand_out_from_their_ground(show: Open, document: Document, scheme: str) -> None:
    with show(document, color_scheme=scheme) as page:
        ratios = page.page.evaluate("""() => {
            const style = getComputedStyle(document.documentElement);
            const light = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
                .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
                .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
            const ground = light(style.getPropertyValue("--surface").trim());
            return ["s0", "s1", "s2", "s3", "s4", "s5", "accent", "good", "warning", "bad"].map((name) => {
                const ink = light(style.getPropertyValue(`--${name}`).trim());
                return (Math.max(ink, ground) + 0.05) / (Math.min(ink, ground) + 0.05);
            });
        }""")
        assert min(ratios) >= 3


def test_it_is_light_or_dark_as_the_system_is_until_a_person_says(show: Open, document: Document) -> None:
    def ground(page: Page) -> int:
        colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(one) for one in colour.removeprefix("rgb(").removesuffix(")").split(","))

    with show(document, color_scheme="dark") as page:
        assert ground(page.page) < 150
        page.page.emulate_media(color_scheme="light")
        assert ground(page.page) > 600
        page.page.click("#theme")
        assert ground(page.page) < 150
        # What was chosen is kept by another process of the browser, a moment later on a busy machine.
        for _ in range(20):
            page.page.reload()
            page.page.wait_for_selector("body[data-ready=true]")
            if ground(page.page) < 150:
                break
            page.page.wait_for_timeout(100)
        assert ground(page.page) < 150
        assert "Light" in page.page.inner_text("#theme")


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
def test_nothing_hangs_over_the_edge_of_a_screen(show: Open, document: Document, width: int) -> None:
    with show(document, viewport={"width": width, "height": 800}) as page:
        page.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for filters in ALL_FILTERS:
            page.choose(**filters)
            assert page.page.evaluate(WIDER) <= 0, filters
        page.page.evaluate("document.querySelector('.tiles').style.width = '2000px'")
        assert page.page.evaluate(WIDER) > 0, "the measure cannot fail"


def test_paper_is_light_without_controls_and_cuts_no_table(show: Open, document: Document) -> None:
    with show(document, color_scheme="dark", viewport={"width": 720, "height": 1000}) as page:
        page.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.page.emulate_media(media="print", color_scheme="dark")
        page.page.wait_for_timeout(100)
        assert page.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert not page.page.is_visible("#controls")
        assert faint(page.page) == []
        assert page.page.evaluate(CUT) == []
        assert page.page.evaluate(WIDER) <= 0
        assert page.page.pdf(format="A4").startswith(b"%PDF")
        page.page.evaluate("document.querySelectorAll('.table').forEach((one) => { one.style.maxWidth = '200px'; })")
        assert page.page.evaluate(CUT) != [], "the measure cannot fail"


def test_headings_are_in_order_and_everything_has_a_name(show: Open, document: Document) -> None:
    with show(document) as page:
        levels = page.page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(one => Number(one.tagName[1]))")
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
        unnamed = page.page.eval_on_selector_all(
            "select, button, [role=img], [role=region], a",
            "all => all.filter(one => !(one.getAttribute('aria-label') || one.labels?.length || one.textContent.trim())).length",
        )
        assert unnamed == 0
        ids = page.page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
        assert len(ids) == len(set(ids))


def test_every_chart_has_a_title_a_description_and_a_table_behind_it(show: Open, document: Document) -> None:
    with show(document) as page:
        charts = page.page.eval_on_selector_all(
            "svg.plot",
            """all => all.map((one) => ({
                named: one.getAttribute("aria-labelledby").split(" ").map((id) => document.getElementById(id).textContent),
                rows: one.closest("article").querySelectorAll("details tbody tr").length,
            }))""",
        )
        assert len(charts) == 13
        assert all(len(one["named"]) == 2 and all(one["named"]) and one["rows"] > 0 for one in charts)
        assert len({one["named"][0] for one in charts}) == len(charts)


def test_a_chart_can_be_read_by_keys_alone(show: Open, document: Document) -> None:
    with show(document) as page:
        page.choose(credit_type="leadiq/uc", period="7")
        panel = page.page.locator("#spent .panel")
        resting = panel.locator(".readout").inner_text()
        panel.locator("svg.plot").focus()
        page.page.keyboard.press("ArrowLeft")
        told = panel.locator(".readout").inner_text()
        today = sum(row.credits_estimated for row in document.usage if row.credit_type == "uc" and row.used_on == NOW.date())  # fmt: skip
        assert told.startswith(f"2026-03-02: {today:g} (")
        page.page.keyboard.press("Home")
        assert panel.locator(".readout").inner_text().startswith("2026-02-24: ")
        page.page.keyboard.press("Escape")
        assert panel.locator(".readout").inner_text() == resting
        # All that can be used can be reached, and shows that it was.
        page.page.locator("#filter-provider").focus()
        page.page.keyboard.press("Tab")
        assert page.page.evaluate("document.activeElement.id") == "filter-credit-type"
        outline = "getComputedStyle(document.activeElement).outlineStyle"
        assert page.page.evaluate(outline) == "solid"


def test_a_choice_keeps_the_focus_and_travels_with_the_address(show: Open, document: Document) -> None:
    with show(document) as page:
        page.page.focus("#filter-period")
        page.choose(period="90", provider="leadiq")
        assert page.page.evaluate("location.hash") == "#provider=leadiq&type=all&period=90"
        page.page.reload()
        page.page.wait_for_selector("body[data-ready=true]")
        assert page.page.input_value("#filter-provider") == "leadiq"
        assert page.page.input_value("#filter-period") == "90"


def test_operations_are_told_apart_by_more_than_colour(show: Open, document: Document) -> None:
    with show(document) as page:
        fills = page.page.evaluate(
            "() => ['t1', 't2', 't4'].map((name) => getComputedStyle(document.querySelector(`.${name}`) || Object.assign("
            "document.body.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'rect')), {id: name}), null).fill)"
        )
        assert fills[0].startswith("url(")
        colours = page.page.eval_on_selector_all(
            "#spent .legend li",
            "all => all.map((one) => [one.children[1].textContent, one.querySelector('rect').getAttribute('class')])",
        )
        places: dict[str, set[str]] = {}
        for name, colour in colours:
            places.setdefault(name, set()).add(colour)
        assert all(len(one) == 1 for one in places.values()), "an operation has one colour in all charts"


# --- when there is nothing --------------------------------------------------------------------------------------------


def test_a_page_of_nothing_says_how_to_begin(show: Open) -> None:
    with show(Document(made_at=NOW, published=False)) as page:
        assert page.notices() == {"unpublished"}
        text = page.page.inner_text("main")
        assert "leadhouse sync" in text
        assert "leadhouse demo" in text
        assert page.page.locator("select").count() == 0
        assert page.complaints == []
        assert faint_or_few(page.page) == []


def faint_or_few(page: Page) -> list[Any]:
    return [one for one in page.evaluate(CONTRAST) if one["ratio"] < 4.5]


def test_a_copy_without_credits_says_what_is_free_and_what_is_not(show: Open) -> None:
    with show(Document(made_at=NOW)) as page:
        assert page.notices() == {"empty"}
        text = page.page.inner_text("main")
        for sentence in (
            "No provider has told a balance yet",
            "Nothing was spent yet",
            "Nothing has arrived yet",
            "Nothing was compared",
        ):
            assert sentence in text
        assert "NaN" not in text
        assert "undefined" not in text
        assert page.complaints == []


def test_a_type_without_a_meter_is_shown_with_its_budget(show: Open, document: Document) -> None:
    bare = replace(document, runway=(), balances=(), budgets=(Budget("contactout", "verifier", 0, None),))
    with show(bare) as page:
        text = page.page.inner_text("#left")
        assert "ContactOut verifier" in text
        assert "Its budget guards it" in text
        assert "[budget.leadiq]" in text
        assert page.figures("budget", "provider", "credit_type", "span") == {("contactout", "verifier", "day"): 0}
        assert "reached" in page.page.inner_text(".budgets")


def test_a_table_that_an_older_copy_lacks_is_named_with_what_to_do(show: Open, document: Document) -> None:
    lacking = (
        "fct_daily_findings",
        "rpt_credit_runway",
        "rpt_credit_reconciliation",
        "rpt_hit_rates",
        "fct_credit_usage",
    )
    with show(
        replace(document, missing=lacking, findings=(), runway=(), reconciliation=(), hit_rates=(), usage=())
    ) as page:
        named = page.page.eval_on_selector_all(
            "[data-notice=missing] [data-table]", "all => all.map(one => one.dataset.table)"
        )
        assert sorted(named) == sorted(lacking)
        assert "leadhouse build" in page.page.inner_text("#brought [data-notice=missing]")
        assert page.page.inner_text(".tiles").count("Not in this copy") == 4
        assert page.figures("lag_hours", "provider", "resource"), "the rest is shown"
        assert page.complaints == []


def test_a_period_in_which_nothing_happened_offers_all_of_it(show: Open, document: Document) -> None:
    later = replace(document, made_at=datetime(2026, 6, 1))
    with show(later) as page:
        page.choose(period="7")
        assert "Nothing was spent in the last 7 days." in page.page.inner_text("#spent")
        page.page.click("#spent button")
        assert page.page.input_value("#filter-period") == "all"
        assert page.figures("spent", "provider", "credit_type")
        assert page.complaints == []


def test_balances_say_how_they_end(show: Open, document: Document) -> None:
    row = next(one for one in document.runway if one.credit_type == "search")
    kinds = {
        "spent": replace(row, remaining=0.0, used=row.quota, lasts_period=False, days_of_runway=0.0),
        "short": replace(row, lasts_period=False, days_of_runway=3.5),
        "long": replace(row, lasts_period=True, days_of_runway=400.0),
        "idle": replace(row, lasts_period=None, days_of_runway=None, runs_out_on=None, credits_per_day=0.0),
        "trial": replace(row, plan="trial", remaining=0.0, lasts_period=None, days_of_runway=0.0),
        "untold": replace(row, remaining=None, quota=None, days_of_runway=None, runs_out_on=None, lasts_period=None),
        "unstated": replace(row, quota=None, used=None, period_end=None, credits_per_day=None, pace_days=None),
    }
    runway = tuple(replace(one, credit_type=name) for name, one in kinds.items())
    runway = (*runway, replace(row, credit_type="trial", plan="plan"))
    with show(replace(document, runway=runway, balances=())) as page:
        shown = page.page.locator(".card").all_inner_texts()
        cards = {" ".join(card.splitlines()[0].split()[1:]): card for card in shown}
        assert "Used up" in cards["spent postpaid"]
        assert "Runs out in 3 days" in cards["short postpaid"]
        assert "Lasts its period, 400 days" in cards["long postpaid"]
        assert "None is being spent" in cards["idle postpaid"]
        assert "another plan has some left" in cards["trial trial"]
        assert "nor is what is left" in cards["untold postpaid"]
        assert "No pace to reckon with" in cards["untold postpaid"]
        assert "2 of 8 end soon" in page.page.inner_text(".tiles")
        assert "not stated" in cards["unstated postpaid"]
        assert list(cards)[:2] == ["spent postpaid", "short postpaid"]
        assert "NaN" not in page.page.inner_text("main")
        assert page.figures("quota", "provider", "plan", "credit_type").keys() == {
            ("contactout", one.plan, one.credit_type) for one in runway if one.quota is not None
        }
