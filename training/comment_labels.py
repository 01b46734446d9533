"""Labelled comments that may be learned from: SenTube, the tweets of VADER, the UCI YouTube spam collection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from data.errors import Fault, TableError

SENTUBE, TWEETS, SPAM = "sentube", "tweets", "spam"
SOURCES: tuple[str, ...] = (SENTUBE, TWEETS, SPAM)
_SENTUBE_FILE = Path("sentube-youtube") / "comments.csv.gz"
_TWEETS_FILE = Path("vader-tweets") / "tweets_ground_truth.csv.gz"
_SPAM_FOLDER = Path("youtube-spam")
COLUMNS = ("text", "source", "group", "opinion", "feeling", "product", "creator", "spam")


def _read(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    if not path.exists():
        raise TableError(Fault(str(path), "no such file", "a labelled set as its publisher gives it"))
    frame = pd.read_csv(path)
    missing = [name for name in columns if name not in frame]
    if missing:
        raise TableError(
            [Fault(f"{path.name}, column {name}", "nothing", "the publisher's column") for name in missing]
        )
    return frame


def _sentube(folder: Path) -> pd.DataFrame:
    """Annotated comments; the opinion is of product and creator together, missing where it is mixed."""
    flags = ("positive_product", "positive_video", "negative_product", "negative_video")
    raw = _read(folder / _SENTUBE_FILE, ("video_id", "annotated", "product_related", "video_related", "spam", *flags))
    raw = raw[raw["annotated"] == 1]
    good = ((raw["positive_product"] == 1) | (raw["positive_video"] == 1)).to_numpy()
    bad = ((raw["negative_product"] == 1) | (raw["negative_video"] == 1)).to_numpy()
    opinion = np.where(good & bad, np.nan, good.astype(float) - bad.astype(float))
    english = (raw["not_english"] != 1).to_numpy() if "not_english" in raw else np.ones(len(raw), dtype=bool)
    spam = np.where(english, (raw["spam"] == 1).to_numpy(dtype=float), np.nan)
    return pd.DataFrame(
        {
            "text": raw["text"].fillna("").astype("str").to_numpy(),
            "source": SENTUBE,
            "group": raw["video_id"].astype("str").to_numpy(),
            "opinion": opinion,
            "feeling": np.where(opinion == 0, np.nan, opinion),
            "product": (raw["product_related"] == 1).to_numpy(dtype=float),
            "creator": (raw["video_related"] == 1).to_numpy(dtype=float),
            "spam": spam,
        }
    )


def _tweets(folder: Path) -> pd.DataFrame:
    """Tweets with the mean of their raters, -4..4; every tweet is a group of its own."""
    raw = _read(folder / _TWEETS_FILE, ("id", "mean_sentiment", "text"))
    feeling = raw["mean_sentiment"].to_numpy(dtype=float)
    return pd.DataFrame(
        {
            "text": raw["text"].fillna("").astype("str").to_numpy(),
            "source": TWEETS,
            "group": ("tweet " + raw["id"].astype("str")).to_numpy(),
            "opinion": np.where(np.abs(feeling) > _STRONG, np.sign(feeling), 0.0),
            "feeling": feeling,
            "product": np.nan,
            "creator": np.nan,
            "spam": np.nan,
        }
    )


_STRONG = 0.6
"""A tweet's mean rating beyond this is an opinion."""


def _spam(folder: Path) -> pd.DataFrame:
    files = sorted((folder / _SPAM_FOLDER).glob("Youtube*.csv"))
    if not files:
        raise TableError(
            Fault(str(folder / _SPAM_FOLDER), "no Youtube*.csv", "the files of the YouTube spam collection")
        )
    parts = []
    for file in files:
        raw = _read(file, ("CONTENT", "CLASS"))
        texts = raw["CONTENT"].fillna("").astype("str").to_numpy()
        parts.append(pd.DataFrame({"text": texts, "group": file.stem, "spam": raw["CLASS"].to_numpy(dtype=float)}))
    frame = pd.concat(parts, ignore_index=True).assign(source=SPAM)
    return frame.assign(**dict.fromkeys(("opinion", "feeling", "product", "creator"), np.nan))


def read_labels(data_folder: Path, sources: Sequence[str] = SOURCES) -> pd.DataFrame:
    """One row per labelled text, with `COLUMNS`; labels a source does not give are missing.

    `group` is what may not be torn apart when holding out: the video, the tweet, the file. `opinion` is -1, 0 or 1,
    `feeling` a signed strength, `product`, `creator` and `spam` 0 or 1. Raises TableError for a missing file or column.
    """
    readers = {SENTUBE: _sentube, TWEETS: _tweets, SPAM: _spam}
    frame = pd.concat([readers[source](data_folder) for source in sources], ignore_index=True)
    return frame[list(COLUMNS)]
