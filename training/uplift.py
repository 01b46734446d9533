"""How well predicted uplift ranks people of a randomised experiment, and how sure that is over repeated halves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


def qini_area(uplift: FloatArray, outcome: FloatArray, treated: FloatArray) -> float:
    """Extra incremental outcomes per 1,000 treated: area between the Qini curve and the random line.

    People are taken best predicted first; x is the share of people taken, y the outcomes of the treated among them less
    those of the others, scaled to as many people (Radcliffe 2007), per 1,000 treated in all. Ties count as one step, so
    a constant prediction scores exactly 0.

    Parameters
    ----------
    uplift : (n,) predicted; outcome : (n,); treated : (n,) 0 or 1, both present
    """
    order = np.argsort(-uplift, kind="stable")
    ranked, y, t = uplift[order], outcome[order], treated[order]
    last_of_tie = np.append(np.diff(ranked) != 0.0, True)
    n1, n0 = np.cumsum(t)[last_of_tie], np.cumsum(1.0 - t)[last_of_tie]
    y1, y0 = np.cumsum(y * t)[last_of_tie], np.cumsum(y * (1.0 - t))[last_of_tie]
    scale = np.divide(n1, n0, out=np.zeros(len(n1)), where=n0 > 0)
    gain = np.append(0.0, (y1 - y0 * scale) / t.sum())
    share = np.append(0.0, (np.flatnonzero(last_of_tie) + 1.0) / len(t))
    area = np.sum(np.diff(share) * (gain[1:] + gain[:-1]) / 2.0) - gain[-1] / 2.0
    return float(1000.0 * area)


def average_effect(outcome: FloatArray, treated: FloatArray) -> float:
    """Difference of means, treated less untreated."""
    return float(outcome[treated == 1].mean() - outcome[treated == 0].mean())


@dataclass(frozen=True)
class Repeated:
    """Mean of a figure over repeated halves, and its standard error."""

    mean: float
    error: float


def over_halves(figures: FloatArray, train: int, test: int) -> Repeated:
    """Mean and standard error over J random splits into `train` and `test` rows, shape (J,), J at least 2.

    Splits share rows, so their figures are not independent: variance / J is far too small. Corrected to
    (1 / J + test / train) variance (Nadeau & Bengio 2003, "Inference for the generalization error").
    """
    spread = float(np.var(figures, ddof=1))
    return Repeated(float(np.mean(figures)), float(np.sqrt((1.0 / len(figures) + test / train) * spread)))


def halves(treated: FloatArray, seed: int) -> npt.NDArray[np.bool_]:
    """Where a random half of the treated and of the untreated lies, shape (n,)."""
    rng = np.random.default_rng(seed)
    half = np.zeros(len(treated), dtype=bool)
    for group in (0.0, 1.0):
        rows = rng.permutation(np.flatnonzero(treated == group))
        half[rows[: len(rows) // 2]] = True
    return half
