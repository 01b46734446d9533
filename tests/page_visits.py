"""Visits of the page in a real browser: a service, a browser, files to drop in, and who walks through.

Screenshots go to `var/screenshots/`, for people to look at.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from data.sources import read_tables
from serving.config import ServeSettings
from serving.live import load_live
from serving.service import make_service
from serving.store import open_store, store_url
from serving.store_keys import create_key
from tests.conftest import PROMOTED_AT, Trained
from tests.serving_running import running

CHROMIUM = "/usr/bin/chromium"
SHOTS = Path(__file__).parent.parent / "var" / "screenshots"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WAIT = 60_000


@contextmanager
def served(trained: Trained, state: Path) -> Iterator[str]:
    """The service with the trained model on a free port of this machine; its address."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", trained.uri)
        patch.setenv("CREATORLIFT_STATE", str(state))
        settings = ServeSettings(workspace=trained.workspace)
        with running(make_service(lambda: (settings, load_live(settings)))) as client:
            yield str(client.base_url)


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
        self._until_complete("#brief-example")
        self.page.click("#brief-next")
        self.page.set_input_files("#upload input[type=file]", file)
        self.page.wait_for_selector("#candidates-score:not([disabled])")
        self.page.click("#candidates-score")
        self.page.wait_for_selector("#shortlist .cl-link")

    def plan(self) -> None:
        """Through a creator to the plan."""
        self.page.click("#shortlist .ag-body .cl-link >> nth=0")
        self.page.wait_for_selector("#fee-words:has-text('At a fee of')")
        self.page.wait_for_selector("#creator-rest >> text=Past collaborations")
        self.page.keyboard.press("Escape")
        self.step("Plan")
        self.page.wait_for_selector("#plan-grid .cl-rule")

    def open_saved(self, name: str) -> None:
        """A saved brief from the menu."""
        self._until_complete("#brief-menu", f"[role=menuitem]:has-text('{name}') >> nth=0")

    def _until_complete(self, *pressed: str, tries: int = 3) -> None:
        """Fill the brief by these presses; again, as one would, when a menu closed or a busy service refused."""
        complete = "document.querySelector('#brief-state').textContent.includes('complete')"
        for left in reversed(range(tries)):
            for selector in pressed:
                self.page.click(selector)
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


@pytest.fixture
def someone(browser: Any) -> Iterator[Visit]:
    yield from visit(browser, 1440, "light")


def key_of(state: Path, name: str, *scopes: str) -> str:
    """A new key of the service that keeps its memory in `state`."""
    store = open_store(store_url({"CREATORLIFT_STATE": str(state)}))
    try:
        return create_key(store, name, list(scopes), at=PROMOTED_AT, by="the tests")[1]
    finally:
        store.close()
