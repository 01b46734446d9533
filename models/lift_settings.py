"""What of the lift model may be tuned."""

from __future__ import annotations

from dataclasses import dataclass

from models.boosting import Growth


@dataclass(frozen=True)
class LiftSettings:
    """How trees of the lift model grow, and how large effects are believed to be; the defaults need no tuning."""

    learning_rate: float = Growth().learning_rate
    leaves: int = Growth().leaves
    ridge: float = Growth().ridge
    """Units of information at value 0 in each leaf."""
    columns: float = Growth().columns
    """Share of the features that each tree may use; never fewer than 8 of them."""
    effect: float = 0.6
    """Believed spread of log lift that features explain, in units of the prior's standard deviation."""

    @property
    def growth(self) -> Growth:
        """For the trees."""
        return Growth(self.learning_rate, self.leaves, self.ridge, columns=self.columns)
