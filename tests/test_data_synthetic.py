"""The simulated market: sound tables, the same market for the same config, and a truth with the published shapes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.check import check_workspace
from data.errors import ConfigError, TableError
from data.frames import DTYPES
from data.history import History
from data.schemas import TABLES
from data.sources import read_tables
from data.synthetic import TRUTH, Market, MarketConfig, simulate_market, simulate_outcomes, write_market
from data.synthetic_truth import LATENTS

SMALL = MarketConfig(
    creators=500, collaborations=400, seed=7, asked_pairings=60, posts_per_creator=6, comments_per_creator=10
)
WIDE = MarketConfig(
    creators=6_000, collaborations=0, seed=3, asked_pairings=6_000, posts_per_creator=1, comments_per_creator=0
)
DEALS = MarketConfig(
    creators=3_000, collaborations=2_500, seed=5, asked_pairings=1_500, posts_per_creator=1, comments_per_creator=0
)


@pytest.fixture(scope="module")
def small() -> Market:
    return simulate_market(SMALL)


@pytest.fixture(scope="module")
def deals() -> Market:
    return simulate_market(DEALS)


def happened(market: Market) -> np.ndarray:
    return np.asarray(market.truth["collaboration_id"].notna())


def slopes(columns: list[np.ndarray], y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least-squares coefficients (intercept last) and their t values."""
    x = np.column_stack([*columns, np.ones(len(y))])
    beta, *_ = np.linalg.lstsq(x, y, rcond=None)
    variance = ((y - x @ beta) ** 2).sum() / (len(y) - x.shape[1])
    return beta, beta / np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * variance)


def test_every_table_is_typed_and_the_written_workspace_has_no_fault(small: Market, tmp_path: Path) -> None:
    for name, frame in small.tables.items():
        assert {c.name: str(frame[c.name].dtype) for c in TABLES[name].columns} == {
            c.name: DTYPES[c.kind] for c in TABLES[name].columns
        }
    assert set(small.tables) == set(TABLES)
    write_market(small, tmp_path)
    assert check_workspace(tmp_path) == []


@pytest.mark.parametrize("form", ["parquet", "csv.gz"])
def test_what_is_written_is_what_was_simulated_with_the_truth_apart(small: Market, tmp_path: Path, form: str) -> None:
    write_market(small, tmp_path, format=form)
    back = read_tables(tmp_path)
    assert_frame_equal(back["collaborations"], small.tables["collaborations"])
    assert_frame_equal(back["comments"], small.tables["comments"])
    both = [pd.read_parquet(tmp_path / "truth" / f"{n}.parquet") for n in ("collaborations", "pairings")]
    assert [len(frame) for frame in both] == [SMALL.collaborations, SMALL.asked_pairings]
    assert all(tuple(frame.columns) == TRUTH for frame in both)
    assert both[1]["collaboration_id"].isna().all()
    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.{form}" for name in TABLES} | {"truth"}


def test_the_same_config_gives_the_same_market_and_another_seed_another(small: Market) -> None:
    again = simulate_market(SMALL)
    for name, frame in small.tables.items():
        assert_frame_equal(again.tables[name], frame)
    assert_frame_equal(again.truth, small.truth)
    assert_frame_equal(again.latents, small.latents)
    assert_frame_equal(again.asked, small.asked)
    other = simulate_market(replace(SMALL, seed=8))
    assert not other.truth["log_lift"].equals(small.truth["log_lift"])


def test_no_table_holds_the_truth(deals: Market) -> None:
    hidden = {*TRUTH[3:], *LATENTS} - {"question"}
    for name, frame in deals.tables.items():
        shown = set(frame.columns) - {c.name for c in TABLES[name].columns}
        assert not shown
        assert not (set(frame.columns) & hidden) - {"baseline_rate", "sponsored"}
    rows = deals.tables["collaborations"].set_index("collaboration_id")
    true = deals.truth[happened(deals)].set_index("collaboration_id")["log_lift"]
    for column in rows.select_dtypes("number").columns:
        known = rows[column].notna().to_numpy()
        if known.sum() > 50:
            assert abs(np.corrcoef(rows[column][known], true[known])[0, 1]) < 0.9, column


