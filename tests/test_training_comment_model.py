"""The small comment model: the same labels give the same weights, and the shipped ones fit what is read."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data.errors import NotEnoughData, TableError
from features.comments import read_comments
from features.comments_features import read
from features.comments_model import HEADS, WEIGHTS, CommentModel, shipped_model
from training.comment_labels import SPAM, read_labels
from training.comment_model import fit_comment_model, prepare, train_comment_model

GOOD, BAD = ("love this phone", "great camera, works well"), ("the screen broke", "terrible battery, waste of money")


def made(folder: Path) -> Path:
    """Three sources in the publishers' shapes, small and easy."""
    rng = np.random.default_rng(0)
    for name in ("sentube-youtube", "vader-tweets", "youtube-spam"):
        (folder / name).mkdir(parents=True)
    rows = []
    for i in range(240):
        good, thing = i % 3 == 0, i % 4 < 3
        text = rng.choice(GOOD if good else BAD) if i % 3 < 2 else ("has it got wifi" if thing else "what song is this")
        rows.append({
            "video_id": f"v{i % 12}", "comment_id": f"c{i}", "annotated": 1, "text": f"{text} {i % 7}",
            "product_related": int(thing), "video_related": int(not thing), "positive_product": int(good and i % 3 < 2),
            "negative_product": int(i % 3 == 1), "positive_video": 0, "negative_video": 0, "spam": int(i % 11 == 0),
            "off_topic_or_undecidable": 0, "not_english": 0,
        })  # fmt: skip
    pd.DataFrame(rows).to_csv(folder / "sentube-youtube" / "comments.csv.gz", index=False)
    tweets = [(i, (2.0, -2.0)[i % 2], (GOOD, BAD)[i % 2][i % 4 // 2] + f" {i % 5}") for i in range(120)]
    pd.DataFrame(tweets, columns=["id", "mean_sentiment", "text"]).to_csv(
        folder / "vader-tweets" / "tweets_ground_truth.csv.gz", index=False
    )
    for name in ("Youtube01-A", "Youtube02-B"):
        spam = [
            ("check out my channel", 1),
            ("I like this song", 0),
            ("sub to me please", 1),
            ("who is here in may", 0),
        ]
        pd.DataFrame(spam * 12, columns=["CONTENT", "CLASS"]).to_csv(
            folder / "youtube-spam" / f"{name}.csv", index=False
        )
    return folder


def test_the_same_labels_give_the_same_bytes(tmp_path: Path) -> None:
    data = made(tmp_path / "data")
    model = train_comment_model(data, tmp_path / "one.json")
    train_comment_model(data, tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    stored = CommentModel.from_json(json.loads((tmp_path / "one.json").read_text("utf-8")))
    texts = pd.Series(["love this camera", "the battery broke", "check out my channel"])
    pd.testing.assert_frame_equal(
        read_comments(texts, model=model), read_comments(texts, model=stored), check_exact=True
    )
    said = read_comments(texts, model=model)["sentiment"]
    assert said.iloc[0] > 0.1
    assert said.iloc[1] < -0.1


def test_nothing_to_learn_from_is_told(tmp_path: Path) -> None:
    prepared = prepare(read_labels(made(tmp_path / "data")))
    with pytest.raises(NotEnoughData):
        fit_comment_model(prepared, np.zeros(0, dtype=np.int64), 0)
    with pytest.raises(TableError):
        read_labels(tmp_path)


def test_few_sources_are_calibrated_on_as_many_folds(tmp_path: Path) -> None:
    prepared = prepare(read_labels(made(tmp_path / "data")))
    spam = np.flatnonzero(prepared.labels["source"] == SPAM)
    assert prepared.labels["group"].iloc[spam].nunique() == 2
    said = fit_comment_model(prepared, spam, 0, ("spam",)).probability(prepared.reading, "spam")[spam]
    known = prepared.labels["spam"].to_numpy()[spam] == 1
    assert said[known].min() > said[~known].max()


def test_the_shipped_weights_fit_what_is_read() -> None:
    model = shipped_model()
    assert model.names == read(["hello"]).names
    assert json.loads(WEIGHTS.read_text("utf-8"))["heads"] == list(HEADS)
    assert model.about == {"sentube": 9001, "spam": 1138, "tweets": 4200}
    assert np.isfinite(model.dense).all()
    assert np.isfinite(model.sparse).all()
