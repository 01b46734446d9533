"""Why a score is what it is: what each feature changes, in conversions, adding up to the expected number."""

from __future__ import annotations

from typing import TypedDict

import numpy as np

from features.catalog import BY_NAME, NAMES
from models.families import Floats

MOST_NAMED = 6
"""Features named one by one; the others are summed."""
TYPICAL = "typical"
OTHERS = "others"


class Reason(TypedDict):
    """What one feature (or all the rest) adds to the expected incremental conversions."""

    feature: str
    family: str
    value: float | None
    unit: str
    incremental_conversions: float
    text: str


def reasons(values: Floats, contributions: Floats, incremental: Floats) -> list[list[Reason]]:
    """Reasons of each row, largest first; then all other features, then what a pairing like any other would bring.

    Parameters
    ----------
    values : (n, features) as the model saw them
    contributions : (n, features + 1) in log lift, the last column what is common to all
    incremental : expected incremental conversions, shape (n,); each row's reasons add up to it

    A feature's share of the conversions is its share of the log lift times conversions per unit of log lift. Where the
    log lift is as good as 0 there are no conversions to share out, and everything is left to the last reason.
    """
    total = contributions.sum(axis=1)
    usable = np.abs(total) > 1e-6
    rate = np.where(usable, incremental, 0.0) / np.where(usable, total, 1.0)
    return [
        _of_row(values[i], contributions[i, :-1] * rate[i], float(incremental[i])) for i in range(len(contributions))
    ]


def _of_row(values: Floats, shares: Floats, incremental: float) -> list[Reason]:
    order = np.argsort(-np.abs(shares), kind="stable")[:MOST_NAMED]
    named = [_reason(NAMES[j], float(values[j]), float(shares[j])) for j in order if shares[j] != 0.0]
    others = float(shares.sum() - sum(float(shares[j]) for j in order))
    rest = incremental - others - sum(r["incremental_conversions"] for r in named)
    return [
        *named,
        Reason(feature=OTHERS, family="", value=None, unit="", incremental_conversions=others,
               text=f"All other features together {_adds(others)}."),
        Reason(feature=TYPICAL, family="", value=None, unit="", incremental_conversions=rest,
               text=f"A typical pairing with this reach and rate {_adds(rest)}."),
    ]  # fmt: skip


def _reason(name: str, value: float, share: float) -> Reason:
    feature = BY_NAME[name]
    missing = bool(np.isnan(value))
    told = f"not known ({feature.missing})" if missing else f"{value:.3g} ({feature.unit})"
    text = f"{name.replace('_', ' ').capitalize()} — {feature.text} — is {told}: {_adds(share)}."
    known = None if missing else value
    return Reason(
        feature=name, family=feature.family, value=known, unit=feature.unit, incremental_conversions=share, text=text
    )


def _adds(conversions: float) -> str:
    verb = "adds" if conversions >= 0 else "takes away"
    return f"{verb} about {abs(conversions):.2g} conversions"