def test_deals_run_in_order_and_are_the_past(small: Market) -> None:
    rows = small.tables["collaborations"]
    over = rows["measure"].notna()
    assert (rows["agreed_at"] < rows["posted_at"])[rows["posted_at"].notna()].all()
    assert (rows["posted_at"] < rows["ended_at"])[over].all()
    assert (rows["outcome_known_at"] - rows["ended_at"])[over].eq(pd.Timedelta(days=30)).all()
    end = small.asked["as_of"].iloc[0]
    assert (rows["outcome_known_at"][over] <= end).all()
    assert (rows["agreed_at"] < end).all()
    assert History.of(small.tables).newest_fact_at() < end
    post = small.tables["posts"].set_index("post_id").loc[rows["post_id"].dropna()]
    with_post = rows[rows["post_id"].notna()]
    assert (post["sponsored"].fillna(1) == 1).all()
    assert post["creator_id"].tolist() == with_post["creator_id"].tolist()
    brand = small.tables["campaigns"].set_index("campaign_id")["brand"]
    assert post["brand"].tolist() == with_post["campaign_id"].map(brand).tolist()


def test_measures_come_in_the_asked_mix_and_tests_share_one_estimate(deals: Market) -> None:
    rows = deals.tables["collaborations"]
    share = rows["measure"].value_counts(normalize=True, dropna=False)
    for name, asked in (("holdout", 0.6), ("geo", 0.1), ("on_off", 0.08), ("attributed", 0.2)):
        assert share[name] == pytest.approx(asked, abs=0.045)
    assert rows["measure"].isna().mean() == pytest.approx(0.02, abs=0.001)
    assert rows["lift_estimate"].notna().equals(rows["measure"].isin(["geo", "on_off"]))
    tests = rows[rows["test_id"].notna()].groupby("test_id")
    assert tests[["lift_estimate", "lift_se"]].nunique().eq(1).all(axis=None)
    assert (tests.size() > 1).any()
    for column in ("exposed_conversions", "holdout", "holdout_conversions"):
        assert rows[column].notna().equals(rows["measure"] == "holdout")


def test_counts_are_small_and_agree_with_the_truth(deals: Market) -> None:
    rows = deals.tables["collaborations"].merge(deals.truth.dropna(subset=["collaboration_id"]), on="collaboration_id")
    test = rows[rows["measure"] == "holdout"]
    expected = test["exposed"] * test["baseline_rate"] * np.exp(test["log_lift"])
    assert test["exposed_conversions"].sum() == pytest.approx(expected.sum(), rel=0.02)
    assert test["holdout_conversions"].sum() == pytest.approx((test["holdout"] * test["baseline_rate"]).sum(), rel=0.03)
    assert 10 < test["exposed_conversions"].median() < 40
    assert test["exposed_conversions"].quantile(0.05) <= 3
    assert test["exposed_conversions"].quantile(0.95) > 150
    share = test["holdout"] / (test["holdout"] + test["exposed"])
    assert share.between(0.08, 0.55).all()
    joint = rows[rows["lift_estimate"].notna()].drop_duplicates("test_id")
    miss = (np.log1p(joint["lift_estimate"]) - joint["log_lift"])[
        joint.groupby("test_id")["log_lift"].transform("size") == 1
    ]
    assert abs(miss.mean()) < 0.1
    known = rows["exposed"].notna()
    spread = np.log(rows["exposed"] / rows["exposed_mean"])[known]
    assert rows["exposed"][known].sum() == pytest.approx(rows["exposed_mean"][known].sum(), rel=0.05)
    assert spread.std() == pytest.approx(0.35, abs=0.04)


