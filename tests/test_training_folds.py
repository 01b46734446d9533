"""Nothing that was not known before a test window starts may be learned from."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from training.config import TrainSettings
from training.folds import creator_group, time_folds, unseen_folds

GAP = pd.Timedelta(days=60)


def labels(n: int = 200, days: int = 400) -> pd.DataFrame:
    agreed = pd.Timestamp("2024-01-01", tz="UTC") + pd.to_timedelta(np.linspace(0, days, n), unit="D")
    agreed = agreed.astype("datetime64[us, UTC]")
    ids = [f"c{i % 23}" for i in range(n)]
    return pd.DataFrame({"creator_id": ids, "as_of": agreed, "known_at": agreed + GAP, "weight": 1.0})


def test_training_labels_were_known_before_the_test_window_starts() -> None:
    rows = labels()
    folds = time_folds(rows, TrainSettings(folds=3, min_train=10))
    assert len(folds) == 3
    for fold in folds:
        assert (rows["known_at"].iloc[fold.train] < fold.start).all()
        assert ((rows["as_of"].iloc[fold.test] >= fold.start) & (rows["as_of"].iloc[fold.test] < fold.end)).all()
        # The label gap: deals agreed less than 60 days before the window belong to neither side.
        near = (rows["as_of"] < fold.start) & (rows["as_of"] >= fold.start - GAP)
        assert near.any() and not set(np.flatnonzero(near)) & {*fold.train, *fold.test}


def test_windows_are_consecutive_and_cover_the_newest_share() -> None:
    rows = labels()
    folds = time_folds(rows, TrainSettings(folds=3, min_train=10, test_share=0.3))
    tested = np.concatenate([f.test for f in folds])
    assert sorted(tested) == list(range(140, 200))
    assert all(a.end == b.start for a, b in pairwise(folds))


def test_deals_that_are_no_label_are_learned_from_and_never_judged_on() -> None:
    rows = labels()
    rows.loc[rows.index % 4 == 0, "weight"] = np.nan
    for fold in time_folds(rows, TrainSettings(folds=2, min_train=10)):
        assert rows["weight"].iloc[fold.test].notna().all()
        assert rows["weight"].iloc[fold.train].isna().sum() > 10
    labelled = rows["weight"].iloc[time_folds(rows, TrainSettings(folds=1))[0].train].notna().sum()
    assert time_folds(rows, TrainSettings(folds=1, min_train=int(labelled) + 1)) == []


def test_a_window_may_be_given_in_days() -> None:
    folds = time_folds(labels(), TrainSettings(folds=2, test_days=30, min_train=10))
    assert [f.end - f.start for f in folds] == [pd.Timedelta(days=30)] * 2


def test_windows_without_enough_known_labels_are_left_out() -> None:
    rows = labels()
    all_known = len(time_folds(rows, TrainSettings(folds=2, min_train=10))[0].train)
    assert len(time_folds(rows, TrainSettings(folds=2, min_train=all_known + 1))) == 1
    assert time_folds(rows, TrainSettings(min_train=1000)) == []
    assert time_folds(rows.iloc[:0], TrainSettings()) == []


def test_unseen_creators_were_never_trained_on_and_nobody_is_tested_twice() -> None:
    rows = labels()
    settings = TrainSettings(folds=2, min_train=20, unseen_groups=3)
    last = time_folds(rows, settings)
    folds = unseen_folds(last, rows, settings)
    assert len(folds) == 3
    for fold in folds:
        assert not set(rows["creator_id"].iloc[fold.train]) & set(rows["creator_id"].iloc[fold.test])
        assert (rows["known_at"].iloc[fold.train] < fold.start).all()
    assert sorted(np.concatenate([f.test for f in folds])) == sorted(last[-1].test)


def test_the_second_view_can_be_left_out() -> None:
    rows = labels()
    settings = TrainSettings(unseen_groups=0)
    assert unseen_folds(time_folds(rows, settings), rows, settings) == []


def test_groups_depend_on_the_id_alone() -> None:
    ids = pd.Series([f"c{i}" for i in range(300)])
    groups = creator_group(ids, 3, seed=1)
    assert list(groups[::-1]) == list(creator_group(ids[::-1], 3, seed=1))
    assert set(groups) == {0, 1, 2}
    assert np.bincount(groups).min() > 60
    assert (groups != creator_group(ids, 3, seed=2)).any()


@pytest.mark.parametrize("n", [1, 2, 5])
def test_very_few_labels_give_no_fold(n: int) -> None:
    assert time_folds(labels(n), TrainSettings()) == []
