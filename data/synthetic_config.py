"""Settings of the simulated market, checked once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real

import pandas as pd

from data.errors import ConfigError, Fault

Progress = Callable[[str, int, int], None]
"""Called as `progress(step, done, total)` after each step of a simulation."""

DEFAULT_END = pd.Timestamp("2026-01-01", tz="UTC")
_RANGES: dict[str, tuple[float, float]] = {
    "creators": (1, 5_000_000), "collaborations": (0, 5_000_000), "asked_pairings": (0, 5_000_000),
    "seed": (0, 2**63 - 1), "posts_per_creator": (0.5, 1_000), "comments_per_creator": (0, 10_000),
    "collaborations_per_campaign": (1, 1_000), "heterogeneity": (0, 5), "unexplained_sd": (0, 1),
    "confounding": (0, 3), "selection": (0, 5),
    "holdout_share": (0, 1), "geo_share": (0, 1), "on_off_share": (0, 1), "attributed_share": (0, 1),
}  # fmt: skip
_WHOLE = ("creators", "collaborations", "asked_pairings", "seed")
MEASURE_SHARES = ("holdout_share", "geo_share", "on_off_share", "attributed_share")


@dataclass(frozen=True)
class MarketConfig:
    """What kind of market to simulate. Raises ConfigError naming every setting that cannot be."""

    creators: int = 2_000
    """Accounts in the catalogue (`simulate_outcomes` takes those of the given tables instead)."""
    collaborations: int = 1_500
    seed: int = 0
    end: pd.Timestamp | None = None
    """The present of the market, UTC. Default 2026-01-01, or a day after the newest given post."""
    asked_pairings: int = 0
    """Questions about the future: creators drawn evenly from the whole catalogue for briefs that start after `end`."""
    posts_per_creator: float = 12.0
    """Mean posts on record of a creator nobody has looked at yet; those with deals or questions have more."""
    comments_per_creator: float = 40.0
    """Mean comments on record, on the same terms."""
    collaborations_per_campaign: float = 10.0
    heterogeneity: float = 1.0
    """Scale of all differences in true lift. 0: every true log lift is the same number."""
    unexplained_sd: float = 0.12
    """Sd of true log lift that nothing on record can explain (τ), at heterogeneity 1."""
    confounding: float = 0.0
    """How far brands choose creators whose followers buy anyway, which feeds attributed orders but not lift."""
    selection: float = 1.0
    """How strongly brands choose by what they see. 0: they draw at random."""
    holdout_share: float = 0.60
    geo_share: float = 0.10
    on_off_share: float = 0.08
    attributed_share: float = 0.20
    """Shares of collaborations by how they were measured; what is left to 1 is still running at `end`."""

    def __post_init__(self) -> None:
        faults = [*self._range_faults(), *self._share_faults(), *self._end_faults()]
        if faults:
            raise ConfigError(faults)

    def _range_faults(self) -> list[Fault]:
        faults = []
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            kind = "a whole number" if name in _WHOLE else "a number"
            good = isinstance(value, Integral if name in _WHOLE else Real) and not isinstance(value, bool)
            if not good or not low <= value <= high:
                faults.append(Fault(f"market.{name}", repr(value), f"{kind} from {low:g} to {high:g}"))
        return faults

    def _share_faults(self) -> list[Fault]:
        shares = [getattr(self, name) for name in MEASURE_SHARES]
        numbers = [s for s in shares if isinstance(s, Real)]
        total = float(sum(numbers))
        if len(numbers) == len(shares) and total > 1 + 1e-9:
            return [Fault("market." + " + ".join(MEASURE_SHARES), f"{total:g}", "a sum of at most 1")]
        return []

    def _end_faults(self) -> list[Fault]:
        if self.end is None:
            return []
        if not isinstance(self.end, pd.Timestamp) or pd.isna(self.end) or self.end.tzinfo is None:
            return [Fault("market.end", repr(self.end), "a UTC time, e.g. 2026-01-01T00:00:00Z")]
        return []

    @property
    def running_share(self) -> float:
        """Share of collaborations still running at `end`."""
        return float(max(0.0, 1.0 - sum(getattr(self, name) for name in MEASURE_SHARES)))
