"""Niche features: hand-worked answers, plain loops, and the properties every feature keeps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from data.history import History, pairings_frame
from features import niche_match as matching
from features.asof import View
from features.niche import NICHE_FEATURES, niche_features
from features.niche_match import niche_match
from features.niche_reading import Captions
from features.niche_signs import DISCLOSED, Brand, brands, spaced
from features.niche_subjects import read_brief
from features.niche_text import fold, stem, tokens
from features.niche_topics import TOPICS, plain_splitter
from features.reference import Reference
from features.text_space import TextSpace
from models.text_space import fit_text_space
from tests.histories import draw_history

NAMES = [f.name for f in NICHE_FEATURES]
AS_OF = pd.Timestamp("2025-01-01", tz="UTC")


# Features by hand


def campaign(**more: Any) -> dict[str, Any]:
    return {
        "campaign_id": "k", "brand": "Acme", "category": "shoes", "brief": "running shoes", "keywords": "shoes",
        "competitors": "Zed,Other", "goal": "sales", "starts_on": "2025-02-01", "ends_on": "2025-03-01",
        "currency": "EUR", "order_value": 50.0, "gross_margin": 0.5, **more,
    }  # fmt: skip


def history_of(captions: list[dict[str, Any]], **tables: Any) -> History:
    """One creator "c" with posts given as dictionaries, `days` before `AS_OF` (default 10)."""
    posts = pd.DataFrame([
        {"post_id": f"p{i}", "creator_id": "c", "posted_at": AS_OF - pd.Timedelta(days=post.pop("days", 10)), **post}
        for i, post in enumerate(dict(one) for one in captions)
    ])  # fmt: skip
    base: dict[str, pd.DataFrame] = {
        "creators": pd.DataFrame({"creator_id": ["c"], "platform": ["instagram"]}),
        "campaigns": pd.DataFrame([campaign()]),
    }
    if len(posts):
        base["posts"] = posts
    return History.of({**base, **tables})


def asked(creator: str = "c", campaign_id: str = "k", as_of: pd.Timestamp = AS_OF) -> pd.DataFrame:
    return pairings_frame(pd.DataFrame({"creator_id": [creator], "campaign_id": [campaign_id], "as_of": [as_of]}))


def features(history: History, pairings: pd.DataFrame, space: TextSpace | None = None) -> pd.DataFrame:
    return pd.DataFrame(niche_features(View(history, pairings), space))[NAMES]


def test_keywords_in_posts_and_hashtags() -> None:
    history = history_of([
        {"caption": "my new SHOE #shoeslover #dog"}, {"caption": "dinner #dog"}, {"caption": ""},
        {"caption": "#running"},
    ])  # fmt: skip
    row = features(history, asked()).iloc[0]
    assert row["keyword_post_share"] == pytest.approx(1 / 3)  # of the three with a caption
    assert row["keyword_hashtag_share"] == pytest.approx(1 / 4)
    assert row["hashtag_concentration"] == pytest.approx((2 * 2 + 1 + 1) / 16)
    assert row["brief_word_share"] == 1.0  # shoe and running
    assert row["n_words_read"] == 13  # the words inside hashtags too


def test_brand_mentions_before_and_after_payment() -> None:
    history = history_of([
        {"caption": "love my acme", "days": 300}, {"caption": "#acme again", "days": 60},
        {"caption": "acme #ad", "days": 50}, {"caption": "acme still", "days": 40},
        {"caption": "look", "brand": "ACME", "sponsored": True, "days": 30},
    ])  # fmt: skip
    row = features(history, asked()).iloc[0]
    assert row["n_brand_mentions_organic"] == 2  # the one of day 40 came after the first payment
    assert row["n_brand_mentions_organic_90d"] == 1
    assert row["n_brand_mentions_paid"] == 2
    assert row["disclosure_rate"] == 0.0
    assert row["disclosed_post_share"] == pytest.approx(1 / 5)


def test_an_earlier_deal_with_the_brand_ends_organic_mentions() -> None:
    posts = [{"caption": "acme", "days": 300}, {"caption": "acme", "days": 60}]
    deals = pd.DataFrame({
        "collaboration_id": ["d"], "campaign_id": ["old"], "creator_id": ["c"], "fee": [1.0],
        "agreed_at": [AS_OF - pd.Timedelta(days=100)],
    })  # fmt: skip
    campaigns = pd.DataFrame([campaign(), campaign(campaign_id="old", brand="acme ", competitors=None)])
    row = features(history_of(posts, collaborations=deals, campaigns=campaigns), asked()).iloc[0]
    assert row["n_brand_mentions_organic"] == 1
    assert row["n_competitor_collaborations_180d"] == 0


def test_competitors_promoted_lately() -> None:
    history = history_of([
        {"caption": "zed #ad", "days": 20}, {"caption": "zed", "days": 100}, {"caption": "other #ad", "days": 170},
        {"caption": "zed #ad", "days": 200},
    ])  # fmt: skip
    row = features(history, asked()).iloc[0]
    assert row["n_competitor_paid_90d"] == 1
    assert row["n_competitor_paid_180d"] == 2
    assert row["n_competitor_organic_90d"] == 0
    assert row["n_competitor_organic_180d"] == 1


def test_competitors_are_missing_where_none_are_named() -> None:
    campaigns = pd.DataFrame([campaign(competitors=None)])
    row = features(history_of([{"caption": "zed"}], campaigns=campaigns), asked()).iloc[0]
    assert np.isnan(row["n_competitor_paid_90d"])
    assert row["n_brand_mentions_paid"] == 0


def test_bio_category_and_interests_are_compared_by_subject() -> None:
    creators = pd.DataFrame({
        "creator_id": ["c"], "platform": ["instagram"], "bio": ["Outfit ideas"], "category": ["Fashion"],
    })  # fmt: skip
    audience = pd.DataFrame({
        "creator_id": ["c"] * 3, "dimension": ["interest"] * 3, "bucket": ["Fashion", "pets", "pets"],
        "share": [0.5, 0.1, 1.0],
        "observed_at": [AS_OF - pd.Timedelta(days=d) for d in (5, 5, 50)],
    })  # fmt: skip
    row = features(history_of([], creators=creators, audience=audience), asked()).iloc[0]
    topics = read_brief("running shoes", "shoes", "shoes", None).topics
    fashion, pets = TOPICS.index("fashion"), TOPICS.index("pets")
    length = np.sqrt((topics**2).sum())
    assert row["bio_match"] == pytest.approx(topics[fashion] / length)
    assert row["category_subject_match"] == pytest.approx(topics[fashion] / length)
    wanted = (0.5 * topics[fashion] + 0.1 * topics[pets]) / (length * np.hypot(0.5, 0.1))
    assert row["interest_match"] == pytest.approx(wanted)


def test_topic_focus() -> None:
    one = features(history_of([{"caption": "sneakers"}, {"caption": "handbag"}, {"caption": "hello"}]), asked()).iloc[0]
    assert one["topic_entropy"] == 0.0
    assert one["on_topic_post_share"] == 1.0  # of the two posts that tell a subject
    two = features(history_of([{"caption": "sneakers"}, {"caption": "puppy"}]), asked()).iloc[0]
    assert two["topic_entropy"] == pytest.approx(np.log(2) / np.log(len(TOPICS)))
    assert two["on_topic_post_share"] == 0.5


def test_a_fitting_creator_matches_better_than_another() -> None:
    fitting = features(history_of([{"caption": "my sneakers and handbag"}]), asked()).iloc[0]
    other = features(history_of([{"caption": "pasta recipe for dinner"}]), asked()).iloc[0]
    assert fitting["niche_match_lexicon"] > 0.6 > 0.5 > other["niche_match_lexicon"]


def test_comments_of_others_count_too() -> None:
    comments = pd.DataFrame({
        "comment_id": ["m1", "m2"], "post_id": ["p0", "p0"], "creator_id": ["c", "c"],
        "text": ["cute sneakers", "#shoes"],
        "posted_at": [AS_OF - pd.Timedelta(days=1)] * 2, "is_creator": [0.0, None],
    })  # fmt: skip
    with_comments = features(history_of([{"caption": "hello"}], comments=comments), asked()).iloc[0]
    without = features(history_of([{"caption": "hello"}]), asked()).iloc[0]
    assert with_comments["niche_match_lexicon"] > without["niche_match_lexicon"]
    assert with_comments["n_words_read"] == without["n_words_read"]


def test_nothing_to_read_is_missing_and_counts_are_zero() -> None:
    row = features(history_of([]), asked()).iloc[0]
    zero = [n for n in NAMES if n.startswith("n_")]
    assert (row[zero] == 0).all()
    assert row.drop(zero).isna().all()


def test_an_unknown_campaign_leaves_what_needs_no_brief() -> None:
    row = features(history_of([{"caption": "sneakers #ad"}]), asked(campaign_id="gone")).iloc[0]
    kept = {"topic_entropy", "hashtag_concentration", "n_words_read", "disclosed_post_share", "profanity_post_share",
            "scam_post_share", "controversy_post_share"}  # fmt: skip
    assert set(row[row.notna()].index) == kept


# Properties, with and without a fitted space

CAPTIONS = (
    "my new shoes #shoeslover 👠", "soup for dinner #foodie #ad", "acme zed", "#acme @zed.official",
    "my dog 🐶 #dogsofinstagram", "", "what the fuck", "get rich quick", "dogs and soup, shoes and hund",
    "paid partnership with Other", "旅行好き #犬",
)  # fmt: skip


def worded(seed: int) -> tuple[History, pd.DataFrame]:
    """A drawn history whose posts have telling captions."""
    history, pairings = draw_history(seed)
    rng = np.random.default_rng(seed)
    n = len(history["posts"])
    drawn = pd.Series(
        [CAPTIONS[i] if i < len(CAPTIONS) else None for i in rng.integers(0, len(CAPTIONS) + 1, n)], dtype="str"
    )
    tables = {**history.tables, "posts": history["posts"].assign(caption=drawn)}
    return History(tables), pairings_frame(pairings)


@pytest.fixture(scope="module")
def space() -> TextSpace:
    """Fitted on small talk of 60 creators."""
    rng = np.random.default_rng(0)
    posts = pd.DataFrame([
        {"post_id": f"p{c}-{i}", "creator_id": f"c{c}", "posted_at": pd.Timestamp("2023-01-01", tz="UTC"),
         "caption": " ".join(CAPTIONS[j] for j in rng.integers(0, len(CAPTIONS), 2))}
        for c in range(60)
        for i in range(3)
    ])  # fmt: skip
    comments = posts.assign(comment_id=posts["post_id"], text=posts["caption"], is_creator=rng.random(len(posts)) < 0.4)
    creators = pd.DataFrame({"creator_id": posts["creator_id"].unique(), "platform": "instagram"})
    tables = {"creators": creators, "posts": posts, "comments": comments.drop(columns="caption")}
    made = fit_text_space(History.of(tables), pd.Timestamp("2024-01-01", tz="UTC"), 0)
    assert made is not None
    return made


@pytest.fixture(params=[False, True], ids=["lexicon", "space"])
def either(request: pytest.FixtureRequest, space: TextSpace) -> TextSpace | None:
    return space if request.param else None


SEEDS = range(5)


@pytest.mark.parametrize("seed", SEEDS)
def test_alone_equals_in_company(seed: int, either: TextSpace | None) -> None:
    history, pairings = worded(seed)
    together = features(history, pairings, either)
    for i in range(len(pairings)):
        one = pairings.iloc[[i]]
        mine = history.of_creators(one["creator_id"])
        assert_frame_equal(features(mine, one, either), together.iloc[[i]].reset_index(drop=True), check_exact=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_changes_nothing(seed: int, either: TextSpace | None) -> None:
    history, pairings = worded(seed)
    shuffled = History(
        {n: f.sample(frac=1.0, random_state=seed).reset_index(drop=True) for n, f in history.tables.items()}
    )
    assert_frame_equal(features(shuffled, pairings, either), features(history, pairings, either), check_exact=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_future_changes_nothing(seed: int, either: TextSpace | None) -> None:
    history, pairings = worded(seed)
    for i in range(len(pairings)):
        one = pairings.iloc[[i]]
        past = history.up_to(one["as_of"].iloc[0])
        assert_frame_equal(features(past, one, either), features(history, one, either), check_exact=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_values_stay_within_what_the_catalogue_says(seed: int, either: TextSpace | None) -> None:
    history, pairings = worded(seed)
    made = features(history, pairings, either)
    assert len(made) == len(pairings)
    for feature in NICHE_FEATURES:
        values = made[feature.name].dropna()
        assert feature.low is None or (values >= feature.low - 1e-12).all(), feature.name
        assert feature.high is None or (values <= feature.high + 1e-12).all(), feature.name


def test_every_feature_is_told_once_and_made() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert set(niche_features(View(*worded(0)), None)) == set(NAMES)


def test_no_pairings_give_no_rows(either: TextSpace | None) -> None:
    history, pairings = worded(0)
    assert features(history, pairings.iloc[:0], either).shape == (0, len(NAMES))


def test_a_space_is_needed_for_fitted_features_only(space: TextSpace) -> None:
    history, pairings = worded(3)
    fitted = {"niche_match", "brief_cosine", "brief_cosine_best_post", "brief_cosine_180d"}
    assert features(history, pairings, None)[sorted(fitted)].isna().all(axis=None)
    assert features(history, pairings, space)[sorted(fitted)].notna().any().all()


# Plain loops


def plain(history: History, pairing: pd.Series) -> dict[str, float]:
    """Count and share features of one pairing by loops over what it may see."""
    past = history.up_to(pairing["as_of"])
    briefs = past["campaigns"][past["campaigns"]["campaign_id"] == pairing["campaign_id"]]
    posts = past["posts"][past["posts"]["creator_id"] == pairing["creator_id"]].sort_values(["posted_at", "post_id"])
    brief = briefs.iloc[0] if len(briefs) else None
    keys = (
        read_brief(brief["brief"], brief["keywords"], brief["category"], None).keys
        if brief is not None
        else frozenset()
    )
    with_text = hits = tags = tag_hits = 0
    for caption in posts["caption"].dropna():
        found = tokens(fold(caption))
        terms = [term for token in found for term in plain_splitter().terms(token)]
        with_text += bool(found)
        hits += any(stem(term.removeprefix("#")) in keys for term in terms)
        for token in (t for t in found if t[0] == "#"):
            tags += 1
            tag_hits += any(stem(t.removeprefix("#")) in keys for t in plain_splitter().terms(token))
    nan = float("nan")
    return {
        "keyword_post_share": hits / with_text if with_text and keys else nan,
        "keyword_hashtag_share": tag_hits / tags if tags and keys else nan,
        **plain_mentions(past, posts, brief, pairing),
    }


def plain_mentions(past: History, posts: pd.DataFrame, brief: pd.Series | None, pairing: pd.Series) -> dict[str, float]:
    deals = past["collaborations"][past["collaborations"]["creator_id"] == pairing["creator_id"]]
    brand_of = past["campaigns"].drop_duplicates("campaign_id").set_index("campaign_id")["brand"]
    brand = Brand.of(brief["brand"]) if brief is not None else None
    paid_at = [d["agreed_at"] for _, d in deals.iterrows() if brand and same(brand, brand_of.get(d["campaign_id"]))]
    seen = []
    for _, post in posts.iterrows():
        signs = Captions.read([post["caption"]]).signs[0]
        paid = post["sponsored"] == 1 or bool(signs & DISCLOSED)
        ours = brand is not None and names(post, brand)
        theirs = brief is not None and any(names(post, rival) for rival in brands(brief["competitors"]))
        seen.append((post["posted_at"], paid, ours, theirs))
        if paid and ours:
            paid_at.append(post["posted_at"])
    since = pairing["as_of"] - pd.Timedelta(days=90)
    free = [t for t, paid, ours, _ in seen if ours and not paid and all(t < at for at in paid_at)]
    told = brief is not None and isinstance(brief["competitors"], str)
    nan = float("nan")
    return {
        "n_brand_mentions_organic": len(free) if brief is not None else nan,
        "n_brand_mentions_organic_90d": sum(t >= since for t in free) if brief is not None else nan,
        "n_brand_mentions_paid": sum(p and o for _, p, o, _ in seen) if brief is not None else nan,
        "n_competitor_paid_90d": sum(p and r and t >= since for t, p, _, r in seen) if told else nan,
        "n_competitor_organic_90d": sum(r and not p and t >= since for t, p, _, r in seen) if told else nan,
    }


def same(brand: Brand, name: object) -> bool:
    other = Brand.of(name) if isinstance(name, str) else None
    return other is not None and other.key == brand.key


def names(post: pd.Series, brand: Brand) -> bool:
    caption = post["caption"] if isinstance(post["caption"], str) else ""
    return same(brand, post["brand"]) or brand.named_in(spaced(tokens(fold(caption))))


@pytest.mark.parametrize("seed", range(12))
def test_equals_the_plain_loops(seed: int) -> None:
    history, pairings = worded(seed)
    made = features(history, pairings)
    for i in range(len(pairings)):
        wanted = pd.Series(plain(history, pairings.iloc[i]), dtype=np.float64)
        got = made.iloc[i][list(wanted.index)]
        assert np.allclose(got, wanted, rtol=1e-12, atol=0, equal_nan=True), pd.DataFrame(
            {"fast": got, "plain": wanted}
        )


# The match of a whole catalogue


def test_match_of_every_creator() -> None:
    history, _ = worded(1)
    extra = pd.DataFrame(
        {"creator_id": ["shoe", "silent"], "platform": ["instagram"] * 2, "bio": ["shoes, bags", None]}
    )
    history = history.plus({"creators": extra})
    as_of = pd.Timestamp("2026-01-01", tz="UTC")
    found = niche_match(history, {"brief": "new shoes", "keywords": ["boots", "bags"]}, as_of).set_index("creator_id")
    assert sorted(found.index) == sorted(set(history["creators"]["creator_id"]))
    assert found.loc["shoe", "match"] > 0.6
    assert found.loc["silent", "match"] == 0.5
    assert found.loc["silent", "words_read"] == 0
    assert found["match"].between(0, 1).all()


def test_match_equals_the_feature_in_any_chunks(monkeypatch: pytest.MonkeyPatch, space: TextSpace) -> None:
    history, pairings = worded(2)
    one = pairings.iloc[[0]].assign(campaign_id=history["campaigns"]["campaign_id"].iloc[0])
    brief = history["campaigns"].iloc[0].to_dict()
    reference = Reference(text_space=space)
    as_of = one["as_of"].iloc[0]
    steps: list[tuple[int, int]] = []
    whole = niche_match(history, brief, as_of, reference)
    monkeypatch.setattr(matching, "CREATORS_AT_ONCE", 1)
    apart = niche_match(history, brief, as_of, reference, progress=lambda done, of: steps.append((done, of)))
    assert_frame_equal(whole, apart, check_exact=True)
    assert steps[-1] == (len(whole), len(whole))
    every = pd.concat([one.assign(creator_id=c) for c in whole["creator_id"]], ignore_index=True)
    made = features(history, every, space)["niche_match"]
    assert (made.fillna(0.5).to_numpy() == whole["match"].to_numpy()).all()
