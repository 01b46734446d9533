"""`train --tune N`: a search for the lift model's settings on earlier time folds, resumable, one nested run per trial.

The folds lie before the first window on which the report judges, so what is chosen has not seen it. A trial that does
worse than the median of earlier ones after the same fold is given up. The best settings replace the defaults only if
they are better by more than the standard error of the difference: with few tests the best of many is mostly luck.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from models import registry
from models.lift import DEFAULT
from models.lift_and_orders import learn
from models.lift_of_deals import predict_lift
from models.lift_settings import LiftSettings
from models.reference import fit_reference
from models.training_set import deals_of
from training import dataset, folds, labels, metrics, tracking
from training.config import TrainSettings
from training.facts import Loaded
from training.outcomes import Outcomes
from training.report import Section

FOLDS = 3
STARTUP = 8
"""Trials drawn evenly before the search learns from them."""
Progress = Callable[[str, int, int], None]
_DIGITS = 16


@dataclass(frozen=True)
class Tuned:
    """What a search found."""

    chosen: LiftSettings
    best: LiftSettings
    trials: pd.DataFrame
    """One row per trial: number, state, deviance (mean over folds; NaN where given up) and its settings."""
    gain: float
    """Deviance of the defaults less that of the best, per conversion."""
    error: float
    """Standard error of the gain, from resampling campaigns."""

    def section(self) -> Section:
        """For the report."""
        kept = self.chosen == self.best
        verdict = "its best settings are used" if kept else "no settings beat the defaults by more than luck: they stay"
        text = (
            f"{len(self.trials)} trials on {FOLDS} windows before the first test window; {verdict}. Gain in deviance "
            f"per conversion over the defaults: {self.gain:.5f}, standard error {self.error:.5f}."
        )
        best = self.trials.sort_values("deviance", kind="stable").head(5)
        return Section("Search for settings", text, [best])


@dataclass(frozen=True)
class _Window:
    """One fold: what is known, what is asked, and what came out."""

    material: dataset.Material
    fold: folds.Fold

    def losses(self, chosen: LiftSettings, seed: int) -> tuple[np.ndarray, float]:
        """Deviance of each test row, and the weight of conversions it is per."""
        known, asked = self.material.fold(self.fold), self.material.whole.take(self.fold.test)
        model = learn(known, seed, chosen).lift
        out = metrics.saturated(Outcomes.of(asked.deals))
        predicted = predict_lift(model, asked.X, asked.deals["goal"], known.priors)
        return metrics.row_losses(predicted, out), float(np.sum(out.weight * out.conversions))

    @property
    def campaigns(self) -> np.ndarray:
        """The campaign of each test row."""
        return np.asarray(self.material.whole.take(self.fold.test).deals["campaign_id"].to_numpy())


def tune(loaded: Loaded, settings: TrainSettings, run: tracking.Run, progress: Progress) -> Tuned | None:
    """Search until `settings.tune` trials are finished, those of an interrupted search included.

    None where there are too few tests before the first test window to make a single fold; the report then has no
    search. The same data, settings and seed give the same trials, interrupted or not.
    """
    windows = _windows(loaded, settings, progress)
    if not windows:
        return None
    study = _study(loaded, settings)
    _forget_unfinished(study)
    for number in range(_finished(study), settings.tune):
        progress("tuning", number, settings.tune)
        # A sampler of its own for each trial: a search that was interrupted goes on as if it had not been.
        study.sampler = _sampler(settings.seed + 1_000 * number)
        _trial(study, windows, settings.seed, run, number)
    progress("tuning", settings.tune, settings.tune)
    best = LiftSettings(**_from_trial(study.best_trial.params))
    gain, error = _gain(windows, best, settings)
    chosen = best if gain > error else DEFAULT
    run.metrics({"tune.gain": gain, "tune.gain_error": error, "tune.trials": float(_finished(study))})
    return Tuned(chosen, best, _table(study), gain, error)


def _windows(loaded: Loaded, settings: TrainSettings, progress: Progress) -> list[_Window]:
    """Consecutive windows before the first one that the report judges on."""
    deals = deals_of(loaded.history, labels.find_labels(loaded.history, loaded.cut), loaded.cut)
    judged = folds.time_folds(deals, settings)
    cut = judged[0].start if judged else loaded.cut
    earlier = deals_of(loaded.history, labels.find_labels(loaded.history, cut), cut)
    split = folds.time_folds(earlier, replace(settings, folds=FOLDS, test_days=None, test_share=0.45))
    if not split:
        return []
    reference = fit_reference(loaded.history, split[0].start, settings.seed)
    material = dataset.build_material(
        loaded.history, cut, reference, data=loaded.kind, seed=settings.seed, priors=loaded.priors,
        progress=lambda done, total: progress("features for tuning", done, total),
    )  # fmt: skip
    return [_Window(material, fold) for fold in split]


def _study(loaded: Loaded, settings: TrainSettings) -> Any:
    """The search's memory: SQLite beside the registry's, under a name that other data or another seed does not have."""
    with _quiet() as optuna:
        name = f"{loaded.digest[:_DIGITS]}-{loaded.cut:%Y%m%dT%H%M%S}-{settings.seed}"
        study = optuna.create_study(
            study_name=name, storage=f"sqlite:///{study_file()}", load_if_exists=True, direction="minimize",
            pruner=optuna.pruners.MedianPruner(n_startup_trials=4, n_warmup_steps=0),
        )  # fmt: skip
        if not study.trials:
            study.enqueue_trial(asdict(DEFAULT))
        return study


def study_file() -> Path:
    """`tune.db` beside the registry's database, or in the current folder where that is no file."""
    found = registry.database_file(registry.tracking_uri())
    return (found.parent if found else Path.cwd()) / "tune.db"


