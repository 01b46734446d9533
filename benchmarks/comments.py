"""How well and how fast comments are read, beside TextBlob and VADER, on labels that were not learned from.

1. Quality: every row trains afresh, in the way the shipped weights are trained, on labels that share no video, file or
   source with those it is judged on. Peers are given the best of five thresholds where they need one.
2. Speed, one core, each run in a process of its own, in turn: `TextBlob(text).sentiment`, the same numbers by ours, and
   the whole reading of every column; and the greatest difference between the first two.

Run: python benchmarks/comments.py [--only quality|speed]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold
from textblob import TextBlob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common import RESULTS, need_public_data, write_result

from features.comments import read_comments
from features.comments_model import CommentModel
from features.comments_textblob import polarity_and_subjectivity
from training.comment_labels import SENTUBE, SPAM, TWEETS, read_labels
from training.comment_model import ALL, Prepared, fit_comment_model, prepare

FOLDS, SEED = 10, 0
THRESHOLDS = (0.05, 0.1, 0.2, 0.3, 0.4)
ROUNDS = 3


def progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def textblob(texts: pd.Series) -> np.ndarray:
    """TextBlob's polarity."""
    return np.array([TextBlob(text).sentiment.polarity for text in texts])


def vader(texts: pd.Series) -> np.ndarray:
    """VADER's compound score."""
    analyzer = SentimentIntensityAnalyzer()
    return np.array([analyzer.polarity_scores(text)["compound"] for text in texts])


def by_threshold(label: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """The best macro-F1 of a score cut at ± a threshold, and that threshold: peers are given the best of five."""
    cuts = [(three_way(label, np.where(score > t, 1, np.where(score < -t, -1, 0))), t) for t in THRESHOLDS]
    return max(cuts)


def three_way(label: np.ndarray, said: np.ndarray) -> float:
    return float(f1_score(label, said, average="macro"))


def likeliest(read: pd.DataFrame) -> np.ndarray:
    """1, -1 or 0: the likeliest of praise, criticism and neither."""
    positive, negative = read["p_positive"].to_numpy(), read["p_negative"].to_numpy()
    neither = 1.0 - positive - negative
    top = np.maximum(np.maximum(positive, negative), neither)
    return np.where(neither == top, 0, np.where(positive == top, 1, -1))


def read_with(texts: pd.Series, model: CommentModel) -> pd.DataFrame:
    return read_comments(texts, model=model)


def interval(measure: Callable[[np.ndarray], float], groups: np.ndarray) -> list[float]:
    """A 95 % interval by resampling whole groups, 200 times."""
    rng = np.random.default_rng(SEED)
    members = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    drawn = (np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))]) for _ in range(200))
    return [round(float(v), 4) for v in np.quantile([measure(rows) for rows in drawn], [0.025, 0.975])]


def held_out_videos(prepared: Prepared) -> pd.DataFrame:
    """SenTube read by models that saw none of the video's comments."""
    labels = prepared.labels
    source, group = labels["source"].to_numpy(dtype=object), labels["group"].to_numpy(dtype=object)
    rows, others = np.flatnonzero(source == SENTUBE), np.flatnonzero((source == TWEETS) | (source == SPAM))
    parts = []
    for fold, (learn, judge) in enumerate(
        GroupKFold(FOLDS, shuffle=True, random_state=SEED).split(rows, groups=group[rows])
    ):
        progress(f"SenTube, fold {fold + 1} of {FOLDS}")
        learned = np.concatenate([rows[learn], others])
        model = fit_comment_model(prepared, learned, SEED, ALL)
        parts.append(read_with(labels["text"].iloc[rows[judge]], model))
    return pd.concat(parts).loc[rows]


def sentube_rows(prepared: Prepared) -> dict[str, Any]:
    read = held_out_videos(prepared)
    labels = prepared.labels.loc[read.index]
    video = labels["group"].to_numpy(dtype=object)
    rated = labels["opinion"].notna().to_numpy()
    opinion, said = labels["opinion"].to_numpy()[rated], likeliest(read)[rated]
    peers = {name: by_threshold(opinion, of(labels["text"][rated])) for name, of in PEERS.items()}
    product, creator = labels["product"].to_numpy(), labels["creator"].to_numpy()
    p_product, p_creator = read["p_product"].to_numpy(), read["p_creator"].to_numpy()
    return {
        "SenTube, praise / criticism / neither": {
            "measure": f"macro-F1 by video, {FOLDS} folds", "n": len(opinion), "ours": three_way(opinion, said),
            "interval": interval(lambda r: three_way(opinion[r], said[r]), video[rated]), "reach": 0.64,
            **{name: figure for name, (figure, _) in peers.items()},
            "peer_thresholds": {name: cut for name, (_, cut) in peers.items()},
        },
        "SenTube, about the product": {
            "measure": f"AUC by video, {FOLDS} folds", "n": len(product), "ours": roc_auc_score(product, p_product),
            "interval": interval(lambda r: roc_auc_score(product[r], p_product[r]), video), "reach": 0.91,
        },
        "SenTube, about the video": {
            "measure": f"AUC by video, {FOLDS} folds", "n": len(creator), "ours": roc_auc_score(creator, p_creator),
            "interval": interval(lambda r: roc_auc_score(creator[r], p_creator[r]), video),
        },
    }  # fmt: skip


