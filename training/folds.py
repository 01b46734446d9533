"""Splits by time with a label gap, and by creator: what a model would have known, and whom it never met."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from training.config import TrainSettings

IntArray = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Fold:
    """One split: positions of the deals to learn from and of the labels to be judged on.

    Every deal in `train` was known strictly before `start`; every one in `test` is a label agreed in [start, end).
    """

    name: str
    view: str
    """`time`, or `unseen creators` where also no creator of `test` is in `train`."""
    start: pd.Timestamp
    end: pd.Timestamp
    train: IntArray
    test: IntArray


def window_edges(agreed: pd.Series, settings: TrainSettings) -> list[pd.Timestamp]:
    """Limits of the test windows, `folds` + 1 UTC times; the last one lies just after the newest label.

    `agreed`: when each label's deal was agreed, at least one.
    """
    end = agreed.max() + pd.Timedelta(1, unit="us")
    if settings.test_days is not None:
        start = end - settings.folds * pd.Timedelta(days=settings.test_days)
    else:
        start = agreed.sort_values().iloc[int(len(agreed) * (1.0 - settings.test_share))]
    return [start + (end - start) * number / settings.folds for number in range(settings.folds)] + [end]


def time_folds(deals: pd.DataFrame, settings: TrainSettings) -> list[Fold]:
    """Consecutive test windows, oldest first, each with all deals known before it starts.

    `deals` has `as_of`, `known_at` and `weight` (missing where a deal is no label: it may be learned from, never
    judged on). A deal agreed before a window but measured inside it belongs to neither side: its outcome was not
    known yet. Windows without a test label, or with fewer than `min_train` training labels, are left out.
    """
    is_label = deals["weight"].notna().to_numpy()
    if not is_label.any():
        return []
    folds = []
    for start, end in pairwise(window_edges(deals["as_of"][is_label], settings)):
        train = np.flatnonzero((deals["known_at"] < start).to_numpy())
        inside = ((deals["as_of"] >= start) & (deals["as_of"] < end)).to_numpy()
        test = np.flatnonzero(inside & is_label)
        if len(test) and np.sum(is_label[train]) >= settings.min_train:
            folds.append(Fold(f"{start:%Y-%m-%d}", "time", start, end, train, test))
    return folds


def creator_group(creator_ids: pd.Series, groups: int, seed: int) -> IntArray:
    """A stable group number 0..groups-1 for each creator, from a hash of its id and the seed; shape (n,)."""
    ids = pd.unique(creator_ids)
    number = {i: int.from_bytes(hashlib.blake2b(f"{seed}\0{i}".encode(), digest_size=8).digest()) for i in ids}
    return np.array([number[i] % groups for i in creator_ids], dtype=np.int64)


def unseen_folds(folds: list[Fold], deals: pd.DataFrame, settings: TrainSettings) -> list[Fold]:
    """The second view: the last time split, cut by creator, so that no test creator was ever trained on.

    Out of time like the split it comes from. Groups that leave fewer than half of `min_train` labels are left out.
    """
    if not folds or settings.unseen_groups < 2:
        return []
    last = folds[-1]
    is_label = deals["weight"].notna().to_numpy()
    group = creator_group(deals["creator_id"], settings.unseen_groups, settings.seed)
    made = []
    for number in range(settings.unseen_groups):
        train = last.train[group[last.train] != number]
        test = last.test[group[last.test] == number]
        if len(test) and np.sum(is_label[train]) >= settings.min_train / 2:
            name = f"{last.name} group {number + 1}"
            made.append(Fold(name, "unseen creators", last.start, last.end, train, test))
    return made