@contextmanager
def _quiet() -> Iterator[Any]:
    """Optuna without its log lines: progress is told by the command."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        yield optuna


def _sampler(seed: int) -> Any:
    import optuna

    return optuna.samplers.TPESampler(seed=seed % 2**32, n_startup_trials=STARTUP)


def _finished(study: Any) -> int:
    return sum(trial.state.name in ("COMPLETE", "PRUNED") for trial in study.trials)


def _forget_unfinished(study: Any) -> None:
    """Trials that an interruption left running count as failed, and their settings are tried again where asked for."""
    import optuna

    for trial in study.trials:
        if trial.state.name == "RUNNING":
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
            if not _finished(study):
                study.enqueue_trial(asdict(DEFAULT))


def _asked(trial: Any) -> LiftSettings:
    """Settings of a trial."""
    return LiftSettings(
        learning_rate=trial.suggest_float("learning_rate", 0.02, 0.2, log=True),
        leaves=trial.suggest_int("leaves", 3, 16),
        ridge=trial.suggest_float("ridge", 2.0, 100.0, log=True),
        columns=trial.suggest_float("columns", 0.1, 1.0),
        effect=trial.suggest_float("effect", 0.2, 1.5, log=True),
    )


def _from_trial(params: Mapping[str, Any]) -> dict[str, Any]:
    return {name: int(value) if name == "leaves" else float(value) for name, value in params.items()}


def _trial(study: Any, windows: list[_Window], seed: int, run: tracking.Run, number: int) -> None:
    import optuna

    trial = study.ask()
    chosen = _asked(trial)
    with tracking.open_run(f"trial {number + 1}", parent=run) as nested:
        nested.params(asdict(chosen))
        losses, per = 0.0, 0.0
        for step, window in enumerate(windows):
            rows, weight = window.losses(chosen, seed)
            losses, per = losses + float(rows.sum()), per + weight
            trial.report(losses / per, step)
            nested.metrics({f"deviance_after_{step + 1}": losses / per})
            if trial.should_prune() and step + 1 < len(windows):
                nested.tags({"pruned": f"after window {step + 1}"})
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                return
        nested.metrics({"deviance": losses / per})
        study.tell(trial, losses / per)


def _gain(windows: list[_Window], best: LiftSettings, settings: TrainSettings) -> tuple[float, float]:
    """Deviance of the defaults less that of the best settings, and its standard error over campaigns."""
    if best == DEFAULT:
        return 0.0, 0.0
    before, after, weights, campaigns = [], [], 0.0, []
    for window in windows:
        one, per = window.losses(DEFAULT, settings.seed)
        before.append(one)
        after.append(window.losses(best, settings.seed)[0])
        campaigns.append(window.campaigns)
        weights += per
    apart = np.concatenate(before) - np.concatenate(after)
    groups = np.concatenate(campaigns)
    again = metrics.resample(apart[:, None], groups, draws=settings.bootstrap, seed=settings.seed)
    return float(apart.sum() / weights), float(again.drawn[:, 0].std() / weights)


def _table(study: Any) -> pd.DataFrame:
    rows = [
        {"trial": number + 1, "state": trial.state.name.lower(), "deviance": trial.value, **trial.params}
        for number, trial in enumerate(t for t in study.trials if t.state.name in ("COMPLETE", "PRUNED"))
    ]
    table = pd.DataFrame(rows)
    table["deviance"] = pd.to_numeric(table["deviance"]).where(table["state"] == "complete")
    return table.astype({"deviance": "float64"})
