"""How well briefs find creators of the right niche, on real creators; writes benchmarks/results/niche.json.

Creators are split in two by a fixed draw: a text space is fitted on one half and creators of the other are ranked,
whose category no feature sees. Two spaces are fitted: `unlabelled` without any category, `labelled` with the categories
of the fitting half. Beside them the written lexicon alone and plain TF-IDF cosine of caption words. Four briefs per
category are ranked without their category's name, and once more with a product category beside the text.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from common import need_public_data, write_result
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import roc_auc_score

from data.history import History, pairings_frame
from features.asof import View
from features.niche import niche_features
from features.niche_match import niche_match
from features.niche_reading import read_creators
from features.niche_subjects import creator_match, read_brief
from features.niche_topics import plain_splitter
from features.reference import Reference
from features.text_space import TextSpace
from models.text_space import fit_text_space

AS_OF = pd.Timestamp("2020-01-01", tz="UTC")
SEED = 0
BRIEFS: dict[str, list[tuple[str, str]]] = json.loads(Path(__file__).with_name("niche_briefs.json").read_text("utf-8"))
"""By category: (product category or nothing, brief)."""
OTHER_WORDS: dict[str, list[tuple[str, str]]] = json.loads(
    Path(__file__).with_name("niche_briefs_other_words.json").read_text("utf-8")
)
"""Longer briefs and briefs in other languages. The first three of each category showed what the lexicon lacked; the two
last were written afterwards and nothing was changed for them."""
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Creators:
    """Real creators that have a post, and their texts as a history."""

    ids: list[str]
    category: npt.NDArray[np.str_]
    tables: dict[str, pd.DataFrame]

    def history(self, *, categories: bool) -> History:
        """With or without the creators' own categories."""
        creators = self.tables["creators"]
        shown = creators if categories else creators.drop(columns="category")
        return History.of({**self.tables, "creators": shown})


def load(folder: Path) -> Creators:
    """Creators with a category and at least one post."""
    profile, posts, comments = (pd.read_csv(folder / f"{name}.csv.gz") for name in ("creators", "posts", "comments"))
    profile["category"] = profile["category"].replace({"fasion": "fashion"})
    profile = profile[profile["category"].notna() & profile["creator_id"].isin(posts["creator_id"])]
    posts = posts[posts["creator_id"].isin(profile["creator_id"])]
    comments = comments.merge(posts[["post_id", "creator_id"]], on="post_id")
    tables = {
        "creators": profile[["creator_id", "category"]].assign(platform="instagram"),
        "posts": posts[["post_id", "creator_id", "caption"]].assign(posted_at=_time(posts["taken_at"])),
        "comments": comments[["comment_id", "post_id", "creator_id"]].assign(
            posted_at=_time(comments["created_at"]), is_creator=comments["is_owner"].astype(float),
            text=comments["text"].fillna(""),
        ),
    }  # fmt: skip
    return Creators(profile["creator_id"].tolist(), profile["category"].to_numpy(dtype=str), tables)


def _time(seconds: pd.Series) -> pd.Series:
    return pd.to_datetime(seconds, unit="s", utc=True)


class Ranking:
    """Matches of all creators of a history, whose texts are read once; rows by ascending creator id."""

    def __init__(self, history: History, space: TextSpace | None) -> None:
        self.space = space
        ids = sorted(set(history["creators"]["creator_id"]))
        pairings = pairings_frame(pd.DataFrame({"creator_id": ids, "campaign_id": "none", "as_of": AS_OF}))
        splitter = plain_splitter() if space is None else space.splitter
        self.reading = read_creators(View(history, pairings), splitter)

    def of(self, category: str, brief: str) -> Floats:
        """Every creator's match with a brief; 0.5 where nothing can be read."""
        wanted = read_brief(brief, None, category or None, self.space)
        topics = np.tile(wanted.topics, (self.reading.n, 1))
        return np.nan_to_num(creator_match(self.reading, topics, self.space), nan=0.5)


def aucs(
    ranking: Ranking, right: npt.NDArray[np.str_], *, named: bool, briefs: dict[str, list[tuple[str, str]]] = BRIEFS
) -> dict[str, list[float]]:
    """AUC of every brief of every category; `right`: categories by ascending creator id."""
    return {
        wanted: [
            round(float(roc_auc_score(right == wanted, ranking.of(name if named else "", text))), 4)
            for name, text in of
        ]
        for wanted, of in briefs.items()
    }


def tfidf_aucs(fitting: pd.Series, judged: pd.Series, right: npt.NDArray[np.str_]) -> dict[str, list[float]]:
    """The same by plain TF-IDF cosine of caption words; series of all captions by creator."""
    words = TfidfVectorizer(sublinear_tf=True, min_df=3).fit(fitting)
    rows = words.transform(judged)
    return {
        wanted: [
            round(float(roc_auc_score(right == wanted, (rows @ words.transform([text]).T).toarray()[:, 0])), 4)
            for _, text in briefs
        ]
        for wanted, briefs in BRIEFS.items()
    }


