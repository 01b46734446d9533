"""ROI arithmetic: identities that hold for any pairing, and agreement with brute-force simulation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.attribution import Attribution
from models.roi import POINTS, Beliefs, Economics, Wish, points, quantile, roi_columns

CODES = Attribution(0.65, 0.05, 0.5, 0.6, 0.4, 0.8, 10)


def one(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def beliefs(lift: float = 0.2, lift_sd: float = 0.15, rate: float = 0.01, reach: float = 20_000.0) -> Beliefs:
    return Beliefs(one(lift), one(lift_sd), one(np.log(rate)), one(0.3), one(np.log(reach)), one(0.4))


def money(fee: float = 500.0, commission: float = 0.0, product: float = 20.0, handling: float = 10.0) -> Economics:
    return Economics(one(50.0), one(0.6), one(0.1), one(commission), one(product), one(handling), one(fee))


def ask(b: Beliefs, e: Economics, wish: Wish | None = None) -> dict[str, float]:
    return {name: float(values[0]) for name, values in roi_columns(b, e, CODES, wish or Wish()).items()}


def test_points_are_standard_normal_and_spread_evenly() -> None:
    z = points()
    assert z.shape == (6, POINTS)
    assert z.mean(axis=1) == pytest.approx(np.zeros(6), abs=1e-12)
    assert z.std(axis=1) == pytest.approx(np.ones(6))
    assert np.max(np.abs(np.corrcoef(z) - np.eye(6))) < 0.05
    assert points() is z


def test_quantiles_are_between_the_nearest_draws() -> None:
    ordered = np.arange(1.0, 11.0)[None, :]
    assert quantile(ordered, 0.5)[0] == 5.5
    assert quantile(ordered, 0.0)[0] == 1.0
    assert quantile(ordered, 1.0)[0] == 10.0


def test_it_agrees_with_brute_force() -> None:
    rng = np.random.default_rng(1)
    n = 400_000
    b, e = beliefs(), money(commission=0.1)
    lift, rate = rng.normal(0.2, 0.15, n), np.log(0.01) + 0.3 * rng.normal(size=n)
    people = np.exp(np.log(20_000.0) + 0.4 * rng.normal(size=n))
    anyway = people * np.exp(rate)
    caused = anyway * np.expm1(lift)
    incremental = rng.poisson(anyway * np.exp(lift)) - anyway
    returned = 0.1 * np.exp(0.2 * rng.normal(size=n) - 0.02)
    attributed = CODES.expected(anyway, caused) * np.exp(0.5 * rng.normal(size=n) - 0.125)
    cost = 500.0 + 30.0 + 0.1 * 50.0 * (1 - returned) * attributed
    profit = incremental * 50.0 * (1 - returned) * 0.6 - cost
    told = ask(b, e)
    expected = {
        "exposed": people, "incremental_conversions": incremental, "cost": cost, "profit": profit, "roi": profit / cost,
    }  # fmt: skip
    for name, draws in expected.items():
        width = np.std(draws)
        mean = np.mean(profit) / np.mean(cost) if name == "roi" else np.mean(draws)
        assert told[f"{name}_expected"] == pytest.approx(mean, abs=0.03 * width)
        assert told[f"{name}_low"] == pytest.approx(np.quantile(draws, 0.1), abs=0.1 * width)
        assert told[f"{name}_high"] == pytest.approx(np.quantile(draws, 0.9), abs=0.1 * width)
    assert told["roi_probability_positive"] == pytest.approx(np.mean(profit > 0), abs=0.02)


pairings = st.builds(
    beliefs,
    lift=st.floats(-0.3, 0.9), lift_sd=st.floats(0.01, 0.5), rate=st.floats(1e-4, 0.2), reach=st.floats(50.0, 1e6),
)  # fmt: skip
terms = st.builds(
    money, fee=st.floats(0.0, 1e5), commission=st.floats(0.0, 0.3), product=st.floats(0.0, 300.0),
    handling=st.floats(0.0, 100.0),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(b=pairings, e=terms)
def test_at_the_break_even_fee_the_expected_roi_is_zero(b: Beliefs, e: Economics) -> None:
    fee = ask(b, e)["break_even_fee"]
    assert fee >= 0.0
    at = ask(b, replace(e, fee=one(fee)))["roi_expected"]
    if fee > 0.0:
        assert at == pytest.approx(0.0, abs=1e-9)
    else:
        assert at < 0.0 or np.isnan(at)


@settings(max_examples=60, deadline=None)
@given(b=pairings, e=terms, target=st.floats(-0.5, 2.0), safety=st.floats(0.5, 0.95))
def test_at_the_maximum_fee_the_target_is_reached_as_safely_as_asked(
    b: Beliefs, e: Economics, target: float, safety: float
) -> None:
    fee = ask(b, e, Wish(0.8, target, safety))["maximum_fee"]
    assert fee >= 0.0
    if fee > 0.0:
        # The median ROI at that fee, asked as an interval end: its 1 - safety quantile is the target.
        level = 2 * safety - 1
        if level > 0.05:
            low = ask(b, replace(e, fee=one(fee)), Wish(level, target, safety))["roi_low"]
            assert low == pytest.approx(target, abs=0.02 * (1 + abs(target)))


@settings(max_examples=60, deadline=None)
@given(b=pairings, e=terms)
def test_more_fee_is_more_cost_and_less_of_all_else(b: Beliefs, e: Economics) -> None:
    less, more = ask(b, e), ask(b, replace(e, fee=e.fee + 100.0))
    assert more["cost_expected"] == pytest.approx(less["cost_expected"] + 100.0)
    assert more["profit_expected"] == pytest.approx(less["profit_expected"] - 100.0)
    unpaid = np.isnan(less["roi_probability_positive"])
    assert unpaid or more["roi_probability_positive"] <= less["roi_probability_positive"]
    for same in ("break_even_fee", "maximum_fee", "incremental_conversions_expected"):
        assert more[same] == less[same]


@settings(max_examples=40, deadline=None)
@given(b=pairings, e=terms, more=st.floats(0.05, 0.5))
def test_more_lift_is_worth_a_higher_fee(b: Beliefs, e: Economics, more: float) -> None:
    less, better = ask(b, e), ask(replace(b, lift_mean=b.lift_mean + more), e)
    for name in ("incremental_conversions_expected", "break_even_fee", "maximum_fee"):
        assert better[name] >= less[name] - 1e-9


@settings(max_examples=40, deadline=None)
@given(b=pairings, e=terms)
def test_intervals_widen_with_the_level_and_hold_together(b: Beliefs, e: Economics) -> None:
    narrow, wide = ask(b, e, Wish(0.5)), ask(b, e, Wish(0.95))
    for name in ("exposed", "incremental_conversions", "cost", "profit", "roi"):
        if not np.isnan(narrow[f"{name}_low"]):
            assert wide[f"{name}_low"] <= narrow[f"{name}_low"] <= narrow[f"{name}_high"] <= wide[f"{name}_high"]
    parts = narrow["cost_fee"] + narrow["cost_commission"] + narrow["cost_product"] + narrow["cost_handling"]
    assert narrow["cost_expected"] == pytest.approx(parts)


def test_without_a_fee_there_is_a_break_even_fee_and_no_roi() -> None:
    told = ask(beliefs(), money(fee=np.nan))
    for name in ("cost_expected", "profit_expected", "roi_expected", "roi_low", "roi_probability_positive", "cost_fee"):
        assert np.isnan(told[name])
    assert told["break_even_fee"] > told["maximum_fee"] > 0.0


def test_nothing_paid_is_no_roi_but_a_profit() -> None:
    told = ask(beliefs(), money(fee=0.0, product=0.0, handling=0.0))
    assert np.isnan(told["roi_expected"])
    assert np.isnan(told["roi_probability_positive"])
    assert told["profit_expected"] > 0.0
    assert told["cost_expected"] == 0.0


def test_a_pairing_that_adds_nothing_is_worth_no_fee() -> None:
    told = ask(beliefs(lift=-0.2, lift_sd=0.05), money())
    assert told["break_even_fee"] == 0.0
    assert told["maximum_fee"] == 0.0
    assert told["incremental_conversions_expected"] < 0.0


def test_a_row_alone_is_the_same_bits_and_no_rows_are_fine() -> None:
    rng = np.random.default_rng(1)
    n = 150
    b = Beliefs(*(rng.normal(0.0, 0.2, n) + shift for shift in (0.1, 0.3, -5.0, 0.5, 9.0, 0.6)))
    b = replace(b, lift_sd=np.abs(b.lift_sd), rate_sd=np.abs(b.rate_sd), reach_sd=np.abs(b.reach_sd), lift_by_rate=-0.3)
    e = Economics(*(rng.uniform(0.0, high, n) for high in (80.0, 1.0, 0.3, 0.2, 40.0, 20.0, 2000.0)))
    together = roi_columns(b, e, CODES, Wish())
    for row in (0, 63, 64, 149):
        alone = roi_columns(
            replace(b, **{f: v[row : row + 1] for f, v in vars(b).items() if f != "lift_by_rate"}),
            Economics(*(getattr(e, f)[row : row + 1] for f in e.__dataclass_fields__)), CODES, Wish(),
        )  # fmt: skip
        for name, values in alone.items():
            assert np.array_equal(values[0], together[name][row], equal_nan=True), name
    nothing = roi_columns(
        Beliefs(*(np.zeros(0) for _ in range(6))), Economics(*(np.zeros(0) for _ in range(7))), CODES, Wish()
    )
    assert {len(v) for v in nothing.values()} == {0}
    assert set(nothing) == set(together)


@pytest.mark.parametrize("slope", [-0.4, 0.0, 0.3])
def test_lift_that_falls_as_the_rate_rises_is_worth_less(slope: float) -> None:
    b = replace(beliefs(lift=0.2, lift_sd=0.25), lift_by_rate=slope)
    told = ask(b, money())["incremental_conversions_expected"]
    rate_sd, reach = b.rate_sd[0], np.exp(b.reach_mean[0] + 0.5 * b.reach_sd[0] ** 2)
    # Of a log-normal rate R and lift L: E[R (L - 1)] = E[R] (E[L] e^cov - 1).
    anyway = np.exp(b.rate_mean[0] + 0.5 * rate_sd**2)
    true = reach * anyway * np.expm1(0.2 + 0.5 * 0.25**2 + slope * rate_sd**2)
    assert told == pytest.approx(true, rel=0.02)


def test_lift_and_rate_are_never_one_and_the_same() -> None:
    b = replace(beliefs(lift=0.2, lift_sd=0.05), lift_by_rate=-3.0)
    draws = b.log_lift(slice(0, 1), points())[0]
    assert draws.std() == pytest.approx(0.05, rel=0.02)
    assert np.corrcoef(draws, points()[1])[0, 1] == pytest.approx(-0.9, abs=0.01)