def test_attributed_orders_are_not_the_incremental_ones(deals: Market) -> None:
    rows = deals.tables["collaborations"].merge(deals.truth.dropna(subset=["collaboration_id"]), on="collaboration_id")
    rows = rows[rows["measure"].notna()]
    caused = rows["exposed_mean"] * rows["baseline_rate"] * np.expm1(rows["log_lift"])
    assert 0.4 < caused.sum() / rows["attributed_conversions"].sum() < 1.1
    idle = rows[rows["log_lift"] <= 0]
    assert idle["attributed_conversions"].sum() > 0
    leaked = rows["code_uses_without_click"]
    assert 0.05 < leaked.sum() / rows.loc[leaked.notna(), "attributed_conversions"].sum() < 0.5
    assert (leaked[leaked.notna()] <= rows["attributed_conversions"][leaked.notna()]).all()


def test_published_shapes_are_in_the_truth() -> None:
    market = simulate_market(WIDE)
    at = {name: market.latents[name].to_numpy() for name in LATENTS}
    curved = ("activity", "positivity", "sponsored", "match")
    straight = ("intent", "complaint", "spam", "pod", "trust", "audience_match", "language_match", "goal_base")
    columns = [at[c] for c in curved] + [at[c] ** 2 for c in curved] + [at[c] for c in straight]
    beta, t = slopes([*columns, at["log10_followers"]], market.truth["log_lift"].to_numpy())
    squares = dict(zip(curved, t[4:8], strict=True))
    assert squares["sponsored"] > 5
    assert max(squares["activity"], squares["positivity"], squares["match"]) < -5
    lines = dict(zip(straight, t[8:], strict=False))
    assert min(lines[c] for c in ("intent", "trust", "audience_match", "language_match", "goal_base")) > 5
    assert max(lines[c] for c in ("complaint", "spam", "pod")) < -5
    assert abs(beta[len(columns)]) < 0.02


def test_followers_decide_reach_but_not_lift(deals: Market) -> None:
    creators = deals.tables["creators"].drop_duplicates("creator_id", keep="last").set_index("creator_id")
    rows = deals.truth.assign(
        size=deals.latents["log10_followers"], platform=deals.truth["creator_id"].map(creators["platform"])
    )
    anywhere = deals.tables["campaigns"].set_index("campaign_id")["ships_to"].isna()
    instagram = rows[(rows["platform"] == "instagram") & rows["campaign_id"].map(anywhere)]
    assert np.corrcoef(instagram["size"], np.log(instagram["exposed_mean"]))[0, 1] > 0.8
    assert abs(np.corrcoef(rows["size"], rows["log_lift"])[0, 1]) < 0.1
    elasticity, _ = slopes([instagram["size"].to_numpy() * np.log(10)], np.log(instagram["exposed_mean"]).to_numpy())
    assert 0.4 < elasticity[0] < 0.7


def test_without_heterogeneity_every_lift_is_the_same() -> None:
    flat = simulate_market(replace(SMALL, heterogeneity=0.0))
    assert flat.truth["log_lift"].max() == flat.truth["log_lift"].min()
    assert flat.truth["baseline_rate"].nunique() > 100


def test_the_knobs_move_what_they_name(deals: Market) -> None:
    known = deals.truth["log_lift"]
    sure = simulate_market(replace(DEALS, unexplained_sd=0.0)).truth["log_lift"]
    assert (known - sure).std() == pytest.approx(0.12, abs=0.01)
    twice = simulate_market(replace(DEALS, heterogeneity=2.0)).truth["log_lift"]
    assert twice.std() == pytest.approx(2 * known.std(), rel=1e-6)
    assert 0.22 < sure[happened(deals)].std() < 0.36


def test_brands_choose_better_than_the_catalogue_and_only_if_told_to(deals: Market) -> None:
    def edge(market: Market) -> float:
        rows = happened(market)
        lift = market.truth["log_lift"] - market.latents["goal_base"]
        return float(lift[rows].mean() - lift[~rows].mean())

    assert edge(deals) > 0.08
    assert abs(edge(simulate_market(replace(DEALS, selection=0.0)))) < 0.03


