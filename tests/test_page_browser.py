"""The page in a real browser: a first-time marketer's whole way, wrong files, lost connections, links."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from serving.page import look
from serving.page.shortlist import ranked
from serving.page.summary import summary_html
from serving.schemas import RankBy
from tests.conftest import Trained
from tests.page_visits import CHROMIUM, Visit, address, browser, files, someone, visit  # noqa: F401 - fixtures

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed")


@pytest.fixture(params=[(1440, "light"), (390, "dark")], ids=["desk-light", "phone-dark"])
def marketer(browser: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    yield from visit(browser, *request.param)


def test_the_whole_way(marketer: Visit, address: str, files: dict[str, Path], tmp_path: Path) -> None:
    page = marketer.page
    marketer.open(address)
    assert "Simulated demo" in page.inner_text(".cl-header")

    # Brief: mistakes are told at the field, and the way on is not taken.
    page.click("#brief-next")
    page.wait_for_selector("text=Needed")
    assert page.locator("[aria-invalid=true]").count() == 5
    marketer.shot("1-brief-empty")
    page.get_by_label("Gross margin").fill("140")
    page.get_by_label("Gross margin").press("Tab")
    page.wait_for_selector("text=From 0 to 100")
    page.click("#brief-example")
    page.wait_for_function("document.querySelector('#brief-state').textContent.includes('complete')")
    marketer.shot("1-brief")
    marketer.accessible("brief")
    page.click("#brief-next")

    # Candidates: a wrong file, an export to map, a list with mistakes.
    page.set_input_files("#upload input[type=file]", files["notes.pdf"])
    page.wait_for_selector("#intake-result :text('the ending .pdf')")
    page.set_input_files("#upload input[type=file]", files["export.csv"])
    page.wait_for_selector("text=Please check which column is what")
    marketer.shot("2-candidates-mapping")
    marketer.accessible("mapping")
    page.click("text=Use these columns")
    page.wait_for_selector("text=3 added")
    page.set_input_files("#upload input[type=file]", files["mine.csv"])
    page.wait_for_selector("text=12 added, 4 rows left out")
    with page.expect_download() as download:
        page.click("text=Download the rows left out")
    left = pd.read_csv(download.value.path())
    assert left["row"].tolist() == [14, 15, 16, 17] and "cells under" in left["reason"][3]
    marketer.shot("2-candidates")
    page.click("text=Paste handles")
    page.get_by_label("Handles or creator ids").fill("@nobody.yet, 12")
    page.click("#paste-add")
    page.wait_for_selector("text=1 added.")
    page.click("text=Search the catalogue")
    page.wait_for_selector("#found .ag-row")
    marketer.accessible("candidates")

    # Shortlist: scored with every candidate, long names and other scripts included.
    page.click("#candidates-score")
    page.wait_for_selector("#shortlist .cl-link")
    page.wait_for_selector("text=Creators scored")
    assert page.inner_text(".cl-figure-value >> nth=0") == "16"
    marketer.shot("3-shortlist")
    marketer.accessible("shortlist")
    if page.viewport_size["width"] > 600:  # less safety, higher maximum fees; the brief has it from then on
        page.click("#shortlist-safety")
        page.click("[role=option]:has-text('Safety 60%')")
        page.wait_for_selector("#shortlist-headline :text('with 60% safety')")
        assert page.get_by_label("Safety", exact=True).input_value() == "60"
    first = page.inner_text("#shortlist .ag-pinned-left-cols-container .ag-row[row-index='0'] .cl-link")
    if page.viewport_size["width"] > 600:  # on a phone the pins are at the far end of the table
        page.click("#shortlist .cl-pin >> nth=1")
        page.wait_for_selector("#shortlist .ag-floating-top .cl-pin.is-on")
    page.get_by_label("Find a creator").fill("山登り")
    page.wait_for_function("document.querySelectorAll('#shortlist .ag-center-cols-container .ag-row').length === 1")
    page.get_by_label("Find a creator").fill("")

    # A creator: the reasons, and the fee at which the verdict changes.
    page.click(f"#shortlist .ag-body .cl-link:has-text('{first}')")
    page.wait_for_selector("#creator-head .cl-verdict")
    page.wait_for_selector("#fee-words:has-text('At a fee of')")
    before = page.inner_text("#fee-words")
    page.locator("#fee-slider [role=slider]").press("ArrowRight")
    page.wait_for_function("was => document.querySelector('#fee-words').textContent !== was", arg=before)
    page.wait_for_selector("#creator-rest >> text=Past collaborations")
    page.wait_for_selector("text=What the audience says")
    marketer.shot("4-creator")
    marketer.accessible("creator")
    page.keyboard.press("Escape")
    page.wait_for_selector(".mantine-Drawer-content", state="hidden")

    # A few side by side, and what is taken away.
    for place in (0, 1, 2):
        page.locator("#shortlist .ag-body .ag-checkbox-input").nth(place).check()
    page.click("#compare-open:has-text('Compare 3')")
    page.wait_for_selector(".cl-compare")
    told = page.inner_text("#compare-body")
    assert "break-even" in told and "like past deals" in told and page.locator("#compare-body .cl-mark").count() >= 6
    marketer.shot("5-compare")
    marketer.accessible("compare")
    page.keyboard.press("Escape")
    page.wait_for_selector(".cl-compare", state="hidden")
    for name, ending in (("CSV", "csv"), ("Excel", "xlsx"), ("One-page summary", "html")):
        page.click("#take-away")
        with page.expect_download() as download:
            page.click(f"[role=menuitem]:has-text('{name}')")
        shutil.copy(download.value.path(), tmp_path / f"shortlist.{ending}")
    table = pd.read_csv(tmp_path / "shortlist.csv")
    assert len(table) == 16 and "'=HYPERLINK(1)" in table["creator"].tolist()
    assert "Simulated demo" in (tmp_path / "shortlist.html").read_text("utf-8")

    # Plan: a set under the budget; locking somebody in plans again.
    marketer.step("Plan")
    page.wait_for_selector("#plan-grid .cl-rule")
    page.wait_for_selector("#plan-result :text('nobody'), #plan-result :text('Creators booked')")
    page.locator("#plan-grid .cl-rule:has-text('Lock')").first.click()
    page.wait_for_selector("#plan-grid .cl-rule.is-on")
    page.wait_for_selector("text=Against one large creator")
    marketer.shot("6-plan")
    marketer.accessible("plan")

    # After: an outcome, its fault first, then beside its prediction.
    marketer.step("After")
    page.click("#after-creator")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    for label, value in (("People who saw it", "5000"), ("Orders among them", "6000"), ("People kept from it", "4000"),
                         ("Orders among those", "25"), ("Posted on", "12 Oct 2025")):  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
        page.get_by_label(label, exact=True).press("Tab")
    page.click("#after-save")
    page.wait_for_selector("text=1 not saved")
    page.get_by_label("Orders among them", exact=True).fill("45")
    page.get_by_label("Orders among them", exact=True).press("Tab")
    page.click("#after-save")
    page.wait_for_selector("text=1 saved")
    page.wait_for_selector("text=of 1 measured lifts agree")
    marketer.shot("7-after")
    marketer.accessible("after")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1"), "the page scrolls sideways"
    assert marketer.faults == []


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_the_other_scheme_at_each_size(
    browser: Any, trained: Trained, address: str, files: dict[str, Path], width: int, scheme: str
) -> None:
    # `trained`: the model step asks the registry, whose address is read from the environment when it is opened.
    assert trained.uri
    for guest in visit(browser, width, scheme):
        guest.open(address)
        guest.score(files["mine.csv"])
        guest.shot("3-shortlist")
        guest.accessible(f"shortlist, {scheme}")
        guest.step("Model")
        guest.page.wait_for_selector("#model-versions table")
        guest.shot("8-model")
        guest.accessible(f"model, {scheme}")
        guest.page.click("#report-open")
        guest.page.wait_for_selector("#report-body iframe")
        assert guest.faults == []


def test_a_connection_lost_and_found(someone: Visit, address: str, files: dict[str, Path]) -> None:
    page = someone.page
    someone.open(address)
    someone.score(files["mine.csv"])
    page.context.set_offline(True)
    page.click("#shortlist .ag-body .cl-link >> nth=0")
    page.wait_for_selector("#cl-offline:not([hidden])")
    someone.shot("9-offline")
    page.context.set_offline(False)
    page.wait_for_selector("#fee-words:has-text('At a fee of')")
    page.wait_for_selector("#cl-offline", state="hidden")
    assert [fault for fault in someone.faults if "ERR_INTERNET_DISCONNECTED" not in fault] == []


def test_a_brief_by_link_saved_and_kept_over_a_reload(someone: Visit, browser: Any, address: str) -> None:
    page = someone.page
    someone.open(address)
    page.click("#brief-example")
    page.wait_for_function("document.querySelector('#brief-state').textContent.includes('complete')")
    page.click("#brief-save-open")
    page.get_by_label("Name", exact=True).fill("Spring shoes")
    page.click("#brief-save-do")
    page.wait_for_selector("text=Saved “Spring shoes”")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("#brief-link")
    page.wait_for_selector("text=Link copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert "#brief=" in link
    # Where the browser lets no page copy (an address without TLS), the link is shown.
    page.evaluate("Object.defineProperty(window, 'isSecureContext', {value: false, configurable: true})")
    page.click("#brief-link")
    page.wait_for_selector("#link-text")
    assert page.input_value("#link-text") == link
    page.reload()
    page.wait_for_function("document.querySelector('#brief-state')?.textContent.includes('complete')")
    page.click("#brief-new")
    page.wait_for_function("document.querySelector('#brief-state').textContent.includes('Still needed')")
    someone.open_saved("Spring shoes")
    for guest in visit(browser, 1440, "light"):
        # Somebody else sees nothing of it, until they are given the link.
        guest.open(address)
        assert "Still needed" in guest.page.inner_text("#brief-state")
        guest.page.goto("about:blank")
        guest.open("", link)
        guest.page.wait_for_function("document.querySelector('#brief-state')?.textContent.includes('complete')")
        assert guest.page.get_by_label("Brand").input_value() == "Northpeak"


def test_the_browser_says_numbers_and_ranks_as_the_service(
    someone: Visit, address: str, files: dict[str, Path]
) -> None:
    page = someone.page
    someone.open(address)
    someone.score(files["mine.csv"])
    values = [0.0, 0.004, -0.004, 0.126, -0.5, 3.456, -7.26, -0.04, 9.96, 12.0, 1234.6, -98765.4]
    forms: dict[str, Callable[[float], str]] = {
        "ratio": partial(look.decimal, signed=True),
        "percent": partial(look.percent, signed=True), "share": look.percent, "count": look.count,
        "orders": look.orders, "money": look.money,
    }  # fmt: skip
    told = page.evaluate("([names, xs]) => names.map(n => xs.map(x => clForm[n](x)))", [list(forms), values])
    for name, said in zip(forms, told, strict=True):
        assert said == [forms[name](value) for value in values], name
    table = page.evaluate("dash_ag_grid.getApi('shortlist').getGridOption('rowData')")
    table[3]["roi"] = table[5]["roi"] = None
    orders: tuple[RankBy, ...] = ("roi", "fit", "profit")
    for by in orders:
        mine = page.evaluate("([by, rows]) => dash_clientside.page.rerank(by, rows)", [by, table])
        assert mine == ranked(table, by)
    assert someone.faults == []
    # The one-page summary is one page, however long the names and the flags.
    flags = [{"label": "audience unknown"}, {"label": "high sponsored share"}, {"label": "few comments"}] * 2
    long = [row | {"name": "a_long_name_" * 16, "flags": flags} for row in table * 3]
    campaign = {"brief": "Many words. " * 90, "starts_on": "2026-01-01", "ends_on": "2026-02-01", "goal": "sales"}
    answer = {"campaign": campaign,
              "model": {"name": "creatorlift", "version": "1", "data": "simulated"}, "currency": "EUR",
              "as_of": "2026-01-01T00:00:00Z", "level": 0.8}  # fmt: skip
    page.set_content(summary_html("A long title " * 30, answer, long))
    assert len(re.findall(rb"/Type\s*/Page[^s]", page.pdf(prefer_css_page_size=True))) == 1


def test_the_plan_shown_is_the_endpoints_for_the_budget_shown(
    someone: Visit, address: str, files: dict[str, Path]
) -> None:
    page, asked = someone.page, []
    page.on("request", lambda r: asked.append(r.post_data_json) if "plan-answer" in (r.post_data or "") else None)
    someone.open(address)
    someone.score(files["mine.csv"])
    # The first plan is worked out while she reads the shortlist.
    page.wait_for_function("document.querySelectorAll('#plan-result .cl-figure').length > 0")
    someone.step("Plan")
    page.wait_for_selector("#plan-grid .cl-rule")
    slider = page.locator("#plan-slider [role=slider]")
    for _ in range(9):
        slider.press("ArrowLeft")
    page.wait_for_function("!document.querySelector('#plan-busy').className")
    plan = _shown_plan(page, asked[-1], address)
    assert "Creators booked" in plan
    # The curve is one for all budgets near it: the line in it is where the budget is, and nothing is asked again.
    line = "document.querySelector('#plan-curves .js-plotly-plot')?.layout?.shapes?.[0].x0"
    budget = asked[-1]["inputs"][0]["value"]["budget"]
    page.wait_for_function(f"{line} === {budget}")
    curves: list[Any] = []
    page.on("request", lambda r: curves.append(r) if "plan-curve-ask" in (r.post_data or "") else None)
    slider.press("ArrowRight")
    page.wait_for_function(f"{line} > {budget}")
    assert curves == []
    # Rules that leave no plan are told in place of one that is not of this budget; another way out brings one back.
    page.locator("#plan-grid .cl-rule:has-text('Lock')").first.click()
    page.wait_for_selector("#plan-grid .cl-rule.is-on")
    page.fill("#plan-budget", "1")
    page.wait_for_selector("#plan-result :text('No plan keeps to this')")
    page.wait_for_function("!document.querySelector('#plan-curves .js-plotly-plot')")
    page.locator("#plan-grid .cl-rule.is-on").click()
    page.wait_for_selector("#plan-result :text('book nobody')")
    page.fill("#plan-budget", "1200")
    page.wait_for_selector("#plan-result :text('of 1,200 EUR')")
    assert _shown_plan(page, asked[-1], address) != plan
    page.wait_for_selector("#plan-curves .js-plotly-plot")
    # A fee changed in the shortlist plans again, at the budget set by hand.
    someone.step("Shortlist")
    page.locator("#shortlist .ag-body [col-id=fee]").first.dblclick()
    with page.expect_request(lambda r: "plan-answer" in (r.post_data or "") and '"fee":35' in r.post_data):
        page.keyboard.type("35")
        page.keyboard.press("Enter")
    someone.step("Plan")
    page.wait_for_function("!document.querySelector('#plan-busy').className")
    _shown_plan(page, asked[-1], address)
    assert asked[-1]["inputs"][0]["value"]["budget"] == 1200
    assert someone.faults == []


def _shown_plan(page: Any, sent: Any, address: str) -> str:
    """What the page shows of a plan; it must be the one the endpoint gives for the budget the page shows."""
    ask = sent["inputs"][0]["value"]
    budget = float(page.input_value("#plan-budget").replace(",", ""))
    body = {"campaign": ask["campaign"], "as_of": ask["as_of"], "candidates": [one["item"] for one in ask["listed"]],
            "budget": budget, "mode": ask["mode"], "maximise": ask["aim"], "must_have": ask["rules"]["must"],
            "never": ask["rules"]["never"]}  # fmt: skip
    direct = httpx.post(address + "/v1/plan", json=body).json()
    rows = page.evaluate(
        "(() => { const api = dash_ag_grid.getApi('plan-grid'), all = []; api.forEachNode(n => all.push(n.data)); "
        "return all; })()"
    )
    booked = [row for row in rows if row["state"] == "chosen"]
    assert [(row["creator_id"], row["profit"]) for row in booked] == [
        (one["creator_id"], pytest.approx(one["profit"], rel=1e-9)) for one in direct["chosen"]
    ]
    assert len(rows) == len(ask["listed"]) - len(direct["errors"])
    told = str(page.inner_text("#plan-result"))
    totals = direct["totals"]
    for text in (f"of {look.money(budget, 'EUR')}", look.money(totals["profit"]["expected"]),
                 look.span(look.money(totals["profit"]["low"]), look.money(totals["profit"]["high"])),
                 look.percent(totals["probability_positive"])):  # fmt: skip
        assert text in told
    return told
