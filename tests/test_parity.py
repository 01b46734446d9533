"""One score, whichever way it is asked for: catalogue, inline, batch, alone, endpoint, file, and the training row."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from data.history import History
from data.sources import load_history
from serving.answers import ScoreResponse, ScoreResult, json_bytes
from serving.config import ServeSettings
from serving.files import score_files
from serving.live import Live, load_live
from serving.schemas import Candidate, ScoreRequest
from tests.conftest import Trained

NOW = pd.Timestamp("2026-01-05T00:00:00Z").as_unit("us")
ROOT = Path(__file__).parent.parent
_SECONDS_TO_START = 60
_OWN_TABLES = {"followers": ("observed_at", "followers"), "audience": ("observed_at", "dimension", "bucket", "share")}


@pytest.fixture(scope="module")
def live(trained_once: Trained) -> Live:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", trained_once.uri)
        return load_live(ServeSettings(workspace=trained_once.workspace))


def plain(row: pd.Series) -> dict[str, Any]:
    """A row as JSON would carry it: nothing missing, times as text."""
    return {
        name: value.isoformat() if isinstance(value, pd.Timestamp) else value
        for name, value in row.items()
        if not pd.isna(value) and name not in ("visible_at", "counts_visible_at")
    }


def campaign_of(history: History, campaign_id: str) -> dict[str, Any]:
    row = plain(history["campaigns"].set_index("campaign_id", drop=False).loc[campaign_id])
    audience = history["campaign_audience"]
    wanted = audience[audience["campaign_id"] == campaign_id]
    nested: dict[str, dict[str, float]] = {}
    for dimension, bucket, share in zip(wanted["dimension"], wanted["bucket"], wanted["share"], strict=True):
        nested.setdefault(dimension, {})[bucket] = share
    return row | ({"target_audience": nested} if nested else {})


def inline_of(history: History, creator_id: str) -> dict[str, Any]:
    """The creator's rows as an inline record."""
    own = history.of_creators([creator_id])
    posts = [plain(row) | {"comments": []} for _, row in own["posts"].iterrows()]
    by_id = {post["post_id"]: post["comments"] for post in posts}
    for _, row in own["comments"].iterrows():
        by_id[row["post_id"]].append(plain(row))
    rows = {name: [plain(r[list(columns)]) for _, r in own[name].iterrows()] for name, columns in _OWN_TABLES.items()}
    return {"creator": plain(own["creators"].iloc[0]), "posts": posts, **rows}


def without_past(history: History) -> list[str]:
    """Creators with posts, and comments, and no collaboration: all that is known of them fits an inline record."""
    busy = set(history["collaborations"]["creator_id"])
    commented = set(history["comments"]["creator_id"])
    versions = history["creators"]["creator_id"].value_counts()
    return [i for i in sorted(commented - busy) if versions[i] == 1]


def ask(live: Live, campaign: dict[str, Any], candidates: list[dict[str, Any]], **more: Any) -> dict[int, ScoreResult]:
    """Results by a fee that is different for each candidate and so names it."""
    body = {"campaign": campaign, "candidates": candidates, "as_of": "2026-01-04T00:00:00Z", "explain": True, **more}
    response = live.answer(ScoreRequest.model_validate_json(json.dumps(body)), NOW).response
    assert response.errors == []
    for result in response.results:
        result.rank = 1
    return {int(result.cost.fee or 0): result for result in response.results}


@pytest.fixture(scope="module")
def history(workspace: Path) -> History:
    return load_history(workspace)


@pytest.fixture(scope="module")
def campaign(history: History) -> dict[str, Any]:
    return campaign_of(history, history["campaigns"]["campaign_id"].iloc[-1]) | {"platform": None}


def test_alone_and_in_a_batch(live: Live, history: History, campaign: dict[str, Any]) -> None:
    known = history["creators"]["creator_id"].unique().tolist()[:25]
    asked = [{"creator_id": i, "fee": 100 + n} for n, i in enumerate(known)]
    inline = [inline_of(history, i) | {"fee": 500 + n} for n, i in enumerate(without_past(history)[:3])]
    together = ask(live, campaign, [*inline, *asked, *({**c, "fee": c["fee"] + 1_000} for c in asked)])
    for candidate in [*asked[:6], *inline]:
        assert ask(live, campaign, [candidate])[candidate["fee"]] == together[candidate["fee"]]


