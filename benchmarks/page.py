"""The marketer's page in a browser: how soon it is of use, and how soon it answers with 500 candidates.

    python benchmarks/page.py WORKSPACE        # MLFLOW_TRACKING_URI: a registry with a champion

Writes benchmarks/results/page.json. Times are taken inside the browser, from the event to the frame in which its result
is seen. Every load is cold: a browser profile of its own, nothing kept. "Useful" is the first step's text on the
screen, "usable" the form there and the browser free to take a key. An interaction is over when its figures are seen;
what is drawn afterwards, below them, is told apart, from the same event: `complete_ms`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from common import write_result
from endpoint import free_port, ours, server
from playwright.sync_api import Browser, Page, sync_playwright

from data.sources import read_tables

LOADS, TIMES, CANDIDATES = 5, 5, 500
USEFUL_MS, USABLE_MS, INTERACTION_MS = 2_000, 2_000, 200
CHROMIUM = "/usr/bin/chromium"
_WATCH = """
window.__t = {};
const look = () => {
  if (!__t.useful && document.querySelector('.cl-h2'))
    requestAnimationFrame(() => { __t.useful ||= performance.now(); });
  if (!__t.usable && document.querySelector('#brief-next'))
    requestAnimationFrame(() => setTimeout(() => { __t.usable ||= performance.now(); }, 0));
};
new MutationObserver(look).observe(document, { subtree: true, childList: true });
"""
_TIMED = """
async ([act, ...dones]) => {
  const go = new Function(act), frame = () => new Promise(requestAnimationFrame), took = [];
  const finished = dones.map(done => new Function('return ' + done));
  const started = performance.now();
  go();
  for (const [n, is] of finished.entries()) {
    while (!is()) {
      if (performance.now() - started > 30000) throw new Error('never: ' + dones[n]);
      await frame();
    }
    await frame();
    took.push(performance.now() - started);
  }
  return took;
}
"""
_TYPED = (
    "const f = document.querySelector('#shortlist-search'); "
    "Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(f, {text}); "
    "f.dispatchEvent(new Event('input', {{bubbles: true}}))"
)
_FIRST = (
    "document.querySelector('#shortlist .ag-center-cols-container .ag-row[row-index=\"0\"]').getAttribute('row-id')"
)
_COMPLETE = {
    "open_creator": "document.querySelector('#fee-words')?.textContent.includes('At a fee of')"
    " && ['Why this number', 'Past collaborations', 'What the audience says'].every(t => "
    "document.querySelector('.mantine-Drawer-content').textContent.includes(t))"
    " && document.querySelectorAll('.mantine-Drawer-content .js-plotly-plot .main-svg').length > 3",
    "compare": "document.querySelectorAll('.cl-compare .cl-mark-dot').length >= 3",
    "budget_slider": "document.querySelector('#plan-curves .js-plotly-plot')?.layout?.shapes[0].x0"
    " === Number(document.querySelector('#plan-budget').value.replaceAll(',', ''))",
}
"""When all of an answer is there, plots included."""
_FOUND = "document.querySelectorAll('#shortlist .ag-center-cols-container .ag-row').length"


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    workspace: Path = parser.parse_args().workspace
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        os.environ["CREATORLIFT_STATE"] = scratch
        listed = candidates_file(workspace, Path(scratch))
        port = free_port()
        with server(ours(workspace, port), port, "/readyz") as (url, _, _process):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            first = load(browser, url)
            loads = [load(browser, url) for _ in range(LOADS)]
            took, complete = interactions(browser, url, listed)
            browser.close()
    cold = {name: told([one[name] for one in loads]) for name in loads[0]}
    answers, whole = ({name: told(values) for name, values in some.items()} for some in (took, complete))
    for name, value in {**cold, **answers, **{f"{name}, complete": value for name, value in whole.items()}}.items():
        print(f"{name:<28} median {value['median']:7.0f} ms   p95 {value['p95']:7.0f} ms")
    write_result("page", {
        "candidates": CANDIDATES, "first_visitor_ms": dict(first), "cold_load_ms": cold, "interaction_ms": answers,
        "complete_ms": whole,
        "useful_within": cold["useful"]["median"] <= USEFUL_MS,
        "usable_within": cold["usable"]["median"] <= USABLE_MS,
        "slower_than_allowed": sorted(n for n, v in answers.items() if v["median"] > INTERACTION_MS),
        "load_average": os.getloadavg()[0],
    })  # fmt: skip
    return 0


def told(values: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {"median": statistics.median(values), "p95": float(np.quantile(values, 0.95)), "n": len(values)}


def candidates_file(workspace: Path, folder: Path) -> Path:
    """Creators of the workspace on one platform with fees of all sizes."""
    creators = read_tables(workspace, ["creators"])["creators"].drop_duplicates("creator_id")
    ids = creators[creators["platform"] == "instagram"]["creator_id"].head(CANDIDATES).tolist()
    if len(ids) < CANDIDATES:
        print(f"only {len(ids)} creators on one platform in {workspace}")
    path = folder / "candidates.csv"
    path.write_text("creator_id,fee\n" + "".join(f"{one},{20 + 37 * n % 900}\n" for n, one in enumerate(ids)))
    return path


@contextmanager
def visit(browser: Browser) -> Iterator[Page]:
    """A page in a profile of its own."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(90_000)
    try:
        yield context.new_page()
    finally:
        context.close()


