"""Trees in text form: exact in any company, and their SHAP tables equal LightGBM's own values."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from models.boosting import Growing, Growth, Trees, grow
from models.tree_shares import TreeShares, added
from tests.model_world import world


def grown(rounds: int = 40, growth: Growth | None = None, seed: int = 1) -> tuple[Trees, np.ndarray]:
    made = world(600, seed)
    X = made.X.to_numpy().copy()
    # A column that never misses in training, and one that is always the same.
    X[:, 7] = np.nan_to_num(X[:, 7], nan=0.3)
    X[:, 8] = 1.0
    label = made.log_lift + X[:, 7] / 10
    trees = grow(X, label, objective="l2", rounds=rounds, growth=growth or Growth(), seed=seed)
    assert trees is not None
    return trees, X


@pytest.mark.parametrize("leaves", [2, 4, 6, 9])
def test_tables_equal_tree_shap(leaves: int) -> None:
    trees, X = grown(growth=Growth(leaves=leaves))
    asked = np.vstack([X[:200], np.full((1, 12), np.nan), np.zeros((1, 12))])
    theirs = lightgbm.Booster(model_str=trees.text).predict(asked, pred_contrib=True, num_threads=1)
    ours = trees.shares.sums(asked, np.arange(12), 12)
    assert ours == pytest.approx(theirs[:, :-1], abs=1e-12)
    assert np.allclose(theirs[:, -1], trees.shares.base, atol=1e-12)


def test_sums_by_group_add_up_to_the_prediction() -> None:
    trees, X = grown()
    by_group = trees.shares.sums(X, np.arange(12) % 3, 3)
    assert by_group.sum(axis=1) + trees.shares.base == pytest.approx(trees.predict(X), abs=1e-12)


def test_large_trees_are_refused() -> None:
    trees, _ = grown(rounds=2, growth=Growth(leaves=12, least_information=1.0))
    with pytest.raises(ValueError, match="splits"):
        TreeShares.of(trees.text)


def test_a_row_alone_is_the_same_bits() -> None:
    trees, X = grown()
    told, shares = trees.predict(X), trees.shares.sums(X, np.arange(12), 12)
    for row in (0, 3, 599):
        assert trees.predict(X[row : row + 1])[0] == told[row]
        assert np.array_equal(trees.shares.sums(X[row : row + 1], np.arange(12), 12)[0], shares[row])


def test_growing_further_adds_to_what_was_there() -> None:
    made = world(300, 1)
    X = made.X.to_numpy()
    growing = Growing(X, made.log_lift, objective="l2", growth=Growth(), seed=1)
    parts = growing.between(X, 0, 10) + growing.between(X, 10, 40)
    all_, first = growing.trees(40), growing.trees(10)
    assert all_ is not None
    assert first is not None
    assert parts == pytest.approx(all_.predict(X), abs=1e-12)
    assert first.predict(X) == pytest.approx(growing.between(X, 0, 10), abs=1e-12)
    assert (first.rounds, all_.rounds) == (10, 40)
    assert growing.trees(0) is None


def test_settled_leaves_hold_the_means_of_other_rows() -> None:
    rng = np.random.default_rng(3)
    X, label, weight = rng.normal(size=(400, 3)), rng.normal(size=400), rng.uniform(0.5, 2.0, 400)
    growth = Growth(leaves=5, ridge=0.0, least_information=10.0, columns=1.0, rows=0.6, forest=True)
    growing = Growing(X[:200], label[:200], objective="l2", growth=growth, seed=1)
    growing.settle(7, X[200:], label[200:], weight[200:])
    trees = growing.trees(7)
    assert trees is not None
    theirs = lightgbm.Booster(model_str=trees.text)
    leaves = theirs.predict(X, pred_leaf=True)
    wanted = np.zeros(400)
    for tree in range(7):
        for leaf in np.unique(leaves[:, tree]):
            of = leaves[:, tree] == leaf
            rows = of & (np.arange(400) >= 200)
            rows = rows if rows.any() else np.arange(400) >= 200
            wanted[of] += np.average(label[rows], weights=weight[rows])
    assert trees.predict(X) == pytest.approx(wanted, abs=1e-9)


def test_the_same_seed_gives_the_same_text() -> None:
    assert grown()[0].text == grown()[0].text
    assert grown(seed=1)[0].text != grown(seed=2)[0].text


def test_nothing_to_split_is_no_tree_and_no_endless_growing() -> None:
    X, label = np.ones((50, 3)), np.linspace(0.0, 1.0, 50)
    growing = Growing(X, label, objective="l2", growth=Growth(), seed=1)
    assert np.array_equal(growing.between(X, 0, 30), np.zeros(50))
    assert growing.trees(30) is None


@pytest.mark.parametrize("rows", [0, 1, 2, 127, 129, 300])
@pytest.mark.parametrize("columns", [1, 5])
def test_trees_are_added_one_after_another(rows: int, columns: int) -> None:
    rng = np.random.default_rng(rows)
    table = rng.normal(size=(70, 32, columns))
    patterns = rng.integers(0, 32, (70, rows)).astype(np.uint8)
    by_hand = np.zeros((rows, columns))
    for tree in range(70):
        by_hand += table[tree][patterns[tree]]
    assert np.array_equal(added(patterns, table), by_hand)
    assert np.array_equal(added(patterns[:0], table[:0]), np.zeros((rows, columns)))