PEERS: dict[str, Callable[[pd.Series], np.ndarray]] = {"textblob": textblob, "vader": vader}


def tweet_rows(prepared: Prepared) -> dict[str, Any]:
    """VADER's tweets read by a model that saw no tweet."""
    source = prepared.labels["source"].to_numpy(dtype=object)
    learned, judged = np.flatnonzero(source != TWEETS), np.flatnonzero(source == TWEETS)
    progress("VADER tweets")
    model = fit_comment_model(prepared, learned, SEED, ALL)
    texts = prepared.labels["text"].iloc[judged]
    feeling = prepared.labels["feeling"].to_numpy()[judged]
    ours = read_with(texts, model)["sentiment"].fillna(0.0).to_numpy()
    r = {name: float(np.corrcoef(feeling, of(texts))[0, 1]) for name, of in PEERS.items()}
    return {
        "VADER tweets": {
            "measure": "Pearson r, no tweet learned from", "n": len(feeling),
            "ours": float(np.corrcoef(feeling, ours)[0, 1]), "reach": 0.87, **r,
            "spearman": float(stats.spearmanr(feeling, ours).statistic),
        }
    }  # fmt: skip


def sentistrength_rows(prepared: Prepared) -> dict[str, Any]:
    """SentiStrength's tweets, whose licence allows judging only, read by a model of all allowed labels."""
    judged = pd.read_csv(need_public_data("sentistrength-twitter") / "ss_twitter.csv.gz")
    progress("SentiStrength")
    model = fit_comment_model(prepared, np.arange(len(prepared.labels)), SEED)
    read = read_with(judged["text"].astype("str"), model)
    good = judged["label"].to_numpy()
    ours = read["sentiment"].fillna(0.0).to_numpy()
    auc = {name: float(roc_auc_score(good, of(judged["text"]))) for name, of in PEERS.items()}
    return {
        "SentiStrength Twitter": {
            "measure": "AUC, never learned from", "n": len(good), "ours": float(roc_auc_score(good, ours)),
            "interval": interval(lambda r: roc_auc_score(good[r], ours[r]), np.arange(len(good))), "reach": 0.90, **auc,
            "understood": float(read["understood"].mean()),
        }
    }  # fmt: skip


def spam_rows(prepared: Prepared) -> dict[str, Any]:
    """Each YouTube spam file read by a model of the other files and SenTube; and spam of a source never seen."""
    labels = prepared.labels
    source, group = labels["source"].to_numpy(dtype=object), labels["group"].to_numpy(dtype=object)
    spam = labels["spam"].to_numpy()
    found: dict[str, float] = {}
    for name in np.unique(group[source == SPAM]):
        progress(f"spam, {name} held out")
        judged = np.flatnonzero(group == name)
        learned = np.flatnonzero((group != name) & (source != TWEETS))
        found[str(name)] = _spam_auc(prepared, learned, judged, spam)
    all_known = np.flatnonzero((source == SENTUBE) & ~np.isnan(spam))
    crossed = _spam_auc(prepared, np.flatnonzero(source == SPAM), all_known, spam)
    return {
        "YouTube spam": {
            "measure": "AUC, mean of files held out in turn", "n": int((source == SPAM).sum()),
            "ours": float(np.mean(list(found.values()))), "reach": 0.985, "files": found, "reach_each": 0.97,
        },
        "SenTube spam, learned from YouTube spam alone": {"measure": "AUC", "n": len(all_known), "ours": crossed},
    }  # fmt: skip


def _spam_auc(prepared: Prepared, learned: np.ndarray, judged: np.ndarray, spam: np.ndarray) -> float:
    wanted = [head for head in ALL if _labelled(prepared, learned, head)]
    model = fit_comment_model(prepared, learned, SEED, wanted)
    return float(roc_auc_score(spam[judged], model.probability(prepared.reading, "spam")[judged]))


