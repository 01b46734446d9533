"""Comments labelled by hand, in eighteen languages: how often each intent and each feeling is read right."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from data.errors import TableError
from features.comments import read_comments
from training.comment_judging import INTENTS, intents, read_hand_labels, wrong_signs

FILE = Path(__file__).parent / "fixtures" / "comments_labelled.csv"
AT_LEAST = {  # precision, recall
    "question": (0.85, 0.9), "purchase_intent": (0.9, 0.9), "complaint": (0.85, 0.9), "generic": (0.8, 0.85),
    "tag": (0.85, 0.75), "spam": (0.9, 0.9), "product": (0.85, 0.75), "creator": (0.6, 0.5),
}  # fmt: skip


@pytest.fixture(scope="module")
def labelled() -> pd.DataFrame:
    return read_hand_labels(FILE)


@pytest.fixture(scope="module")
def read(labelled: pd.DataFrame) -> pd.DataFrame:
    return read_comments(labelled["text"])


@pytest.mark.parametrize("intent", INTENTS)
def test_intents(labelled: pd.DataFrame, read: pd.DataFrame, intent: str) -> None:
    figures = intents(labelled, read)[intent]
    precision, recall = AT_LEAST[intent]
    assert figures["precision"] >= precision, figures
    assert figures["recall"] >= recall, figures


def test_feelings_are_read_better_than_by_textblob(labelled: pd.DataFrame, read: pd.DataFrame) -> None:
    """TextBlob gives the opposite feeling for about one comment in ten and none for most: its own error rate."""
    ours = wrong_signs(labelled, read["sentiment"].to_numpy())
    textblob = wrong_signs(labelled, read["textblob_polarity"].to_numpy())
    assert ours["opposite"] <= 0.05
    assert ours["opposite_or_none"] <= 0.1
    assert textblob["opposite"] >= 2 * ours["opposite"]
    assert textblob["opposite_or_none"] >= 0.5


def test_languages_and_emoji(labelled: pd.DataFrame, read: pd.DataFrame) -> None:
    assert (labelled["language"] == read["language"]).mean() >= 0.95
    assert read["understood"].mean() >= 0.95
    only = labelled["labels"].str.split().map(lambda labels: "emoji_only" in labels)
    assert ((read["emoji_only"] == 1) == only).all()


def test_a_file_of_labels_needs_its_columns(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("text\nhi\n")
    with pytest.raises(TableError, match="column sentiment"):
        read_hand_labels(tmp_path / "labels.csv")