def test_under_confounding_attributed_orders_point_away_from_lift() -> None:
    def agreement(market: Market) -> float:
        true = market.truth.dropna(subset=["collaboration_id"]).set_index("collaboration_id")["log_lift"]
        rows = market.tables["collaborations"].set_index("collaboration_id").assign(log_lift=true)
        rows = rows[rows["exposed"].notna()]
        goal = rows["campaign_id"].map(market.tables["campaigns"].set_index("campaign_id")["goal"])
        rate = (rows["attributed_conversions"] + 0.5) / rows["exposed"]
        return float(np.corrcoef(rate.groupby(goal).rank(pct=True), rows["log_lift"])[0, 1])

    honest, confounded = (simulate_market(replace(DEALS, confounding=c)) for c in (0.0, 1.5))
    assert agreement(honest) > 0.1
    assert agreement(confounded) < 0.0
    rows = happened(confounded)
    fans = confounded.latents["fan"]
    assert fans[rows].mean() > fans[~rows].mean() + 0.3


def test_questions_are_drawn_evenly_from_the_whole_catalogue(deals: Market) -> None:
    asked = deals.asked
    assert list(asked.columns) == ["creator_id", "campaign_id", "as_of", "fee"]
    assert not asked.duplicated(["creator_id", "campaign_id"]).any()
    campaigns = deals.tables["campaigns"].set_index("campaign_id")
    assert (asked["campaign_id"].map(campaigns["starts_on"]) > asked["as_of"]).all()
    creators = deals.tables["creators"].drop_duplicates("creator_id").set_index("creator_id")
    wanted = asked["campaign_id"].map(campaigns["platform"])
    assert (asked["creator_id"].map(creators["platform"]) == wanted)[wanted.notna()].all()
    hired = set(deals.tables["collaborations"]["creator_id"])
    assert 0.3 < (~asked["creator_id"].isin(hired)).mean() < 0.9
    size = np.log(asked["creator_id"].map(creators["followers"]))
    assert size.mean() == pytest.approx(np.log(creators["followers"]).mean(), abs=0.1)


def test_comments_tell_the_traits_they_come_from() -> None:
    market = simulate_market(
        replace(SMALL, creators=300, collaborations=250, comments_per_creator=40, posts_per_creator=10)
    )
    comments = market.tables["comments"]
    comments = comments[comments["is_creator"] == 0]
    asked = (
        market.latents.assign(creator_id=market.truth["creator_id"])
        .drop_duplicates("creator_id")
        .set_index("creator_id")
    )
    signs = {
        "intent": r"order|buy|price|link|cart|comprar|kaufen|acheter",
        "spam": r"f4f|l4l|profile|my page|bio$|followers",
    }
    for trait, pattern in signs.items():
        share = comments["text"].str.lower().str.contains(pattern).groupby(comments["creator_id"]).mean()
        both = pd.concat([share, asked[trait]], axis=1).dropna()
        assert both.corr(method="spearman").iloc[0, 1] > 0.6, trait
    assert comments["text"].nunique() > 0.3 * len(comments)


@pytest.mark.parametrize(
    ("creators", "collaborations", "asked"), [(1, 3, 1), (3, 10, 2), (40, 0, 0), (40, 0, 25), (30, 300, 30)]
)
def test_tiny_markets_are_sound_too(tmp_path: Path, creators: int, collaborations: int, asked: int) -> None:
    config = MarketConfig(creators=creators, collaborations=collaborations, asked_pairings=asked, posts_per_creator=4)
    market = simulate_market(config)
    assert len(market.tables["collaborations"]) == collaborations
    assert len(market.asked) == asked
    write_market(market, tmp_path)
    assert check_workspace(tmp_path) == []


def test_a_market_may_end_at_any_time_and_measure_in_any_mix() -> None:
    end = pd.Timestamp("2019-06-01T12:00:00+02:00")
    config = replace(SMALL, end=end, holdout_share=0.0, geo_share=0.0, on_off_share=0.0, attributed_share=1.0)
    market = simulate_market(config)
    assert set(market.tables["collaborations"]["measure"]) == {"attributed"}
    assert market.tables["posts"]["posted_at"].max() < end
    assert (market.asked["as_of"] == end).all()


def test_every_setting_that_cannot_be_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        MarketConfig(
            creators=0,
            collaborations=-1,
            seed=-1,
            heterogeneity=float("nan"),
            holdout_share=0.9,
            geo_share=0.9,
            end=pd.Timestamp("2026-01-01"),
        )
    places = [fault.where for fault in caught.value.faults]
    assert places == [
        "market.creators", "market.collaborations", "market.seed", "market.heterogeneity",
        "market.holdout_share + geo_share + on_off_share + attributed_share", "market.end",
    ]  # fmt: skip


