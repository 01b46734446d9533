"""The page in a real browser: a first-time marketer's whole way, a data scientist's tab, wrong files, lost connections.

Screenshots go to `var/screenshots/`, for people to look at.
"""

from __future__ import annotations

import itertools
import json
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import uvicorn
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from data.sources import read_tables
from models import registry
from serving.config import ServeSettings
from serving.live import load_live
from serving.page import look
from serving.page.shortlist import ranked
from serving.schemas import RankBy
from serving.server import listen, uvicorn_config
from serving.service import make_service
from serving.store import open_store, store_url
from serving.store_keys import create_key
from tests.conftest import PROMOTED_AT, Trained
from tests.test_training_gate import another_version
from training.gate import history

CHROMIUM = "/usr/bin/chromium"
SHOTS = Path(__file__).parent.parent / "var" / "screenshots"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT = 60_000

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed")


@contextmanager
def served(trained: Trained, state: Path) -> Iterator[str]:
    """The service with the trained model on a free port of this machine; its address."""
    with pytest.MonkeyPatch.context() as patch, closing(listen("127.0.0.1", 0)) as listener:
        patch.setenv("MLFLOW_TRACKING_URI", trained.uri)
        patch.setenv("CREATORLIFT_STATE", str(state))
        settings = ServeSettings(workspace=trained.workspace)
        service = make_service(lambda: (settings, load_live(settings)))
        server = uvicorn.Server(uvicorn_config(service.to_asgi()))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                time.sleep(0.05)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)


