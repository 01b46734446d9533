"""The fitted text space: it learns from company and categories, is the same every time, and survives being saved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.metrics import roc_auc_score

from data.errors import ArtifactError
from data.history import History
from features.asof import View
from features.niche_match import niche_match
from features.niche_reading import read_creators
from features.niche_subjects import creator_match, read_brief
from features.niche_topics import TOPICS
from features.reference import Reference
from features.text_space import TextSpace
from models import text_space as fitting
from models.text_space import fit_text_space

AS_OF = pd.Timestamp("2025-01-01", tz="UTC")
EARLIER = pd.Timestamp("2024-06-01", tz="UTC")
PETS = "puppy walkies zorbly {} #zorblylife"
FOOD = "pasta recipe blixten {} #blixtenday"


def history(n: int = 80, extra: dict[str, str] | None = None, categories: dict[str, str] | None = None) -> History:
    """Half the creators write of pets and "zorbly", half of food and "blixten"; `extra` adds creators and captions."""
    captions = {f"c{i:02d}": (PETS if i % 2 else FOOD).format("hello" if i % 3 else "today") for i in range(n)}
    captions |= extra or {}
    posts = pd.DataFrame({
        "post_id": [f"p{c}" for c in captions], "creator_id": list(captions), "caption": list(captions.values()),
        "posted_at": EARLIER,
    })  # fmt: skip
    creators = pd.DataFrame({"creator_id": list(captions), "platform": "instagram"})
    if categories is not None:
        creators["category"] = [categories.get(c) for c in captions]
    return History.of({"creators": creators, "posts": posts})


def fitted(past: History, as_of: pd.Timestamp, seed: int) -> TextSpace:
    """The space of a history with enough creators."""
    space = fit_text_space(past, as_of, seed)
    assert space is not None
    return space


def matches(past: History, space: TextSpace | None, **brief: Any) -> pd.Series:
    return niche_match(past, brief, AS_OF, Reference(text_space=space)).set_index("creator_id")["match"]


def test_words_that_keep_a_subjects_company_come_to_speak_for_it() -> None:
    past = history(400, {"new": "zorbly today", "other": "blixten today"})
    brief = {"brief": "dog leash for puppies"}
    blind = matches(past, None, **brief)
    assert blind["new"] == pytest.approx(blind["other"])
    seen = matches(past, fitted(past, AS_OF, 0), **brief)
    assert seen["new"] > 0.55
    assert seen["other"] < 0.45


def test_a_brief_of_learned_words_alone_is_understood() -> None:
    past = history(400)
    found = matches(past, fitted(past, AS_OF, 0), brief="zorbly")
    assert found["c01"] > 0.55
    assert found["c00"] < 0.45


def test_words_inside_hashtags_are_learned() -> None:
    past = history(400, {"one": "#lovezorbly", "other": "#loveblixten"})
    space = fitted(past, AS_OF, 0)
    assert space.splitter.split("lovezorbly") == ["love", "zorbly"]
    found = matches(past, space, brief="puppy leash")
    assert found["one"] > 0.55
    assert found["other"] < 0.45


def test_categories_teach_what_the_lexicon_does_not_know() -> None:
    plain = {f"x{i}": "quuxal morning" if i % 2 else "frimble morning" for i in range(60)}
    told = {c: "Pets" if int(c[1:]) % 2 else "Food" for c in plain}
    without, with_categories = (history(80, plain), history(80, plain, told))
    brief = {"brief": "dog leash for puppies"}
    unaware = matches(without, fitted(without, AS_OF, 0), **brief)
    aware = matches(with_categories, fitted(with_categories, AS_OF, 0), **brief)
    assert aware["x1"] > 0.6
    assert aware["x1"] - aware["x0"] > unaware["x1"] - unaware["x0"] + 0.2


def test_a_category_that_names_no_subject_speaks_against_those_others_name() -> None:
    evidence = fitting._category_evidence(["Pets", "Everything else", None])
    assert evidence[0, TOPICS.index("pets")] == 1.0
    assert evidence[0].sum() == 1.0
    assert evidence[1, TOPICS.index("pets")] == -1.0
    assert evidence[1].sum() == -1.0
    assert not evidence[2].any()


def test_the_regression_finds_the_minimum() -> None:
    """The gradient, worked out anew, is all but zero there."""
    rng = np.random.default_rng(0)
    rows = csr_matrix(rng.random((50, 4)) * (rng.random((50, 4)) < 0.7))
    labels = rng.dirichlet(np.full(len(TOPICS), 0.1), 50)
    weight = rng.random(50)
    slopes, bias = fitting._softmax_regression(rows, labels, weight)
    scores = rows @ slopes + bias
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    off = (chances - labels) * weight[:, None]
    assert np.abs(rows.T @ off + fitting.RIDGE * slopes).max() < 0.01
    assert np.abs(off.sum(axis=0)).max() < 0.02


def test_same_rows_in_any_order_and_seed_give_the_same_space() -> None:
    past = history()
    shuffled = History({n: f.sample(frac=1.0, random_state=1).reset_index(drop=True) for n, f in past.tables.items()})
    first = json.dumps(fitted(past, AS_OF, 3).to_json())
    assert first == json.dumps(fitted(past, AS_OF, 3).to_json())
    assert first == json.dumps(fitted(shuffled, AS_OF, 3).to_json())


def test_what_comes_later_is_not_learned() -> None:
    past = history()
    later = past["posts"].assign(post_id="late " + past["posts"]["post_id"], caption="flumox " * 3, posted_at=AS_OF)
    both = past.plus({"posts": later[["post_id", "creator_id", "caption", "posted_at"]]})
    assert fitted(both, AS_OF, 0).to_json() == fitted(past, AS_OF, 0).to_json()


def test_more_creators_than_are_read_are_drawn_by_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    past = history()
    monkeypatch.setattr(fitting, "MOST_CREATORS", 30)
    drawn = [fitting._sample(past, AS_OF, seed) for seed in (0, 0, 1)]
    assert len(drawn[0]) == 30
    assert drawn[0] == drawn[1] == sorted(drawn[0])
    assert drawn[0] != drawn[2]


def test_rare_terms_are_not_learned_and_the_most_used_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    past = history(80, {"a": "onceonly"})
    terms = fitted(past, AS_OF, 0).fields["caption"].terms
    assert "onceonly" not in terms
    assert list(terms) == sorted(terms)
    monkeypatch.setattr(fitting, "MOST_TERMS", 5)
    monkeypatch.setattr(fitting, "MOST_SPELLED", 2)
    assert len(fitted(past, AS_OF, 0).fields["caption"].terms) == 5


def test_too_few_creators_give_no_space() -> None:
    assert fit_text_space(history(19), AS_OF, 0) is None
    assert fit_text_space(history(20), EARLIER, 0) is None
    assert fit_text_space(History.of({}), AS_OF, 0) is None


def test_creators_without_a_common_term_still_give_a_space() -> None:
    past = history(0, {f"c{i}": f"word{i}unique" for i in range(25)})
    space = fitted(past, AS_OF, 0)
    assert space.directions.shape == (0, 0)
    assert (matches(past, space, brief="dog food").to_numpy() >= 0).all()


def test_a_saved_space_gives_the_same_bits() -> None:
    past = history(80, {"new": "zorbly today"})
    space = fitted(past, AS_OF, 0)
    again = TextSpace.from_json(json.loads(json.dumps(space.to_json())))
    assert again.to_json() == space.to_json()
    before, after = (matches(past, s, brief="dog leash, zorbly") for s in (space, again))
    assert (before.to_numpy() == after.to_numpy()).all()


def test_a_space_of_other_subjects_or_a_damaged_one_is_refused() -> None:
    saved = fitted(history(), AS_OF, 0).to_json()
    with pytest.raises(ArtifactError, match="fitted on subjects"):
        TextSpace.from_json({**saved, "topics": ["one"]})
    with pytest.raises(ArtifactError, match="cannot be read"):
        TextSpace.from_json({**saved, "bias": {"shape": [3], "base64": "!!"}})
    with pytest.raises(ArtifactError, match="cannot be read"):
        TextSpace.from_json({k: v for k, v in saved.items() if k != "fields"})
    with pytest.raises(ArtifactError, match="prior has shape"):
        TextSpace.from_json({**saved, "prior": saved["centre"]})


REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "instagram-influencer-posts"
BRIEFS = Path(__file__).resolve().parents[1] / "benchmarks" / "niche_briefs.json"


def real_creators() -> tuple[History, pd.Series]:
    """Real creators with a post, without their categories; and the categories by creator id."""
    profiles = pd.read_csv(REAL / "creators.csv.gz", usecols=["creator_id", "category"]).dropna()
    posts = pd.read_csv(REAL / "posts.csv.gz", usecols=["post_id", "creator_id", "caption"])
    comments = pd.read_csv(REAL / "comments.csv.gz", usecols=["comment_id", "post_id", "is_owner", "text"])
    comments = comments.merge(posts[["post_id", "creator_id"]], on="post_id").rename(columns={"is_owner": "is_creator"})
    category = profiles[profiles["creator_id"].isin(posts["creator_id"])].set_index("creator_id")["category"]
    tables = {
        "creators": pd.DataFrame({"creator_id": category.index, "platform": "instagram"}),
        "posts": posts.assign(posted_at=EARLIER),
        "comments": comments.assign(posted_at=EARLIER, text=comments["text"].fillna("")),
    }
    return History.of(tables), category


@pytest.mark.skipif(not REAL.is_dir(), reason="the public data folder is not beside the project")
def test_real_creators_are_found_without_their_categories() -> None:
    """A smaller fit than the benchmark's: 4,000 creators, judged on 2,000 others."""
    past, category = real_creators()
    ids = np.random.default_rng(1).permutation(np.sort(category.index.to_numpy(dtype=str)))
    space = fitted(past.of_creators(ids[:4000]), AS_OF, 0)
    judged = np.sort(ids[4000:6000])
    view = View(past.of_creators(judged), pd.DataFrame({"creator_id": judged, "campaign_id": "", "as_of": AS_OF}))
    reading = read_creators(view, space.splitter)
    found = []
    for wanted, briefs in json.loads(BRIEFS.read_text("utf-8")).items():
        for _, text in briefs:
            topics = np.tile(read_brief(text, None, None, space).topics, (reading.n, 1))
            match = np.nan_to_num(creator_match(reading, topics, space), nan=0.5)
            found.append(roc_auc_score((category[judged] == wanted).to_numpy(), match))
    assert np.mean(found) > 0.83