def test_progress_is_told_step_by_step() -> None:
    told: list[tuple[str, int, int]] = []
    simulate_market(replace(SMALL, creators=50, collaborations=20, asked_pairings=0), lambda *step: told.append(step))
    assert [done for _, done, _ in told] == list(range(1, told[0][2] + 1))


def given_tables() -> dict[str, pd.DataFrame]:
    market = simulate_market(
        replace(
            SMALL,
            creators=400,
            collaborations=300,
            asked_pairings=0,
            posts_per_creator=24,
            end=pd.Timestamp("2017-03-01", tz="UTC"),
        )
    )
    given = {name: market.tables[name] for name in ("creators", "posts", "comments")}
    given["creators"] = given["creators"].assign(
        category=given["creators"]["category"].fillna("odds & ends"), extra="kept"
    )
    return given


def test_outcomes_on_given_creators_keep_them_and_write_briefs_in_their_words(tmp_path: Path) -> None:
    given = given_tables()
    config = MarketConfig(collaborations=300, seed=2, asked_pairings=40)
    market = simulate_outcomes(given, config)
    for name, frame in given.items():
        assert_frame_equal(market.tables[name], frame)
    write_market(market, tmp_path)
    assert check_workspace(tmp_path) == []
    campaigns, rows = market.tables["campaigns"], market.tables["collaborations"]
    assert set(campaigns["category"]) <= set(given["creators"]["category"])
    beauty = campaigns[campaigns["category"] == "beauty"]
    assert beauty["keywords"].str.contains("skincare|glow|makeup|routine|retinol|beauty").all()
    newest = given["posts"]["posted_at"].max()
    assert (market.asked["as_of"] == newest + pd.Timedelta(days=1)).all()
    assert (rows["agreed_at"] < newest).all()
    before = given["posts"].merge(rows[["collaboration_id", "creator_id", "agreed_at"]], on="creator_id")
    earlier = (before["posted_at"] < before["agreed_at"]).groupby(before["collaboration_id"]).sum()
    assert (earlier.reindex(rows["collaboration_id"]).fillna(0) > 0).mean() > 0.6
    assert_frame_equal(simulate_outcomes(given, config).truth, market.truth)


def test_the_truth_on_given_creators_hangs_on_what_they_post_and_get() -> None:
    given = given_tables()
    market = simulate_outcomes(given, MarketConfig(collaborations=300, seed=2, unexplained_sd=0.0))
    comments = given["comments"][given["comments"]["is_creator"] == 0]
    buying = comments["text"].str.lower().str.contains("order|buy|price|link").groupby(comments["creator_id"]).mean()
    shown = market.truth["creator_id"].map(buying)
    both = (
        pd.concat([shown, market.truth["log_lift"], market.latents["intent"]], axis=1).dropna().corr(method="spearman")
    )
    assert both.iloc[0, 2] > 0.6
    assert both.iloc[0, 1] > 0.2


def test_outcomes_need_no_comments_nor_counts() -> None:
    given = given_tables()
    bare = {
        "creators": given["creators"][["creator_id", "platform"]].drop_duplicates("creator_id"),
        "posts": given["posts"][["post_id", "creator_id", "posted_at"]],
    }
    market = simulate_outcomes(bare, MarketConfig(collaborations=100, seed=1))
    assert len(market.tables["collaborations"]) == 100
    assert market.truth[["log_lift", "baseline_rate", "exposed_mean"]].notna().all(axis=None)


def test_outcomes_name_every_table_that_is_missing_or_in_the_way() -> None:
    given = given_tables()
    with pytest.raises(TableError) as caught:
        simulate_outcomes(
            {"creators": given["creators"][:0], "collaborations": pd.DataFrame({"a": [1]})}, MarketConfig()
        )
    assert [fault.where for fault in caught.value.faults] == ["table creators", "table posts", "table collaborations"]