def _labelled(prepared: Prepared, rows: np.ndarray, head: str) -> bool:
    column = "feeling" if head == "tone" else head
    return bool(prepared.labels[column].iloc[rows].notna().any())


def quality() -> dict[str, Any]:
    """Every row of the quality table."""
    folders = [need_public_data(name) for name in ("sentube-youtube", "vader-tweets", "youtube-spam")]
    prepared = prepare(read_labels(folders[0].parent))
    rows = sentube_rows(prepared) | tweet_rows(prepared) | sentistrength_rows(prepared) | spam_rows(prepared)
    print(f"\n{'data':<48} {'ours':>7} {'reach':>7} {'TextBlob':>9} {'VADER':>7}  measure")
    for name, row in rows.items():
        cells = [f"{row[key]:.3f}" if key in row else "-" for key in ("ours", "reach", "textblob", "vader")]
        print(f"{name:<48} {cells[0]:>7} {cells[1]:>7} {cells[2]:>9} {cells[3]:>7}  {row['measure']}")
    return rows


# ------------------------------------------------------------------ speed


def real_comments() -> pd.Series:
    file = need_public_data("instagram-influencer-posts") / "comments.csv.gz"
    return pd.read_csv(file, usecols=["text"], dtype=str, keep_default_na=False)["text"]


def by_textblob(texts: pd.Series) -> np.ndarray:
    return np.array([tuple(TextBlob(text).sentiment) for text in texts])


def whole(texts: pd.Series) -> np.ndarray:
    return np.asarray(read_comments(texts)[["textblob_polarity", "textblob_subjectivity"]])


RUNS: dict[str, Callable[[pd.Series], np.ndarray]] = {
    "textblob": by_textblob,
    "polarity": polarity_and_subjectivity,
    "whole": whole,
}


def measure(name: str, out: Path) -> None:
    """One run in this process: seconds of processor time, and what came out."""
    texts = real_comments()
    RUNS[name](texts.iloc[:20])  # imports and lexica
    started = time.process_time()
    found = RUNS[name](texts)
    seconds = time.process_time() - started
    np.save(out, found)
    print(json.dumps({"seconds": seconds, "n": len(texts)}))


def _run(name: str, out: Path) -> float:
    """Seconds of one run in a process of its own; what came out is in `out`."""
    progress(f"speed, {name}")
    command = [sys.executable, __file__, "--measure", name, "--out", str(out)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(json.loads(done.stdout)["seconds"])


def speed() -> dict[str, Any]:
    """Seconds of each run, in turn, and the ratios of their medians."""
    n = len(real_comments())
    seconds: dict[str, list[float]] = {name: [] for name in RUNS}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            for name in RUNS:
                seconds[name].append(_run(name, Path(folder) / f"{name}.npy"))
        found = {name: np.load(Path(folder) / f"{name}.npy") for name in RUNS}
    median = {name: float(np.median(values)) for name, values in seconds.items()}
    each = {name: 1e6 * value / n for name, value in median.items()}
    difference = {name: float(np.abs(found[name] - found["textblob"]).max()) for name in ("polarity", "whole")}
    for name in RUNS:
        print(f"{name:<10} {each[name]:8.1f} us each {median['textblob'] / median[name]:6.1f} x")
    print(f"greatest difference from TextBlob: {max(difference.values())}")
    return {
        "comments": n,
        "microseconds_each": each,
        "seconds": seconds,
        "times_faster": {name: median["textblob"] / median[name] for name in ("polarity", "whole")},
        "greatest_difference": difference,
        "milliseconds_of_400": four_hundred(),
    }


def four_hundred() -> float:
    """Median milliseconds of reading 400 distinct comments none of which was read before."""
    texts = real_comments().drop_duplicates()
    read_comments(texts.iloc[:20_000])  # a service has seen common words
    took = []
    for first in range(20_000, 20_000 + 50 * 400, 400):
        started = time.perf_counter()
        read_comments(texts.iloc[first : first + 400])
        took.append(time.perf_counter() - started)
    print(f"400 new comments: {1e3 * np.median(took):.1f} ms")
    return 1e3 * float(np.median(took))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=("quality", "speed"))
    parser.add_argument("--measure", choices=tuple(RUNS), help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(asked.measure, asked.out)
        return
    file = RESULTS / "comments.json"
    result = json.loads(file.read_text("utf-8")) if file.exists() else {}
    if asked.only != "speed":
        result["quality"] = quality()
    if asked.only != "quality":
        result["speed"] = speed()
    write_result("comments", result)


if __name__ == "__main__":
    main()