def summary(found: dict[str, list[float]]) -> dict[str, Any]:
    """Mean over categories, the worst of the four sets of nine briefs, and all of them."""
    sets = np.array(list(found.values())).mean(axis=0)
    means = {wanted: round(float(np.mean(values)), 4) for wanted, values in found.items()}
    return {"mean": round(float(sets.mean()), 4), "worst_set": round(float(sets.min()), 4), "by_category": means,
            "by_brief": found}  # fmt: skip


def split(ids: list[str]) -> Bools:
    """Which creators the space is fitted on."""
    return np.asarray(np.random.default_rng(SEED).random(len(ids)) < 0.5)


def judge(creators: Creators) -> dict[str, Any]:
    """Every ranking on the half that was kept apart."""
    fitting = split(creators.ids)
    ids = np.array(creators.ids)
    blind = creators.history(categories=False)
    judged = blind.of_creators(ids[~fitting])
    order = np.argsort(ids[~fitting])
    right = creators.category[~fitting][order]
    texts = creators.tables["posts"].groupby("creator_id")["caption"].apply(lambda c: "\n".join(c.fillna("")))
    out = {"tfidf_cosine": summary(tfidf_aucs(texts[ids[fitting]], texts[ids[~fitting][order]], right))}
    spaces = {
        "lexicon": None,
        "unlabelled": fit_text_space(blind.of_creators(ids[fitting]), AS_OF, SEED),
        "labelled": fit_text_space(creators.history(categories=True).of_creators(ids[fitting]), AS_OF, SEED),
    }
    for name, space in spaces.items():
        ranking = Ranking(judged, space)
        for named in (False, True):
            key = f"{name}_with_product_category" if named else name
            out[key] = summary(aucs(ranking, right, named=named))
            print(f"{key:<36} mean AUC {out[key]['mean']:.3f}, worst set {out[key]['worst_set']:.3f}", flush=True)
        other = aucs(ranking, right, named=False, briefs=OTHER_WORDS)
        out[f"{name}_other_words"] = summary(other)
        print(f"{name + ', other words':<36} mean AUC {out[f'{name}_other_words']['mean']:.3f}", flush=True)
    return out


def timings(creators: Creators) -> dict[str, float]:
    """Seconds of fitting and matching over all creators, and milliseconds of one pairing's features."""
    history = creators.history(categories=False)
    started = time.perf_counter()
    space = fit_text_space(history, AS_OF, SEED)
    fitted = time.perf_counter()
    niche_match(history, {"brief": BRIEFS["beauty"][0][1]}, AS_OF, Reference(text_space=space))
    done = time.perf_counter()
    return {
        "creators": len(creators.ids), "fit_seconds": round(fitted - started, 1),
        "match_seconds": round(done - fitted, 1), "one_pairing_ms": round(1000 * _one_pairing(creators, space), 2),
    }  # fmt: skip


def _one_pairing(creators: Creators, space: TextSpace | None) -> float:
    """Median seconds of the niche features of a creator with 20 posts and 400 comments."""
    category, text = BRIEFS["beauty"][0]
    brief = {"campaign_id": "k", "brand": "Acme", "category": category, "brief": text, "goal": "sales",
             "starts_on": "2020-01-01", "ends_on": "2020-02-01", "currency": "EUR", "order_value": 30.0,
             "gross_margin": 0.5}  # fmt: skip
    mine = {
        name: creators.tables[name].head(n).assign(creator_id="c") for name, n in (("posts", 20), ("comments", 400))
    }
    profile = pd.DataFrame({"creator_id": ["c"], "platform": ["instagram"], "bio": ["skin and hair #beautyblogger"]})
    history = History.of({**mine, "creators": profile, "campaigns": pd.DataFrame([brief])})
    pairing = pairings_frame(pd.DataFrame({"creator_id": ["c"], "campaign_id": ["k"], "as_of": [AS_OF]}))
    seconds = []
    for _ in range(50):
        started = time.perf_counter()
        niche_features(View(history, pairing), space)
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds))


def main() -> None:
    """Print and write every figure."""
    creators = load(need_public_data("instagram-influencer-posts"))
    rankings = judge(creators)
    gain = rankings["unlabelled"]["mean"] - rankings["tfidf_cosine"]["mean"]
    print(f"{'tfidf_cosine':<36} mean AUC {rankings['tfidf_cosine']['mean']:.3f}; gain {gain:.3f}")
    write_result("niche", {"auc": rankings, "speed": timings(creators)})


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    main()
