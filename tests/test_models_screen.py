"""The first look over a catalogue: its bounds hold for every creator, whatever the brief and the model, and the best of
a catalogue found with it are those of scoring everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import special

from data.history import History
from data.sources import load_history
from models import screen_trees
from models.creators import Creators
from models.registry import load_scorer
from models.scorer import TERM_COLUMNS, CreatorScorer
from models.screen import Screen
from models.screen_seen import Seen
from models.selection import Selection
from models.together import Together
from serving import shortlist_order
from serving.catalogue import Catalogue
from serving.inputs import about, asked_of
from serving.live import Live
from serving.operations import SHORTLIST_EXAMPLE
from serving.shortlist import shortlist
from serving.shortlist_request import ShortlistRequest
from tests.conftest import Trained

NOW = pd.Timestamp("2026-03-01T00:00:00Z").as_unit("us")
WORDS = ("running shoes", "bread and cakes", "sea travel", "lipstick", "chess", "a phone", "gardening tools", "yoga")


@pytest.fixture(scope="module")
def live(trained_once: Trained) -> Live:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", trained_once.uri)
        scorer, info = load_scorer("champion")
    history: History = load_history(trained_once.workspace)
    built = Creators.of(history, NOW, scorer.reference)
    return Live(scorer, info, Catalogue(lambda: history, built))


def brief(rng: np.random.Generator) -> dict[str, Any]:
    """A brief nobody has seen, some of it extreme: every rate up to 0.95, hardly any margin, odd dates."""
    day = pd.Timestamp("2026-03-02") + pd.Timedelta(days=int(rng.integers(0, 400)))
    some = rng.permutation(WORDS)[:3].tolist()
    return {
        **SHORTLIST_EXAMPLE["campaign"], "platform": None, "brief": " ".join(some), "keywords": some[:2],
        "category": str(rng.choice(["fitness", "food", "beauty", "tech"])),
        "goal": str(rng.choice(["sales", "leads", "signups", "traffic", "awareness", "followers"])),
        "starts_on": f"{day:%Y-%m-%d}", "ends_on": f"{day + pd.Timedelta(days=int(rng.integers(0, 90))):%Y-%m-%d}",
        "order_value": float(10 ** rng.uniform(-1, 4)), "gross_margin": float(rng.uniform(0.01, 1)),
        "return_rate": None if rng.random() < 0.5 else float(rng.uniform(0, 0.9)),
        "baseline_rate": None if rng.random() < 0.5 else float(10 ** rng.uniform(-4, -0.02)),
        "ships_to": None if rng.random() < 0.5 else rng.permutation(["US", "GB", "DE", "FR"])[:2].tolist(),
        "handling_cost": None if rng.random() < 0.5 else float(rng.uniform(0, 60)),
        "target_audience": None if rng.random() < 0.5 else {"age": {"18-24": 0.4, "25-34": 0.5}, "gender": {"male": 1}},
    }  # fmt: skip


def request(rng: np.random.Generator, **more: Any) -> ShortlistRequest:
    return ShortlistRequest.model_validate_json(json.dumps({"campaign": brief(rng), **more}))


def models(scorer: CreatorScorer) -> Iterator[CreatorScorer]:
    """The model as it is, and others made of it: of trees or curves alone, of neither, of more doubt and leads."""
    yield scorer
    lift, selection, rates = scorer.lift, scorer.selection, scorer.rates
    for share in (0.0, 1.0):
        other = type(lift).from_state(*lift.state())
        other.blend_ = replace(lift.blend_, tree_share=share)
        reach = type(scorer.reach).from_state(*scorer.reach.state())
        reach.blend = replace(reach.blend, tree_share=share)
        yield replace(scorer, lift=other, reach=reach)
    blank = type(lift).from_state(*lift.state())
    blank.blend_ = replace(lift.blend_, curves=None, trees=(), tree_share=0.0)
    yield replace(scorer, lift=blank, reach=type(scorer.reach)(), selection=Selection())
    other = type(lift).from_state(*lift.state())
    other.spread_ = replace(lift.spread_, tau=0.5, scale=3.0, growth=-0.8)
    shift = replace(rates.given_shift, mean=0.6)
    for together in (Together(-0.6, 0.1), Together(0.2, 0.5)):
        leading = replace(selection, lead=0.2, rate_lead=0.9, together=together)
        yield replace(scorer, lift=other, selection=leading, rates=replace(rates, given_shift=shift))


def exact(live: Live, scorer: CreatorScorer, asked: ShortlistRequest) -> dict[str, np.ndarray]:
    """What bounds must hold: gross profit before any cost, and what the fit score grows with."""
    assert live.catalogue is not None and live.catalogue.built is not None
    built, campaign = live.catalogue.built, asked.campaign
    n = len(built)
    terms = {name: np.full(n, np.nan) for name in TERM_COLUMNS} | {"fee": np.zeros(n)}
    columns = scorer.score_rows(built.features(np.arange(n), asked_of(campaign, built)), about(campaign, n), terms)
    return {"value": columns["profit_expected"] + columns["cost_expected"],
            "fit": special.ndtri(columns["fit_score"] / 100.0)}  # fmt: skip


def test_bounds_hold_for_every_creator(live: Live) -> None:
    assert isinstance(live.scorer, CreatorScorer) and live.catalogue is not None and live.catalogue.built is not None
    built, rng = live.catalogue.built, np.random.default_rng(3)
    everybody = np.arange(len(built))
    for scorer in models(live.scorer):
        screen = Screen.of(built, scorer)
        for _ in range(4):
            asked = request(rng)
            true = exact(live, scorer, asked)
            seen = Seen.of(screen, asked_of(asked.campaign, built), about(asked.campaign, 1))
            for name, by_fit in (("value", False), ("fit", True)):
                middle, most = seen.at_most(by_fit)
                closer = seen.closer(everybody, by_fit, lambda rows, _: np.ones(len(rows), dtype=bool))
                assert (most >= true[name]).all() and (closer >= true[name]).all()
                assert np.mean(closer - true[name]) <= np.mean(most - true[name])
                if np.ptp(middle) < 1e-9:
                    continue
                assert (
                    np.corrcoef(
                        special.ndtri((np.argsort(np.argsort(middle)) + 0.5) / len(middle)),
                        special.ndtri((np.argsort(np.argsort(true[name])) + 0.5) / len(middle)),
                    )[0, 1]
                    > 0.2  # of trees alone the middle says little
                )


def test_few_rows_and_many_are_looked_up_alike(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(live.scorer, CreatorScorer) and live.catalogue is not None and live.catalogue.built is not None
    built, asked = live.catalogue.built, request(np.random.default_rng(5))
    seen = Seen.of(live.screen, asked_of(asked.campaign, built), about(asked.campaign, 1))
    found = []
    for many in (0, 10**6):
        monkeypatch.setattr(screen_trees, "_MANY_ROWS", many)
        found.append(seen.closer(np.arange(len(built)), False, lambda rows, _: np.ones(len(rows), dtype=bool)))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-9)


def test_the_best_are_those_of_scoring_everybody(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(live.scorer, CreatorScorer) and live.catalogue is not None and live.catalogue.built is not None
    ids, rng = live.catalogue.built.names(np.arange(len(live.catalogue.built))), np.random.default_rng(4)
    for scorer in models(live.scorer):
        other = replace(live, scorer=scorer)
        for _ in range(6):
            fees = {one: float(rng.choice([0.0, 5.0, 50.0, 400.0])) for one in ids if rng.random() < 0.7}
            asked = request(
                rng, k=int(rng.integers(1, 12)), fees=fees, rank_by=str(rng.choice(["profit", "roi", "fit"])),
                abstain=bool(rng.random() < 0.3), filters={"without_flags": ["few_posts"][: int(rng.random() * 1.4)]},
            )  # fmt: skip
            whole = shortlist(asked, other)
            with monkeypatch.context() as patched:
                patched.setattr(shortlist_order, "WHOLE", 0)
                patched.setattr(shortlist_order, "AT_ONCE", 8)
                assert shortlist(asked, other).results == whole.results
