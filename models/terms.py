"""What a score is asked about besides features: the campaigns' money and the candidates' terms, as plain arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.families import Floats
from models.roi import Economics

TERM_COLUMNS = ("fee", "commission_rate", "product_cost", "expected_exposed")
MONEY_COLUMNS = ("order_value", "gross_margin", "return_rate", "baseline_rate", "handling_cost")


@dataclass(frozen=True)
class Context:
    """The campaigns of n rows: brand, goal and, by name of `MONEY_COLUMNS`, numbers (NaN: not given); (n,) each."""

    brand: Sequence[str]
    goal: Sequence[str]
    money: Mapping[str, Floats]


def economics(about: Context, terms: Mapping[str, Floats]) -> Economics:
    """Money of n rows; what was not given counts as 0, but for the fee."""

    def or_zero(values: Floats) -> Floats:
        return np.where(np.isnan(values), 0.0, values)

    return Economics(
        order_value=about.money["order_value"],
        gross_margin=about.money["gross_margin"],
        return_rate=or_zero(about.money["return_rate"]),
        commission_rate=or_zero(terms["commission_rate"]),
        product_cost=or_zero(terms["product_cost"]),
        handling_cost=or_zero(about.money["handling_cost"]),
        fee=terms["fee"],
    )
