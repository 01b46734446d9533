"""What the campaign asks for, as far as lift may depend on it. Money is not here: lift knows nothing of the fee."""

from __future__ import annotations

import numpy as np

from data.schemas import GOALS, PLATFORMS
from features.asof import DAY, NO_TIME, View, days_between
from features.feature import Feature
from features.grouped import Floats, Ints
from features.words import Strings, equal, fold, missing, positions_in, strings

YEAR_DAYS = 365.2425

_NO_CAMPAIGN = "the campaign is unknown"
_NO_CREATOR = "the creator has no visible profile"


def _f(name: str, unit: str, low: float | None, high: float | None, missing: str, text: str, source: str = "",
       *, reach: bool = False) -> Feature:  # fmt: skip
    return Feature(name, "campaign", unit, low, high, missing, text, source, for_reach=reach)


FEATURES: tuple[Feature, ...] = (
    *(
        _f(f"goal_{goal}", "0 or 1", 0, 1, _NO_CAMPAIGN, f"the campaign's goal is {goal}",
           "median lift 28, 19 and 6 % for upper, middle and lower funnel: Gordon, Moakler & Zettelmeyer 2023")
        for goal in GOALS
    ),
    *(
        _f(f"platform_{platform}", "0 or 1", 0, 1, _NO_CREATOR, f"the creator's platform is {platform}", reach=True)
        for platform in PLATFORMS
    ),
    _f("category_match", "0 or 1", 0, 1, "the creator's or the campaign's category is unknown",
       "creator and campaign name the same category"),
    _f("season_sin", "sine", -1, 1, _NO_CAMPAIGN, "sine of the time of year at which the campaign starts", reach=True),
    _f("season_cos", "cosine", -1, 1, _NO_CAMPAIGN, "cosine of the time of year at which the campaign starts",
       reach=True),
    _f("campaign_days", "days", 1, None, _NO_CAMPAIGN, "length of the campaign, first and last day included"),
    _f("days_to_start", "days", None, None, _NO_CAMPAIGN, "from the question to the campaign's start"),
)  # fmt: skip


def campaign_features(view: View) -> dict[str, Floats]:
    """Every feature of `FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says."""
    starts, ends = (_campaign_time(view, name) for name in ("starts_on", "ends_on"))
    first_of_1970 = np.where(starts == NO_TIME, np.nan, starts / DAY)
    turn = 2.0 * np.pi * (first_of_1970 % YEAR_DAYS) / YEAR_DAYS
    return {
        **_one_of(view.campaign_text("goal"), "goal", GOALS),
        **_one_of(view.profile_text("platform"), "platform", PLATFORMS),
        "category_match": _same(view.profile_text("category"), view.campaign_text("category")),
        "season_sin": np.sin(turn),
        "season_cos": np.cos(turn),
        "campaign_days": days_between(ends, starts) + 1.0,
        "days_to_start": days_between(starts, view.asked.as_of),
    }


def _campaign_time(view: View, name: str) -> Ints:
    times = view.campaigns.times(name)
    out = np.full(view.n, NO_TIME, dtype=np.int64)
    known = view.campaign >= 0
    out[known] = times[view.campaign[known]]
    return out


def _one_of(value: Strings, name: str, choices: tuple[str, ...]) -> dict[str, Floats]:
    """One 0 or 1 column per choice; all missing where the value is."""
    place = positions_in(value, strings(choices))
    unknown = missing(value)
    return {
        f"{name}_{choice}": np.where(unknown, np.nan, (place == at).astype(np.float64))
        for at, choice in enumerate(choices)
    }


def _same(a: Strings, b: Strings) -> Floats:
    return np.where(missing(a) | missing(b), np.nan, equal(fold(a), fold(b)).astype(np.float64))