def load(browser: Browser, url: str) -> Mapping[str, float]:
    """Milliseconds from asking for the page to its first paint, to its text, and to a form that takes keys."""
    with visit(browser) as page:
        page.add_init_script(_WATCH)
        page.goto(url + "/app/")
        page.wait_for_function("window.__t.usable")
        page.wait_for_timeout(700)
        return dict(page.evaluate(
            "({ first_paint: performance.getEntriesByName('first-contentful-paint')[0].startTime, ...window.__t })"
        ))  # fmt: skip


def interactions(browser: Browser, url: str, listed: Path) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Milliseconds of what she does with a long shortlist, each done several times: to the answer, and to all of it."""
    took: dict[str, list[float]] = {}
    complete: dict[str, list[float]] = {}
    with visit(browser) as page:

        def timed(name: str, act: str, done: str) -> None:
            answered, *rest = page.evaluate(_TIMED, [act, done, *([_COMPLETE[name]] if name in _COMPLETE else [])])
            took.setdefault(name, []).append(answered)
            if rest:
                complete.setdefault(name, []).append(rest[0])
            page.wait_for_timeout(400)

        page.goto(url + "/app/")
        page.wait_for_selector("#brief-next")
        page.click("#brief-example")
        page.wait_for_function("document.querySelector('#brief-state').textContent.includes('complete')")
        page.click("#brief-next")
        page.set_input_files("#upload input[type=file]", listed)
        page.wait_for_selector("#candidates-score:not([disabled])")
        timed("score_all", "document.querySelector('#candidates-score').click()",
              "document.querySelector('#shortlist .cl-link')")  # fmt: skip
        page.wait_for_timeout(2500)
        for turn in range(TIMES):
            _table(page, timed, turn)
        for turn in range(TIMES):
            _creator(page, timed, turn)
        _steps(page, timed)
    return took, complete


def _table(page: Page, timed: Any, turn: int) -> None:
    was = page.evaluate(_FIRST)
    timed("sort", f"document.querySelector('#shortlist .ag-header-cell[col-id={['lift', 'roi'][turn % 2]}] "
          ".ag-header-cell-label').click()", f"{_FIRST} !== {was!r}")  # fmt: skip
    timed("filter", _TYPED.format(text=repr(was[1:])), f"{_FOUND} < 8")
    timed("filter_off", _TYPED.format(text="''"), f"{_FOUND} > 8")
    pins = "document.querySelectorAll('#shortlist .ag-floating-top .cl-pin').length"
    timed("pin", "document.querySelectorAll('#shortlist .ag-body .cl-pin:not(.is-on)')[2].click()",
          f"{pins} > {page.evaluate(pins)}")  # fmt: skip
    ranks = ("profit", "roi", "fit")
    page.click("#rank-by")
    label = {"profit": "Rank by profit", "roi": "Rank by ROI", "fit": "Rank by fit"}[ranks[(turn + 1) % 3]]
    first = "document.querySelector('#shortlist .ag-pinned-left-cols-container')?.textContent"
    before = page.evaluate(first)
    timed("rank", f"[...document.querySelectorAll('[role=option]')].find(o => o.textContent === '{label}').click()",
          f"{first} !== {before!r}")  # fmt: skip


def _creator(page: Page, timed: Any, turn: int) -> None:
    link = f"document.querySelectorAll('#shortlist .ag-body .cl-link')[{turn}]"
    name = page.evaluate(link + ".textContent")
    timed("open_creator", link + ".click()",
          "document.querySelector('#creator-head .cl-figure-value')?.offsetParent && "
          f"document.querySelector('#creator-head h2').textContent === {name!r}")  # fmt: skip
    page.wait_for_selector("#fee-words:has-text('At a fee of')")
    page.wait_for_selector("#creator-rest >> text=Past collaborations")
    page.wait_for_selector("text=What the audience says")
    page.wait_for_timeout(500)
    words = page.inner_text("#fee-words")
    press = "document.querySelector('#fee-slider [role=slider]').dispatchEvent(new KeyboardEvent('keydown', "
    timed("fee_slider", press + "{key: 'ArrowRight', bubbles: true}))",
          f"document.querySelector('#fee-words').textContent !== {words!r}")  # fmt: skip
    timed("close_creator", "document.querySelector('[aria-label=\"Close the creator\"]').click()",
          "!document.querySelector('.mantine-Drawer-content')?.offsetParent")  # fmt: skip


def _steps(page: Page, timed: Any) -> None:
    for place in (0, 1, 2):
        page.locator("#shortlist .ag-body .ag-checkbox-input").nth(place).check()
    page.wait_for_selector("#compare-open:has-text('Compare 3')")

    def to(name: str) -> str:
        return f"[...document.querySelectorAll('[role=tab]')].find(t => t.innerText.includes('{name}')).click()"

    for _ in range(TIMES):
        timed("compare", "document.querySelector('#compare-open').click()",
              "document.querySelector('.cl-compare')?.offsetParent")  # fmt: skip
        page.keyboard.press("Escape")
        page.wait_for_selector(".cl-compare", state="hidden")
    timed("first_plan", to("Plan"), "document.querySelector('#plan-grid .cl-rule')?.offsetParent")
    page.wait_for_timeout(1500)
    for turn in range(TIMES):
        timed("step_to_shortlist", to("Shortlist"), "document.querySelector('#shortlist .ag-row')?.offsetParent")
        timed("step_to_plan", to("Plan"), "document.querySelector('#plan-grid .ag-row')?.offsetParent")
        timed("step_to_brief", to("Brief"), "document.querySelector('#brief-next')?.offsetParent")
        page.click('[role=tab]:has-text("Plan")')
        page.wait_for_timeout(400)
        timed("lock_creator", "document.querySelector('#plan-grid .cl-rule:not(.is-on)').click()",
              "document.querySelector('#plan-grid .cl-rule.is-on')")  # fmt: skip
        page.wait_for_function("!document.querySelector('#plan-busy').className")
        page.click("#plan-grid .cl-rule.is-on")
        page.wait_for_selector("#plan-grid .cl-rule.is-on", state="detached")
        page.wait_for_function("!document.querySelector('#plan-busy').className")
        page.wait_for_timeout(300)
        told_now = page.inner_text("#plan-result .cl-figures")
        key = ("ArrowRight", "ArrowLeft")[turn % 2]
        timed("budget_slider", "document.querySelector('#plan-slider [role=slider]').dispatchEvent("
              f"new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))",
              f"document.querySelector('#plan-result .cl-figures').innerText !== {told_now!r}")  # fmt: skip
        page.wait_for_function("!document.querySelector('#plan-busy').className")


if __name__ == "__main__":
    sys.exit(main())
