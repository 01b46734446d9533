"""The monitor against cases whose answer is known: an honest tool, one that exaggerates, hindsight, drift and none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from scipy import stats

import cli
from data.sources import load_history
from models.registry import ModelInfo, load_scorer
from models.scorer import CreatorScorer
from serving.catalogue import Catalogue
from serving.handler import score
from serving.memory_command import opened
from serving.monitor import Report, monitor
from serving.monitor_drift import MOST_ROWS, drift_of, psi
from serving.monitor_measured import Measured, current_frame, is_measured, measured_of, pair
from serving.monitor_scored import scored_of
from serving.monitor_terminal import notes, report_view
from serving.schemas import ScoreRequest
from serving.store import Store
from serving.store_outcomes import record
from serving.store_scores import Entry, read_briefs, read_requests, read_scores, write_scores
from tests.conftest import Trained
from tests.serving_fakes import BRIEF, NOW
from tests.test_serving_outcomes import HOLDOUT, outcome
from tests.test_serving_score_log import entry

Shop = tuple[CreatorScorer, ModelInfo, Catalogue]
AGREED = pd.Timestamp("2025-04-01T00:00:00Z")
BRIEFS = {"b": BRIEF | {"campaign_id": "old", "order_value": 50.0, "gross_margin": 0.5, "handling_cost": 10.0}}


def said(creator_id: str = "ana", *, as_of: str = "2025-03-01", number: int = 1, **more: Any) -> dict[str, Any]:
    time = pd.Timestamp(as_of, tz="UTC")
    return {
        "number": number, "creator_id": creator_id, "campaign_id": "old", "as_of": time, "answered_at": time,
        "model_version": "1", "model_as_of": pd.Timestamp("2025-01-01", tz="UTC"), "brief": "b", "level": 0.8,
        "lift_expected": 0.2, "lift_low": 0.0, "lift_high": 0.5, "incremental_expected": 10.0,
        "roi_probability_positive": 0.7, "fee": np.nan, **more,
    }  # fmt: skip


def test_the_last_answer_before_the_deal_counts() -> None:
    deals = current_frame([outcome("d1", **HOLDOUT), outcome("d2", creator_id="bo", **HOLDOUT)])
    scores = pd.DataFrame(
        [
            said(as_of="2025-03-01", number=1, fee=1.0),
            said(as_of="2025-03-20", number=2, fee=2.0),
            said(as_of="2025-03-20", number=3, fee=3.0),
            said(as_of="2025-04-02", number=4, fee=4.0),
            said("bo", campaign_id="other", number=5),
        ]
    )
    pairs, hindsight = pair(deals, scores)
    assert pairs[["collaboration_id", "said_fee"]].to_numpy().tolist() == [["d1", 3.0]] and hindsight == 0


def test_a_model_that_had_learned_from_the_outcome_is_hindsight() -> None:
    known = {"outcome_known_at": "2025-06-01T00:00:00Z"}
    rows = [outcome(f"d{n}", creator_id=c, **known, **HOLDOUT) for n, c in enumerate("ab")]
    late = pd.Timestamp("2025-07-01", tz="UTC")
    told_late = [said("a", model_as_of=late), said("b", model_as_of=late)]
    scores = pd.DataFrame([*told_late, said("b", number=2, as_of="2025-02-01")])
    told = measured_of(rows, scores, BRIEFS)
    assert (told.measured, told.compared, told.hindsight, told.not_scored) == (2, 1, 1, 0)
    unknown = measured_of(rows, scores.assign(model_as_of=scores["model_as_of"].where(scores["fee"] > 0)), BRIEFS)
    assert unknown.compared == 2


def test_what_is_measured() -> None:
    rows = [
        outcome("d1", **HOLDOUT), outcome("d2"), outcome("d3", measure="attributed", attributed_conversions=4),
        outcome("d4", measure="geo", lift_estimate=0.1, lift_se=0.2),
    ]  # fmt: skip
    assert is_measured(current_frame(rows)).tolist() == [True, False, False, True]


def deals_of(n: int, seed: int, shift: float = 0.0) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    """Deals whose truth is drawn from what the tool said of each; it says `shift` more than it believes."""
    rng = np.random.default_rng(seed)
    mu, sd, rate, exposed = rng.normal(0.2, 0.3, n), 0.25, 0.02, 8_000
    truth = rng.normal(mu, sd)
    k1, k0 = rng.poisson(exposed * rate * np.exp(truth)), rng.poisson(exposed * rate, n)
    half = stats.norm.ppf(0.9)
    # What the tool can know of the result: the spread of its belief, and of the counts on both sides.
    worth = exposed * rate * np.expm1(mu + sd**2 / 2)
    noise = np.sqrt((exposed * rate * np.exp(mu) * sd) ** 2 + exposed * rate * (np.exp(mu) + 1.0))
    fee = rng.uniform(0, 2_500, n)
    chance = stats.norm.cdf((worth * 25.0 - fee - 10.0) / (noise * 25.0))
    rows = [
        outcome(f"d{i:05}", creator_id=f"c{i}", fee=float(fee[i]), measure="holdout", exposed=exposed, holdout=exposed,
                exposed_conversions=int(k1[i]), holdout_conversions=int(k0[i])) for i in range(n)
    ]  # fmt: skip
    low, high = np.expm1(mu + shift - half * sd), np.expm1(mu + shift + half * sd)
    scores = [
        said(f"c{i}", number=i, lift_low=float(low[i]), lift_high=float(high[i]),
             incremental_expected=float(worth[i]), roi_probability_positive=float(chance[i])) for i in range(n)
    ]  # fmt: skip
    return rows, pd.DataFrame(scores)


def test_an_honest_tool_is_found_honest() -> None:
    told = measured_of(*deals_of(1_500, 1), BRIEFS)
    assert told.compared == 1_500 and told.coverage == pytest.approx(0.8, abs=0.03)
    assert told.bias_low is not None and told.bias_high is not None and told.bias_low < 0 < told.bias_high
    assert told.measured_low is not None and told.measured_high is not None and told.promised_conversions is not None
    assert told.measured_low < told.promised_conversions < told.measured_high
    assert told.hit_rate.low is not None and told.hit_rate.high is not None and told.expected_hit_rate is not None
    assert told.hit_rate.low - 0.02 < told.expected_hit_rate < told.hit_rate.high + 0.02
    assert told.brier is not None and told.brier < 0.2
    assert told.rank_correlation is not None and told.rank_correlation > 0.5
    assert told.hit_rate.n == told.worth_it.n + told.not_worth_it.n == 1_500


def test_a_tool_that_exaggerates_is_found_out() -> None:
    told = measured_of(*deals_of(800, 2, shift=0.3), BRIEFS)
    assert told.bias is not None and told.bias == pytest.approx(-0.3, abs=0.05)
    assert told.coverage is not None and told.coverage < 0.7
    told_in_words = notes(report_with(told))
    assert any("promised too high" in note for note in told_in_words)
    assert any("too narrow" in note for note in told_in_words)


def test_lift_figures_by_hand() -> None:
    rows = [outcome("d1", creator_id="a", measure="geo", lift_estimate=0.3, lift_se=0.2)]
    half = stats.norm.ppf(0.9)
    score_row = said("a", lift_low=np.expm1(0.1 - half * 0.3), lift_high=np.expm1(0.1 + half * 0.3))
    told = measured_of(rows, pd.DataFrame([score_row]), BRIEFS)
    assert told.bias == pytest.approx(np.log(1.3) - 0.1, abs=0.02)
    assert told.coverage == 1.0 and told.promised_conversions is None and told.hit_rate.n == 0


def test_roi_by_hand() -> None:
    # 9,000 exposed, 3,000 held out: 60 - 3 * 15 = 15 extra, at 25 each 375, less 10 handling.
    for fee, earned in ((364.0, 1.0), (366.0, 0.0)):
        told = measured_of([outcome(fee=fee, **HOLDOUT)], pd.DataFrame([said()]), BRIEFS)
        assert told.worth_it.right == earned and told.worth_it.n == 1
        assert told.brier == pytest.approx((0.7 - earned) ** 2) and told.measured_conversions == 15.0
    costly = outcome(fee=300.0, commission_rate=0.5, attributed_revenue=140.0, **HOLDOUT)
    assert measured_of([costly], pd.DataFrame([said()]), BRIEFS).worth_it.right == 0.0


def test_nothing_to_compare() -> None:
    for rows in ([], [outcome()], [outcome(**HOLDOUT)]):
        told = measured_of(rows, pd.DataFrame([said("somebody")]), BRIEFS)
        assert told.compared == 0 and told.bias is None and told.hit_rate.right is None


def test_the_index_against_plain_loops() -> None:
    rng = np.random.default_rng(3)
    for shift, holes in ((0.0, 0.0), (0.5, 0.0), (0.0, 0.3), (2.0, 0.1)):
        x, z = rng.normal(size=900), rng.normal(shift, 1, 700)
        z[rng.random(700) < holes] = np.nan
        edges = sorted(set(np.quantile(x, np.arange(1, 10) / 10)))
        total = 0.0
        for place in range(len(edges) + 2):
            counts = []
            for values in (x, z):
                inside = 0
                for value in values:
                    bin_of = len(edges) + 1 if np.isnan(value) else sum(value > edge for edge in edges)
                    inside += bin_of == place
                counts.append(max(inside / len(values), 1e-4))
            total += (counts[1] - counts[0]) * np.log(counts[1] / counts[0])
        assert psi(x, z) == pytest.approx(total, rel=1e-9)
    assert psi(x, x) == 0.0 and psi(np.full(5, np.nan), np.full(5, np.nan)) == 0.0
    assert psi(np.zeros(50), np.zeros(50)) == 0.0 and psi(np.zeros(50), np.ones(50)) > 5


def test_what_was_scored(sqlite_store: Store) -> None:
    write_scores(sqlite_store, [
        entry({"creator_id": "ana"}, {"creator_id": "cy", "fee": 5}, {"creator_id": "x"}),
        entry({"creator_id": "dee"}, {"creator_id": "y"}, at=NOW + pd.Timedelta(hours=1), brand="Ridgeline"),
    ])  # fmt: skip
    told = scored_of(read_scores(sqlite_store), read_requests(sqlite_store))
    assert (told.answers, told.candidates, told.creators, told.campaigns) == (2, 3, 3, 2)
    assert told.refused == {"unknown_creator": 2} and told.versions == {"3": 3} and told.paths == {"/v1/score": 2}
    assert told.support == {"in": 1 / 3, "edge": 1 / 3, "out": 1 / 3} and told.without_fee == pytest.approx(2 / 3)
    assert (told.first_at, told.last_at) == ("2025-06-01T12:00:00Z", "2025-06-01T13:00:00Z")


SCORED = ("flags", "fit_score", "support", "creator_id", "model_version", "fee")
ASKED = ("refused", "answered_at", "brief", "path")


def report_with(measured: Measured) -> Report:
    scored = scored_of(pd.DataFrame(columns=list(SCORED)), pd.DataFrame(columns=list(ASKED)))
    return Report("2026-01-01T00:00:00Z", None, "1", "own", scored, measured, None)


@pytest.fixture
def shop(trained: Trained) -> Shop:
    scorer, info = load_scorer("champion")
    return scorer, info, Catalogue.of(load_history(trained.workspace))


def ask(shop: Shop, brief: dict[str, Any], ids: list[str], as_of: str) -> Entry:
    scorer, info, catalogue = shop
    body = {"campaign": brief, "candidates": [{"creator_id": i, "fee": 100} for i in ids], "as_of": as_of}
    request = ScoreRequest.model_validate_json(json.dumps(body))
    response = score(request, scorer, info, catalogue, now=NOW)
    return Entry("r", "/v1/score", NOW, request.campaign, response, scorer.info["as_of"])


def test_drift_is_found_where_there_is_some_and_not_where_there_is_none(shop: Shop, sqlite_store: Store) -> None:
    scorer, info, catalogue = shop
    history = catalogue.history
    deals, campaigns = history["collaborations"], history["campaigns"].set_index("campaign_id")
    audiences = dict(list(history["campaign_audience"].groupby("campaign_id")))
    entries = []
    for campaign_id, some in deals.groupby("campaign_id"):
        row = campaigns.loc[campaign_id].dropna()
        dates = {name: row[name].strftime("%Y-%m-%d") for name in ("starts_on", "ends_on")}
        named = row.drop(["known_at", "visible_at", *dates], errors="ignore").to_dict()
        target: dict[str, dict[str, float]] = {}
        for dimension, bucket, share in audiences[campaign_id][["dimension", "bucket", "share"]].to_numpy().tolist():
            target.setdefault(dimension, {})[bucket] = share
        brief = named | dates | {"campaign_id": str(campaign_id), "target_audience": target}
        as_of = some["agreed_at"].max().isoformat()
        entries.append(ask(shop, brief, some["creator_id"].tolist(), as_of))
    write_scores(sqlite_store, entries)
    same = drift_of(scorer, info.version, history, read_scores(sqlite_store), read_briefs(sqlite_store))
    assert same.n_scored > 200 and same.new_creators == 0.0 and same.left_out == 0
    assert same.drifted <= 0.1 * len(same.features), [f for f in same.features if f.psi > same.threshold]
    odd = BRIEF | {"goal": "followers", "brand": "Never Seen", "category": "tax law", "brief": "declare your taxes"}
    ids = history["creators"]["creator_id"].drop_duplicates().tolist()
    early = [ask(shop, odd | {"campaign_id": f"odd{n}"}, ids, "2024-01-01T00:00:00Z") for n in range(5)]
    write_scores(sqlite_store, early)
    scores = read_scores(sqlite_store)
    odd_ones = scores[scores["campaign_id"].str.startswith("odd")]
    other = drift_of(scorer, info.version, history, odd_ones, read_briefs(sqlite_store))
    assert other.drifted > same.drifted + 5 and other.new_brands == 1.0
    assert other.features[0].psi > 1 and other.fit_psi is not None and other.fit_psi > 0
    assert len(odd_ones) <= MOST_ROWS


def test_the_command_end_to_end(
    trained: Trained, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CREATORLIFT_STATE", str(tmp_path / "state"))
    deal = load_history(trained.workspace)["collaborations"].iloc[-1]
    brief = BRIEF | {"campaign_id": deal["campaign_id"], "order_value": 50.0}
    asked = ask(shop, brief, [deal["creator_id"]], deal["agreed_at"].isoformat())
    names = {"creator_id": deal["creator_id"], "campaign_id": deal["campaign_id"]}
    names |= {"agreed_at": deal["agreed_at"].isoformat()}
    with opened() as store:
        write_scores(store, [replace(asked, model_as_of=None), replace(asked, response=asked.response)])
        record(store, [outcome("d1") | HOLDOUT | names], at=NOW, by="ada")
    assert cli.main(["monitor", str(trained.workspace), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["measured"]["compared"] == 1 and told["scored"]["candidates"] == 2
    assert told["drift"]["n_training"] > 0 and told["data"] == "simulated"
    assert cli.main(["monitor", str(trained.workspace), "--days", "10000"]) == 0
    words = capsys.readouterr().out
    for part in ("simulated data", "too few to judge", "hit rate of the tool", "Against what the model learned from"):
        assert part in words
    assert cli.main(["monitor", "--days", "1"]) == 0
    assert "candidates       0 of 0 creators" in capsys.readouterr().out


def test_the_report_without_anything_is_readable(sqlite_store: Store) -> None:
    report = monitor(sqlite_store, now=NOW)
    console = Console(width=100, record=True, file=None)
    with console.capture() as taken:
        console.print(report_view(report))
    assert "Model none yet" in taken.get() and "0 measured deals" in taken.get()
    json.dumps(report.to_json(), allow_nan=False)