@pytest.fixture(scope="module")
def address(trained_once: Trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(trained_once, tmp_path_factory.mktemp("state")) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def files(trained_once: Trained, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What she has at hand: a list with fees and mistakes in it, an export of another tool, and no spreadsheet."""
    folder = tmp_path_factory.mktemp("files")
    creators = read_tables(trained_once.workspace, ["creators"])["creators"].drop_duplicates("creator_id")
    mine = creators[creators["platform"] == "instagram"]["creator_id"].head(12).tolist()
    wrong = ["nobody-knows,,,", f"{mine[0]},lots,,", ",5,,", f"{mine[1]},1,2,3,4,5"]
    rows = [f"{name},{20 + 15 * n},," for n, name in enumerate(mine)] + wrong
    made = {name: folder / name for name in ("mine.csv", "export.csv", "notes.pdf")}
    made["mine.csv"].write_text("creator_id,fee,note,more\n" + "\n".join(rows) + "\n")
    names = ["Instagram name,Subscribers,Audience country", "zoë.läuft,48.5M,Spain", "山登り_official,12K,Japan",
             "=HYPERLINK(1),7.1K,Peru"]  # fmt: skip
    made["export.csv"].write_text("\n".join(names) + "\n", "utf-8")
    made["notes.pdf"].write_bytes(b"%PDF-1.4")
    return made


@dataclass
class Visit:
    """A browser page that notes what went wrong, and what it asked others for."""

    page: Any
    name: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("console", lambda m: self.faults.append(f"console: {m.text}") if m.type == "error" else None)
        self.page.on("request", self._asked)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1", "data:", "blob:", "about:")):
            self.faults.append(f"asked {request.url}")

    def open(self, address: str, path: str = "/app/") -> None:
        self.page.goto(address + path)
        self.page.wait_for_selector("#brief-next")
        self.page.wait_for_function("document.querySelector('#brief-state')?.textContent")

    def shot(self, step: str) -> None:
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(250)
        self.page.screenshot(path=SHOTS / f"{step}-{self.name}.png", full_page=True)

    def step(self, name: str) -> None:
        self.page.locator(f'[role=tab]:has-text("{name}")').first.click()

    def score(self, file: Path) -> None:
        """From the example brief and a file of candidates to the shortlist."""
        self.page.click("#brief-example")
        self.page.wait_for_function("document.querySelector('#brief-state').textContent.includes('complete')")
        self.page.click("#brief-next")
        self.page.set_input_files("#upload input[type=file]", file)
        self.page.wait_for_selector("#candidates-score:not([disabled])")
        self.page.click("#candidates-score")
        self.page.wait_for_selector("#shortlist .cl-link")

    def open_saved(self, name: str, tries: int = 3) -> None:
        """A saved brief from the menu; pressed again, as one would, when the menu closed under the first press."""
        complete = "document.querySelector('#brief-state').textContent.includes('complete')"
        for left in reversed(range(tries)):
            self.page.click("#brief-menu")
            self.page.click(f"[role=menuitem]:has-text('{name}') >> nth=0")
            try:
                self.page.wait_for_function(complete, timeout=15_000)
            except PlaywrightTimeout:
                if not left:
                    raise
                self.page.keyboard.press("Escape")
            else:
                return

    def accessible(self, where: str) -> None:
        """No serious or critical violation by axe."""
        from axe_playwright_python.sync_playwright import Axe

        self.page.wait_for_timeout(350)  # transitions change contrast while they run
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        told = [
            f"{where}, {v['id']}: {[n['html'][:140] + ' | ' + n['failureSummary'][:160] for n in v['nodes'][:3]]}"
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert not told, "\n".join(told)


def visit(browser: Any, width: int, scheme: str, **more: Any) -> Iterator[Visit]:
    size = {"width": width, "height": 900 if width > 600 else 844}
    context = browser.new_context(viewport=size, color_scheme=scheme, accept_downloads=True, **more)
    yield Visit(context.new_page(), f"{width}-{scheme}")
    context.close()


@pytest.fixture(params=[(1440, "light"), (390, "dark")], ids=["desk-light", "phone-dark"])
def marketer(browser: Any, request: pytest.FixtureRequest) -> Iterator[Visit]:
    yield from visit(browser, *request.param)


@pytest.fixture
def someone(browser: Any) -> Iterator[Visit]:
    yield from visit(browser, 1440, "light")


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
    page.wait_for_selector("text=the ending .pdf")
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
        page.get_by_label("Safety of the maximum fee").click()
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


def key_of(state: Path, name: str, scope: str) -> str:
    """A new key of the service that keeps its memory in `state`."""
    store = open_store(store_url({"CREATORLIFT_STATE": str(state)}))
    try:
        return create_key(store, name, [scope], at=PROMOTED_AT, by="the tests")[1]
    finally:
        store.close()


def test_keys_are_asked_for_and_their_scopes_kept(
    browser: Any, trained_once: Trained, files: dict[str, Path], tmp_path: Path
) -> None:
    scorer = key_of(tmp_path, "marketing", "score")
    with served(trained_once, tmp_path) as address:
        for guest in visit(browser, 1440, "light"):
            refused = guest.page.request.get(address + "/app/")
            assert refused.status == 401 and "Basic" in refused.headers["www-authenticate"]
        credentials = {"username": "", "password": scorer}
        for guest in visit(browser, 1440, "light", http_credentials=credentials):
            guest.open(address)
            guest.score(files["mine.csv"])
            guest.step("Model")
            guest.page.get_by_label("Reason").fill("because")
            guest.page.wait_for_selector("#model-versions table")
            guest.page.evaluate("dash_clientside.set_props('act-done', {data: 'again'})")
            assert scorer not in json.dumps(guest.page.evaluate("Object.entries({...localStorage, ...sessionStorage})"))
            guest.step("After")
            guest.page.click("#after-creator")
            guest.page.keyboard.press("ArrowDown")
            guest.page.keyboard.press("Enter")
            guest.page.click("#after-save")
            guest.page.wait_for_selector("text=This needs a key with the scope `outcomes`")


def test_a_promotion_and_the_way_back(
    browser: Any, trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = registry.database_file(trained.uri)
    assert old is not None
    shutil.copytree(old.parent, tmp_path / "registry")
    copied = replace(trained, uri=f"sqlite:///{tmp_path}/registry/mlflow.db")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", copied.uri)
    assert another_version(tmp_path) == "2"
    admin = {"username": "", "password": key_of(tmp_path / "state", "data science", "admin")}
    with served(copied, tmp_path / "state") as address:
        for guest in visit(browser, 1440, "light", http_credentials=admin):
            page = guest.page
            guest.open(address)
            guest.step("Model")
            page.click("#model-versions :text-is('Promote')")
            page.wait_for_selector("text=Write the reason first")
            page.get_by_label("Reason").fill("better on the newest deals")
            page.click("#model-versions :text-is('Promote')")
            page.wait_for_selector("#act-said :text('Promoted.')")
            page.wait_for_selector("#model-versions li:has-text('promote 1 → 2 by page, ')")
            assert "better on the newest deals" in page.inner_text("#model-versions li >> nth=0")
            # The service takes it up by itself, and the page says so at the top of every step.
            page.wait_for_selector("#badge:has-text('model 2')")
            guest.shot("8-model-promoted")
            page.get_by_label("Reason").fill("odd scores")
            page.click("#model-versions :text-is('Roll back')")
            page.wait_for_selector("#act-said :text('Rolled back.')")
            page.wait_for_selector("#model-versions li:has-text('rollback 2 → 1 by page, ')")
            assert guest.faults == []
    assert registry.resolve().version == "1"
    assert [(act.action, act.reason) for act in history()[1:]] == [
        ("promote", "better on the newest deals"), ("rollback", "odd scores")
    ]  # fmt: skip


def test_every_request_may_be_answered_by_another_worker(
    someone: Visit, address: str, trained_once: Trained, files: dict[str, Path], tmp_path: Path
) -> None:
    with served(trained_once, tmp_path) as other:
        turns = itertools.cycle((address, other))
        asked: list[str] = []

        def elsewhere(route: Any) -> None:
            asked.append(next(turns))
            route.continue_(url=route.request.url.replace(address, asked[-1]))

        someone.page.route("**/_dash-update-component*", elsewhere)
        someone.open(address)
        someone.score(files["mine.csv"])
        someone.page.click("#shortlist .ag-body .cl-link >> nth=0")
        someone.page.wait_for_selector("#fee-words:has-text('At a fee of')")
        someone.page.wait_for_selector("#creator-rest >> text=Past collaborations")
        someone.page.keyboard.press("Escape")
        someone.step("Plan")
        someone.page.wait_for_selector("#plan-grid .cl-rule")
        assert asked.count(other) > 5 and abs(asked.count(other) - asked.count(address)) <= 1
        assert someone.faults == []


def test_the_browser_says_numbers_and_ranks_as_the_service(
    someone: Visit, address: str, files: dict[str, Path]
) -> None:
    page = someone.page
    someone.open(address)
    someone.score(files["mine.csv"])
    values = [0.0, 0.004, -0.004, 0.126, -0.5, 3.456, -7.26, 9.96, 12.0, 1234.6, -98765.4]
    forms: dict[str, Callable[[float], str]] = {
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
