"""Reductions against one group at a time in plain numpy, with empty groups and missing values among them."""

from __future__ import annotations

import numpy as np
import pytest

from features import grouped

N = 7
NAN = float("nan")


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    group = np.sort(rng.choice([0, 1, 3, 4, 6], size=40))
    return group, np.where(rng.random(40) < 0.2, np.nan, np.round(rng.normal(size=40), 1))


def each(group: np.ndarray, values: np.ndarray, reduce: object) -> np.ndarray:
    out = []
    for g in range(N):
        own = values[group == g]
        own = own[~np.isnan(own)]
        out.append(reduce(own) if len(own) else NAN)  # type: ignore[operator]  # any callable of an array
    return np.array(out)


@pytest.mark.parametrize("seed", range(8))
def test_against_numpy(seed: int) -> None:
    group, values = drawn(seed)
    close = np.testing.assert_allclose
    close(grouped.mean(group, values, N), each(group, values, np.mean), rtol=1e-12)
    close(grouped.median(group, values, N), each(group, values, np.median), rtol=1e-12)
    close(grouped.largest(group, values, N), each(group, values, np.max))
    close(grouped.last(group, values, N), each(group, values, lambda v: v[-1]))
    close(np.nan_to_num(each(group, values, np.sum)), grouped.total(group, values, N), atol=1e-12)
    close(grouped.deviation(group, values, N), each(group, values, lambda v: np.std(v, ddof=1) if len(v) > 1 else NAN))
    close(grouped.count(group, N), [np.sum(group == g) for g in range(N)])


def test_trimmed_mean_drops_whole_values_at_both_ends() -> None:
    values = np.array([100.0, 1, 2, 3, 4, 5, 6, 7, 8, -100])
    assert grouped.trimmed_mean(np.zeros(10, np.int64), values, 1, 0.1).tolist() == [4.5]
    assert grouped.trimmed_mean(np.zeros(9, np.int64), values[:9], 1, 0.1)[0] == pytest.approx(136 / 9)


def test_spread_is_of_three_or_more() -> None:
    group = np.array([0, 0, 0, 1, 1])
    assert grouped.spread(group, np.array([1.0, 2, 9, 1, 2]), 2).tolist() == [
        pytest.approx(1.4826),
        pytest.approx(NAN, nan_ok=True),
    ]


def test_slope_is_exact_on_a_line_and_missing_on_a_point() -> None:
    group = np.array([0, 0, 0, 1, 1, 1])
    x = np.array([0.0, 1, 2, 5, 5, 5])
    y = np.array([1.0, 3, 5, 1, 2, 3])
    assert grouped.slope(group, x, y, 3, at_least=3).tolist() == [
        2.0,
        pytest.approx(NAN, nan_ok=True),
        pytest.approx(NAN, nan_ok=True),
    ]
    assert np.isnan(grouped.slope(group, x, y, 3, at_least=4)).all()


def test_steps_do_not_cross_groups() -> None:
    group, step = grouped.steps(np.array([0, 0, 2, 2, 2]), np.array([1.0, 4, 10, 11, 9]))
    assert group.tolist() == [0, 2, 2]
    assert step.tolist() == [3, 1, -2]


def test_from_end() -> None:
    assert grouped.from_end(np.array([0, 0, 2]), 4).tolist() == [1, 0, 0]


def test_distinct_and_match() -> None:
    group, code, rows = grouped.distinct(np.array([0, 0, 0, 1]), np.array([5, 2, 5, 5]))
    assert (group.tolist(), code.tolist(), rows.tolist()) == ([0, 0, 1], [2, 5, 5], [1, 2, 1])
    found = grouped.match(np.array([0, 0, 1, 1]), np.array([7, -1, 7, 3]), np.array([0, 0, 1]), np.array([7, 7, -1]))
    assert found.tolist() == [0, -1, -1, -1]


def test_nothing_gives_nothing() -> None:
    none, no = np.zeros(0, np.int64), np.zeros(0)
    for reduce in (grouped.mean, grouped.median, grouped.largest, grouped.last, grouped.deviation, grouped.spread):
        assert np.isnan(reduce(none, no, 2)).all()
    assert grouped.total(none, no, 2).tolist() == [0, 0]
    assert grouped.match(none, none, none, none).tolist() == []
    assert grouped.distinct(none, none)[0].tolist() == []


def test_a_ratio_over_nothing_is_missing() -> None:
    assert np.isnan(grouped.ratio(np.array([1.0, NAN]), np.array([0.0, 2.0]))).all()
