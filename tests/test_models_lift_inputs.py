"""What the lift model is handed: every kind of number is taken, anything else is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from data.errors import ConfigError, TableError
from models.lift import LiftModel
from models.lift_inputs import as_features

N = 40
RNG = np.random.default_rng(1)
X = pd.DataFrame(RNG.normal(size=(N, 3)), columns=["a", "b", "c"])
COUNTS = pd.DataFrame({
    "exposed": 1000.0, "exposed_conversions": RNG.poisson(30, N).astype(float),
    "holdout": 900.0, "holdout_conversions": RNG.poisson(20, N).astype(float),
})  # fmt: skip
TREATED = np.tile([0.0, 1.0], N // 2)
OUTCOME = (RNG.random(N) < 0.4).astype(float)


@pytest.mark.parametrize(
    "column",
    [
        pd.array([1, None] * 20, dtype="Int64"),
        pd.array([1.0, None] * 20, dtype="Float32"),
        pd.array([True, None] * 20, dtype="boolean"),
        pd.array([1.0, None] * 20, dtype="double[pyarrow]"),
        np.array([1, None] * 20, dtype=object),
        pd.Categorical([1.0, np.nan] * 20),
    ],
)
def test_numbers_of_every_kind_are_the_same_numbers(column: Any) -> None:
    told = as_features(pd.DataFrame({"x": column}))
    assert told.dtype == np.float64
    assert np.array_equal(told[:, 0], np.array([1.0, np.nan] * 20), equal_nan=True)


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (np.array(["red"] * N), "such as red"),
        (np.array([1.0] * 39 + ["7"], dtype=object), "row 40: got 7"),
        (pd.Categorical(["u", "v"] * 20), "row 1: got u"),
        (pd.Timestamp("2026-01-01"), "datetime64"),
        (1j, "complex128"),
        (np.inf, "an infinite value"),
    ],
)
def test_a_column_without_numbers_is_named(column: Any, words: str) -> None:
    for call in (lambda frame: LiftModel().fit(frame, COUNTS), fitted().predict):
        with pytest.raises(TableError, match=words) as told:
            call(X.assign(b=column))
        assert "X, column b" in str(told.value)
        assert "allowed: " in str(told.value)


def test_every_faulty_column_is_named_and_so_is_one_of_an_array() -> None:
    with pytest.raises(TableError) as told:
        as_features(np.array([["x", 1.0], ["y", "z"]], dtype=object))
    first, second = (fault.where for fault in told.value.faults)
    assert first.startswith("X, column 1")
    assert second == "X, column 2, row 2"


@pytest.mark.parametrize("bad", [None, "file.csv", [[1.0], [1.0, 2.0]], [1.0, 2.0]])
def test_what_is_no_table_is_refused(bad: Any) -> None:
    with pytest.raises(TableError, match=r"^X: got"):
        LiftModel().fit(bad, COUNTS)


def fitted() -> LiftModel:
    return LiftModel(rates=False).fit(X, COUNTS)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        (COUNTS.drop(columns="holdout"), "counts, column holdout: got no such column"),
        (COUNTS.assign(holdout="many"), "counts, column holdout: got str, such as many"),
        (COUNTS.to_numpy(), "counts: got a ndarray"),
        (None, "counts: got a NoneType"),
        (COUNTS.iloc[1:], "39 rows"),
        (COUNTS.assign(exposed_conversions=5000.0), "at most exposed"),
    ],
)
def test_counts_that_cannot_be_are_named(counts: Any, words: str) -> None:
    with pytest.raises(TableError, match=words):
        LiftModel(rates=False).fit(X, counts)


def test_estimates_alone_need_no_counts() -> None:
    counts = pd.DataFrame({"lift_estimate": np.full(N, 0.2), "lift_se": np.full(N, 0.1)})
    assert LiftModel(rates=False).fit(X, counts).predict(X) == pytest.approx(np.full(N, np.log(1.2)), abs=0.05)
    with pytest.raises(TableError, match="counts, column exposed: got no such column"):
        LiftModel(rates=False).fit(X, counts.assign(lift_se=[np.nan] + [0.1] * (N - 1)))


def test_lengths_that_differ_are_told() -> None:
    with pytest.raises(TableError, match="groups: got 3 values; allowed: 40"):
        LiftModel(rates=False).fit(X, COUNTS, groups=["a", "b", "c"])
    with pytest.raises(TableError, match=r"prior: got shape \(2,\); allowed: shape \(40,\)"):
        fitted().predict(X, prior=np.zeros(2))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"outcome": OUTCOME[:5]}, r"outcome: got shape \(5,\)"),
        ({"treated": TREATED + 1.0}, "treated, row 2: got 2"),
        ({"treated": np.where(TREATED > 0, "yes", "no")}, "treated: got str|treated, row 1: got no"),
        ({"treated": np.ones(N), "propensity": None}, "everybody is treated"),
        ({"outcome": np.where(OUTCOME > 0, np.nan, 0.0)}, "outcome, row .*: got nan"),
        ({"outcome": None}, "outcome: got shape"),
        ({"propensity": 1.0}, "propensity, row 1: got 1; allowed: strictly between 0 and 1"),
        ({"propensity": "half"}, "propensity.*got half|propensity: got str, such as half"),
        ({"X": X[[]]}, "X: got no feature"),
    ],
)
def test_people_that_cannot_be_are_named(changed: dict[str, Any], words: str) -> None:
    given = {"X": X, "outcome": OUTCOME, "treated": TREATED, "propensity": 0.5} | changed
    with pytest.raises(TableError, match=words) as told:
        LiftModel().fit_people(**given)
    assert len({fault.where.split(",")[0] for fault in told.value.faults}) == 1


def test_people_may_be_given_as_a_column_and_as_booleans() -> None:
    plain = LiftModel(rates=False).fit_people(X, OUTCOME, TREATED, 0.5)
    other = LiftModel(rates=False).fit_people(X, OUTCOME[:, None], pd.DataFrame({"t": TREATED > 0}), 0.5)
    assert np.array_equal(plain.predict(X), other.predict(X))


def test_nobody_with_the_outcome_is_no_uplift() -> None:
    model = LiftModel().fit_people(X, np.zeros(N), np.where(np.arange(N) < 15, 1.0, 0.0), 0.5)
    assert np.array_equal(model.predict_uplift(X), np.zeros(N))


@pytest.mark.parametrize("parameters", [{"prior_sd": 0.0}, {"prior_log_lift": np.nan}, {"seed": -1}, {"prior_sd": "1"}])
def test_a_parameter_out_of_range_is_named(parameters: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match=next(iter(parameters))):
        LiftModel(**parameters).fit(X, COUNTS)


def test_uplift_without_rates_says_what_is_missing() -> None:
    with pytest.raises(NotFittedError, match="rates=True"):
        fitted().predict_uplift(X)


def test_it_stands_in_a_pipeline_and_can_be_cloned() -> None:
    pipeline = make_pipeline(StandardScaler(), LiftModel(prior_sd=0.3, rates=False)).fit(X, COUNTS)
    again = clone(pipeline).set_params(liftmodel__prior_sd=0.4).fit(X, COUNTS)
    assert again.named_steps["liftmodel"].get_params()["prior_sd"] == 0.4
    assert pipeline.predict(X).shape == (N,)
    assert not np.array_equal(pipeline.predict(X), again.predict(X))


def test_odd_tables_give_plain_answers() -> None:
    twice, constant, wide = pd.concat([X, X], axis=1), X * 0.0 + 1.0, RNG.normal(size=(N, 200))
    for table in (twice, constant, wide, X.iloc[:, :0]):
        told = LiftModel().fit(table, COUNTS).predict_interval(table)
        assert np.isfinite(told).all()
        assert (told[:, 0] < told[:, 1]).all()
