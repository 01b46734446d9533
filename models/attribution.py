"""Attributed orders and what they are worth: codes and links catch part of what a creator causes, and some of what
would have come anyway.

    attributed = capture x caused + leak x (conversions that come anyway)

Both shares are learned where orders were attributed and the audience was counted; they start from a published, weak
prior on the share of attributed conversions that is incremental.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from scipy import stats

from data.priors import Priors
from models.families import Floats

_CAPTURE = 0.65
"""Believed share of caused conversions that codes and links catch."""
_TYPICAL_LIFT = 0.10
"""Relative lift at which the published incremental share is taken to hold."""
_PRIOR_SD = 0.7
"""How sure the believed shares are (ln)."""
_NOISE_WORTH = 4.0
_BELIEVED_NOISE = 0.6


@dataclass(frozen=True)
class Attribution:
    """Learned shares. `factor` with `factor_low` and `factor_high` (80 %): incremental per attributed conversion."""

    capture: float
    leak: float
    noise: float
    """Standard deviation of ln(attributed) of one deal about its expectation."""
    factor: float
    factor_low: float
    factor_high: float
    n_rows: int

    def expected(self, anyway: Floats, caused: Floats) -> Floats:
        """Expected attributed conversions, shape of the inputs: `anyway` would come without the post, `caused` by it.

        A post that drives buyers away has caused none, so nothing is attributed for them."""
        return np.asarray(self.leak * anyway + self.capture * np.maximum(caused, 0.0))

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Attribution:
        """The model saved by `to_json`."""
        return cls(**saved)


def fit_attribution(attributed: Floats, anyway: Floats, caused: Floats, priors: Priors) -> Attribution:
    """Learn the shares; rows with a missing value are left out.

    Parameters
    ----------
    attributed : attributed conversions of past deals, shape (n,)
    anyway, caused : conversions the models expect of each deal without and because of the post, shape (n,). Expected,
        not measured ones: noise in a regressor would bias its share towards 0.
    """
    share = priors.incremental_share.mean
    believed = np.array([_CAPTURE, _CAPTURE * _TYPICAL_LIFT * (1.0 / share - 1.0)])
    told = np.isfinite(attributed) & np.isfinite(anyway) & np.isfinite(caused) & (anyway > 0)
    y, design = attributed[told], np.column_stack([np.maximum(caused[told], 0.0), anyway[told]])
    logs, noise2 = np.log(believed), _BELIEVED_NOISE**2
    covariance = np.eye(2) * _PRIOR_SD**2
    for _ in range(60 if len(y) else 0):
        parts = design * np.exp(logs)
        mean = parts.sum(axis=1) + 1e-9
        variance = mean + noise2 * mean**2
        precision = (parts / variance[:, None]).T @ parts + np.eye(2) / _PRIOR_SD**2
        score = parts.T @ ((y - mean) / variance) - (logs - np.log(believed)) / _PRIOR_SD**2
        covariance = np.linalg.inv(precision)
        step = np.clip(covariance @ score, -0.5, 0.5)
        logs = np.minimum(logs + step, np.log([1.5, 1.0]))
        excess = float(np.sum(((y - mean) ** 2 - mean) / (mean**2 + mean)))
        ratio = excess + _NOISE_WORTH * _BELIEVED_NOISE**2
        noise2 = max(ratio / (float(np.sum(mean**2 / (mean**2 + mean))) + _NOISE_WORTH), 0.01)
        if np.max(np.abs(step)) < 1e-8:
            break
    return _with_factor(logs, covariance, noise2, y, design, priors)


def _with_factor(
    logs: Floats, covariance: Floats, noise2: float, y: Floats, design: Floats, priors: Priors
) -> Attribution:
    """The factor of the deals at hand with its 80 % interval (delta method); without deals, the published one."""
    capture, leak = np.exp(logs).tolist()
    if not len(y):
        told = stats.beta(priors.incremental_share.alpha, priors.incremental_share.beta)
        middle, low, high = priors.incremental_share.mean, float(told.ppf(0.1)), float(told.ppf(0.9))
    else:
        caused, anyway = design.sum(axis=0)
        total = capture * caused + leak * anyway
        middle = float(caused / total) if total > 0 else 0.0
        slope = np.array([capture * caused, leak * anyway]) / max(float(total), 1e-9)
        doubt = float(np.sqrt(slope @ covariance @ slope + noise2 / len(y)))
        low, high = (middle * float(np.exp(stats.norm.ppf(q) * doubt)) for q in (0.1, 0.9))
    return Attribution(capture, leak, float(np.sqrt(noise2)), float(middle), float(low), float(high), len(y))