def test_catalogue_and_inline(live: Live, history: History, campaign: dict[str, Any]) -> None:
    chosen = without_past(history)[:4]
    assert chosen
    for creator_id in chosen:
        stored = ask(live, campaign, [{"creator_id": creator_id, "fee": 250}])[250]
        sent = ask(live, campaign, [inline_of(history, creator_id) | {"fee": 250}])[250]
        assert stored == sent


def test_a_request_sees_the_features_of_the_training_row(live: Live, history: History) -> None:
    from serving.inputs import questions

    deals = history["collaborations"]
    for _, deal in deals.iloc[:: max(1, len(deals) // 6)].iterrows():
        pairing = pd.DataFrame(
            {name: [deal[name]] for name in ("creator_id", "campaign_id")} | {"as_of": [deal["agreed_at"]]}
        )
        trained_on = live.scorer.features(history, pairing)  # type: ignore[attr-defined]  # the real scorer's
        body = {
            "campaign": campaign_of(history, deal["campaign_id"]),
            "candidates": [{"creator_id": deal["creator_id"]}],
        }
        request = ScoreRequest.model_validate_json(json.dumps(body))
        candidate = request.read_candidates()[0]
        assert isinstance(candidate, Candidate)
        asking = questions(request.campaign, [(0, candidate)], live.catalogue, deal["agreed_at"])
        asked = live.scorer.features(asking.history, asking.pairings)  # type: ignore[attr-defined]
        np.testing.assert_array_equal(asked.to_numpy(), trained_on.to_numpy())


def test_nothing_known_later_changes_a_score(live: Live, history: History, campaign: dict[str, Any]) -> None:
    creator_id = without_past(history)[0]
    record = inline_of(history, creator_id) | {"fee": 250}
    later = json.loads(json.dumps(record))
    later["posts"].append({"posted_at": "2026-01-04T00:00:00Z", "caption": "new", "likes": 10**6})
    later["followers"].append({"observed_at": "2026-01-04T00:00:00Z", "followers": 10**7})
    assert ask(live, campaign, [record]) == ask(live, campaign, [later])


EXTREMES: list[dict[str, Any]] = [
    {"order_value": 0}, {"gross_margin": 0}, {"baseline_rate": 0}, {"baseline_rate": 1.0}, {"return_rate": 1.0},
    {"order_value": 1e12, "handling_cost": 1e12}, {"keywords": ["x" * 5_000] * 50}, {"brief": ""}, {"category": "🙂"},
    {"ships_to": ["ZZ"]}, {"target_audience": {"age": {}}}, {"target_roi": 1_000.0, "safety": 0.99},
    {"target_roi": -0.999, "safety": 0.01},
    *({"goal": goal} for goal in ("leads", "signups", "traffic", "awareness", "followers")),
]  # fmt: skip


@pytest.mark.parametrize("extreme", EXTREMES, ids=lambda e: "-".join(e))
def test_the_ends_of_every_range_are_answered(live: Live, campaign: dict[str, Any], extreme: dict[str, Any]) -> None:
    post = {"posted_at": "2026-01-01T00:00:00Z", "likes": 10**12, "comments": []}
    odd = [{"text": text, "posted_at": "2026-01-02T00:00:00Z"} for text in ("", "🙂🙂", "\u200b", "a" * 50_000, "\x00")]
    candidates = [
        {"creator": {"platform": "other"}, "fee": 0},
        {"creator": {"platform": "tiktok", "followers": 0}, "posts": [post], "fee": 1e12},
        {"creator": {"platform": "youtube", "followers": 10**12}, "posts": [post | {"comments": odd}] * 3},
        {"creator": {"platform": "instagram"}, "audience": {"country": {"US": 0}}, "commission_rate": 1.0, "fee": 1},
        {"creator": {"platform": "instagram"}, "expected_exposed": 1e10, "product_cost": 1e12, "fee": 1e-9},
    ]
    body = {"campaign": campaign | extreme, "candidates": candidates, "as_of": "2026-01-04T00:00:00Z", "explain": True}
    response = live.answer(ScoreRequest.model_validate_json(json.dumps(body)), NOW).response
    assert response.errors == [] and len(response.results) == len(candidates)
    for level in (0.05, 0.99):
        asked = ScoreRequest.model_validate_json(json.dumps(body | {"level": level}))
        assert len(live.answer(asked, NOW).response.results) == 5
    assert TypeAdapter(ScoreResponse).validate_json(json_bytes(response), strict=True) == response


@contextmanager
def serving(trained: Trained, **more: str) -> Iterator[str]:
    """`creatorlift serve` on a free port, as its users start it; gives its address."""
    command = [
        sys.executable,
        "-c",
        "import sys, cli; sys.exit(cli.main(sys.argv[1:]))",
        "serve",
        str(trained.workspace),
    ]
    environment = os.environ | more | {"MLFLOW_TRACKING_URI": trained.uri, "CREATORLIFT_PORT": "0"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=-1, stderr=-1)
    try:
        assert process.stdout is not None
        found = re.search(r"http://\S+?:\d+", process.stdout.readline())
        if found is None:
            process.kill()
            raise AssertionError(process.communicate(timeout=_SECONDS_TO_START)[1])
        yield found.group()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=_SECONDS_TO_START)
        assert process.returncode == 0, err
        assert "Traceback" not in out + err
    finally:
        process.kill()
        process.wait(timeout=_SECONDS_TO_START)


def test_the_server_and_the_files_answer_bit_for_bit(
    trained: Trained, history: History, campaign: dict[str, Any], tmp_path: Path
) -> None:
    known = history["creators"]["creator_id"].unique().tolist()[:12]
    asked = [{"creator_id": creator_id, "fee": 90.5 + n} for n, creator_id in enumerate(known)] + [{"creator_id": "no"}]
    (tmp_path / "brief.json").write_text(json.dumps(campaign), "utf-8")
    pd.DataFrame(asked).to_csv(tmp_path / "candidates.csv", index=False)
    as_of = pd.Timestamp("2026-01-04T00:00:00Z")
    response = score_files(
        trained.workspace,
        tmp_path / "brief.json",
        tmp_path / "candidates.csv",
        tmp_path / "out.json",
        now=NOW,
        as_of=as_of,
    )
    with serving(trained) as address, httpx.Client(base_url=address, timeout=_SECONDS_TO_START) as client:
        answer = client.post("/v1/score", json={"campaign": campaign, "candidates": asked, "as_of": as_of.isoformat()})
        assert answer.status_code == 200
        assert answer.content == (tmp_path / "out.json").read_bytes() == json_bytes(response)
        assert client.get("/v1/model").json()["model"]["version"] == response.model.version
        assert client.get("/metrics").status_code == 200


@pytest.mark.soak
def test_two_workers_answer_alike_and_count_together(
    trained: Trained, history: History, campaign: dict[str, Any]
) -> None:
    candidates = [{"creator_id": history["creators"]["creator_id"].iloc[0], "fee": 10}]
    body = {"campaign": campaign, "candidates": candidates, "as_of": "2026-01-04T00:00:00Z"}
    with serving(trained, CREATORLIFT_WORKERS="2") as address:
        answers = {httpx.post(f"{address}/v1/score", json=body, timeout=60).content for _ in range(30)}
        counted = httpx.get(f"{address}/metrics", timeout=60).text
    assert len(answers) == 1
    assert 'creatorlift_requests_total{path="/v1/score",status="200"} 30.0' in counted


def test_a_taken_port_is_told_in_one_line(trained: Trained) -> None:
    from cli import main
    from serving.server import listen

    listener = listen("127.0.0.1", 0)
    with listener, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CREATORLIFT_WORKSPACE", str(trained.workspace))
        assert main(["serve", "--port", str(listener.getsockname()[1])]) == 1


def test_no_champion_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cli import main

    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    monkeypatch.setenv("CREATORLIFT_PORT", "0")
    assert main(["serve"]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.splitlines()) == 1 and "creatorlift train" in captured.err
