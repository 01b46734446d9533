"""Signs that an audience was bought: of the profile, of its growth, of its engagement and of its comments.

Each sign runs from 0 to 1, and the score is the mean of the signs that are known. It is a set of plain rules with
round numbers, not a fitted classifier: labelled accounts are few, and none of them are of creators.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from features import grouped
from features.asof import View
from features.feature import Feature
from features.grouped import Floats
from features.words import lengths, matches

FEW_FOLLOWERS = 200.0
"""Accounts made to be sold seldom have more followers than this: half a sign here, next to none at a thousandfold."""
MANY_DIGITS = 0.4
"""Share of digits that makes a handle look generated."""
BIO_LETTERS = 20.0
"""A bio of this length takes two thirds of the sign away."""
SPIKE = 0.05
"""Growth per day (ln) above the usual that is half a sign."""
FAR_BELOW_PEERS = -1.5
"""Engagement against peers (ln) that is half a sign: a quarter of theirs."""

_SOURCE = "22 % of followers were called suspicious in 2019 (HypeAuditor); pods: Weerasinghe et al., WWW 2020"

FEATURES: tuple[Feature, ...] = (
    Feature("handle_digit_share", "engagement", "share", 0, 1, "no handle", "digits in the handle", _SOURCE),
    Feature("bio_letters", "engagement", "characters", 0, None, "the bio is unknown", "length of the bio"),
    Feature("bought_audience_signs", "engagement", "0 to 1", 0, 1, "no sign is known",
            "mean of the known signs: follows more than follow back, few followers, digits in the handle, short bio, "
            "growth spike, engagement far below peers, spam, the same people under every post", _SOURCE),
)  # fmt: skip


def bought_features(view: View, made: Mapping[str, Floats]) -> dict[str, Floats]:
    """Every feature of `FEATURES`, each float64 of shape (n_pairings,), NaN = missing as the catalogue says.

    `made` holds the engagement, peer and sentiment features of the same pairings.
    """
    handle, bio = view.profile_text("handle"), view.profile_text("bio")
    out = {
        "handle_digit_share": grouped.ratio(matches(handle, "[0-9]"), lengths(handle)),
        "bio_letters": lengths(bio),
    }
    return {**out, "bought_audience_signs": _mean_of_known(_signs(view, {**made, **out}))}


def _signs(view: View, made: Mapping[str, Floats]) -> list[Floats]:
    ratio = 10.0 ** made["following_per_follower"]
    return [
        np.asarray(ratio / (1.0 + ratio)),
        np.asarray(FEW_FOLLOWERS / (FEW_FOLLOWERS + view.follower_count)),
        np.minimum(made["handle_digit_share"] / MANY_DIGITS, 1.0),
        np.asarray(np.exp(-made["bio_letters"] / BIO_LETTERS)),
        np.asarray(made["growth_spike"] / (SPIKE + made["growth_spike"])),
        np.asarray(1.0 / (1.0 + np.exp(2.0 * (made["engagement_vs_peers"] - FAR_BELOW_PEERS)))),
        np.minimum(2.0 * made["spam_share"], 1.0),
        made["pod_share"],
    ]


def _mean_of_known(signs: list[Floats]) -> Floats:
    """One sign after another, so that the sum does not depend on the number of pairings."""
    total, known = np.zeros(len(signs[0])), np.zeros(len(signs[0]))
    for sign in signs:
        there = ~np.isnan(sign)
        total = total + np.where(there, sign, 0.0)
        known = known + there
    return np.where(known > 0, total / np.maximum(known, 1.0), np.nan)
