"""The page with keys and scopes on, for several users, behind several workers, and with the admin's buttons."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models import registry
from serving.server import listen
from tests.conftest import Trained
from tests.page_visits import (  # noqa: F401 - fixtures among them
    CHROMIUM,
    Visit,
    address,
    browser,
    files,
    key_of,
    served,
    someone,
    visit,
)
from tests.test_training_gate import another_version
from training.gate import history

pytestmark = pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Debian's chromium is not installed")

OUTCOME = {"collaboration_id": "x/1", "agreed_at": "2025-10-01T00:00:00Z", "posted_at": "2025-10-02T00:00:00Z",
           "ended_at": "2025-10-20T00:00:00Z", "fee": 100, "measure": "holdout", "exposed": 1000,
           "exposed_conversions": 40, "holdout": 500, "holdout_conversions": 16}  # fmt: skip


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def job_of(brief: Any, candidates: Path) -> dict[str, Any]:
    """A batch job as a form: a brief and a file of candidates."""
    return {
        "brief": {"name": "brief.json", "mimeType": "application/json", "buffer": json.dumps(brief).encode()},
        "file": {"name": "list.csv", "mimeType": "text/csv", "buffer": candidates.read_bytes()},
    }


@contextmanager
def at_two_workers(trained: Trained, state: Path) -> Iterator[str]:
    """The command as users start it, with two processes; its address."""
    with closing(listen("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "cli", "serve", str(trained.workspace), "--port", str(port), "--workers", "2"]
    environment = os.environ | {"MLFLOW_TRACKING_URI": trained.uri, "CREATORLIFT_STATE": str(state)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert process.poll() is None
            try:
                urllib.request.urlopen(url + "/readyz", timeout=5).close()  # noqa: S310 - our own address
                break
            except OSError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


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
        someone.plan()
        assert asked.count(other) > 5 and abs(asked.count(other) - asked.count(address)) <= 1
        assert someone.faults == []


def test_two_users_see_nothing_of_each_other(
    browser: Any, trained_once: Trained, files: dict[str, Path], tmp_path: Path
) -> None:
    ana, ben = (key_of(tmp_path, name, "score", "outcomes") for name in ("ana", "ben"))
    creator = pd.read_csv(files["mine.csv"], usecols=["creator_id"])["creator_id"][0]
    secret = "Quietbird Laboratories"
    with served(trained_once, tmp_path) as address:
        # Ana scores, plans, sends an outcome and a job.
        for guest in visit(browser, 1440, "light", http_credentials={"username": "", "password": ana}):
            page = guest.page
            guest.open(address)
            guest.score(files["mine.csv"])
            guest.step("Brief")
            page.get_by_label("Brand").fill(secret)
            page.get_by_label("Brand").press("Tab")
            page.wait_for_function(
                "name => document.querySelector('#brief-title').textContent.includes(name)", arg=secret
            )
            guest.step("Candidates")
            with page.expect_response(lambda r: '"asked":{"data":{"campaign_id"' in r.text()) as answered:
                page.click("#candidates-score")
            asked = answered.value.json()["response"]["asked"]["data"]
            guest.plan()
            sent = {**OUTCOME, "campaign_id": asked["campaign_id"], "creator_id": creator}
            kept = page.request.post(address + "/v1/outcomes", data={"outcomes": [sent]}, headers=bearer(ana))
            assert kept.ok, kept.text()
            job = page.request.post(
                address + "/v1/jobs", multipart=job_of(asked["campaign"], files["mine.csv"]), headers=bearer(ana)
            )
            assert job.status == 202, job.text()
            job_id = job.json()["job_id"]
            assert page.request.get(f"{address}/v1/jobs/{job_id}", headers=bearer(ana)).ok
            guest.step("After")
            page.wait_for_selector("text=of 1 measured lifts agree")
        # Ben has the same service, the same file, and has guessed the ids of the campaign and of the job.
        for guest in visit(browser, 1440, "light", http_credentials={"username": "", "password": ben}):
            page = guest.page
            told: list[Any] = []
            page.on("response", lambda answer, into=told: into.append(answer))
            guest.open(address)
            assert "Still needed" in page.inner_text("#brief-state") and page.locator("#list .ag-row").count() == 0
            guest.score(files["mine.csv"])
            guest.plan()
            guest.step("After")
            page.wait_for_selector("text=No measured outcome of this campaign yet")
            guessed = {"campaign": asked["campaign"], "campaign_id": asked["campaign_id"], "names": {},
                       "creator_id": None, "predicted": {creator: [0.1, 0.0, 0.2]}}  # fmt: skip
            with page.expect_response(lambda r: "after-result" in (r.request.post_data or "")) as answered:
                page.evaluate("ask => dash_clientside.set_props('after-ask', {data: ask})", guessed)
            assert "No measured outcome of this campaign yet" in answered.value.text()
            assert page.request.get(f"{address}/v1/jobs/{job_id}", headers=bearer(ben)).status == 404
            assert len(told) > 20 and not any(secret in answer.text() for answer in told if answer.status == 200)
            assert secret not in page.content()
            assert guest.faults == []


def test_a_key_that_may_not_open_the_page_is_told_so(browser: Any, trained_once: Trained, tmp_path: Path) -> None:
    credentials = {"username": "", "password": key_of(tmp_path, "shop", "outcomes")}
    with served(trained_once, tmp_path) as address:
        for guest in visit(browser, 390, "dark", http_credentials=credentials):
            assert guest.page.goto(address + "/app/").status == 403
            guest.page.wait_for_selector("h1:has-text('This key may not do that')")
            assert "scope `score`" in guest.page.inner_text("main")
            guest.shot("9-refused")
            guest.accessible("refused")


def test_two_workers_answer_one_visitor(
    someone: Visit, trained_once: Trained, files: dict[str, Path], tmp_path: Path
) -> None:
    with at_two_workers(trained_once, tmp_path) as address:
        someone.open(address)
        someone.score(files["mine.csv"])
        someone.plan()
        someone.step("Shortlist")
        someone.page.click("#rank-by")
        someone.page.click("[role=option]:has-text('Rank by fit')")
        someone.step("Model")
        someone.page.wait_for_selector("#model-versions table")
        assert someone.faults == []
