"""The run as a story: load, check, build, judge out of time, fit, save, log, publish."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from data import sources
from data.check import check_workspace
from data.errors import TableError
from data.history import History
from data.priors import load_priors
from models import artifact, registry
from models.reference import fit_reference
from models.scorer import CreatorScorer
from models.training_set import deals_of
from training import dataset, folds, labels, story, study, tracking
from training.champion import against_champion
from training.config import TrainSettings
from training.effects import effects
from training.facts import Loaded, facts_of, info_of, params_of, tags_of, warnings_of
from training.finished import finished_table
from training.growth import growth_table
from training.judge import judge_folds
from training.report import Page, Section
from training.trust import trust
from training.tune import Tuned, tune

Progress = Callable[[str, int, int], None]
"""Called as `progress(step, done, total)`."""
_EXAMPLE_ROWS = 5


def _no_progress(step: str, done: int, total: int) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class Evaluation:
    """The report, its figures, and what it was made from."""

    loaded: Loaded
    study: study.Study
    page: bytes
    plots: Mapping[str, bytes]
    figures: Mapping[str, float]
    warnings: tuple[str, ...]
    scorer: CreatorScorer
    example: pd.DataFrame
    """A few rows of the feature frame the final model learned from."""
    finished: pd.DataFrame
    """Finished collaborations without a lift test and what they have probably caused (`training.finished`)."""


@dataclass(frozen=True)
class TrainResult:
    """What a training run left behind."""

    run_id: str
    model: registry.ModelInfo
    figures: Mapping[str, float]
    rules: pd.DataFrame
    """The model against the named rules, out of time (`training.evaluate.rule_table`); empty with too few labels."""
    warnings: tuple[str, ...]

    @property
    def version(self) -> str:
        """The registered version, now `challenger`."""
        return self.model.version


def train(workspace: Path, settings: TrainSettings, *, progress: Progress = _no_progress) -> TrainResult:
    """Train on a workspace, log one MLflow run, and register the model as `challenger`.

    Raises TableError with every fault of the workspace, NotEnoughData for one without a campaign, WorkError when the
    registry cannot be reached. Interrupted or failed, it leaves every alias of the registry where it was.
    """
    loaded = load(workspace, settings, progress)
    with tracking.open_run(f"train {loaded.kind}") as run, tempfile.TemporaryDirectory() as scratch:
        run.tags(tags_of(loaded))
        tuned = tune(loaded, settings, run, progress) if settings.tune else None
        settings = settings if tuned is None else settings.with_lift(tuned.chosen)
        run.params(params_of(loaded, settings))
        done = evaluate(loaded, settings, progress, tuned)
        progress("saving", 0, 3)
        folder = Path(scratch) / "scorer"
        artifact.save(done.scorer, folder)
        figures = {**done.figures, "artifact.repeats_example": _repeats(done, folder)}
        progress("saving", 1, 3)
        run.metrics(figures)
        plots = {f"plots/{name}": png for name, png in done.plots.items()}
        run.files({"report.html": done.page, "finished.csv": done.finished.to_csv(index=False).encode(), **plots})
        progress("saving", 2, 3)
        info = registry.publish(folder, run_id=run.run_id, example=done.example, tags=tags_of(loaded))
    progress("saving", 3, 3)
    rules = done.study.time.rules if done.study.time else pd.DataFrame()
    return TrainResult(run.run_id, info, figures, rules, done.warnings)


def load(workspace: Path, settings: TrainSettings, progress: Progress = _no_progress) -> Loaded:
    """Read and check a workspace. TableError names every fault. Without a single measured collaboration the model is
    its prior: published figures."""
    progress("reading", 0, 2)
    faults = check_workspace(workspace)
    if faults:
        raise TableError(faults)
    progress("reading", 1, 2)
    tables = sources.read_tables(workspace)
    history = History.of(tables)
    cut = settings.as_of or dataset.default_cut(history)
    census = labels.label_census(history, cut)
    loaded = Loaded(history, sources.digest(tables), dataset.workspace_kind(workspace), cut, census, load_priors())
    progress("reading", 2, 2)
    return loaded


def evaluate(
    loaded: Loaded, settings: TrainSettings, progress: Progress = _no_progress, tuned: Tuned | None = None
) -> Evaluation:
    """Judge out of time, fit the final model on all labels known before the cut, and write the report page.

    `tuned`: the search that the settings come from, for the report."""
    found, champion_note = _study(loaded, settings, progress)
    material = _material(loaded, loaded.cut, settings, "features", progress)
    progress("fitting", 0, 1)
    scorer = CreatorScorer.fit(material.whole, seed=settings.seed, settings=settings.lift)
    families, features = study.importance(scorer, material.shown.iloc[-1000:])
    figures = {
        **found.figures(),
        **{f"data.{study.slug(name)}": float(count) for name, count in loaded.census.items()},
        **{f"importance.{row.name}": float(row.value) for row in families.itertuples(index=False)},
        **_sanity(scorer, material),
    }
    scorer = scorer.with_info(info_of(loaded, settings, figures))
    progress("fitting", 1, 1)
    curves = effects(scorer, material.whole)
    images = study.plots_of(found, families, features, curves)
    warnings = warnings_of(loaded, figures)
    notes = [Section("Against the champion", champion_note)] if champion_note else []
    notes += [] if tuned is None else [tuned.section()]
    words = trust(found.figures(), scorer, found.time.groups if found.time else None)
    page = Page(
        "CreatorLift: training report",
        warnings,
        facts_of(loaded, settings),
        [*story.sections(found, images, curves, scorer), *notes],
        words,
    )
    example = material.shown.iloc[:_EXAMPLE_ROWS].reset_index(drop=True)
    finished = finished_table(scorer, material.whole, settings.level)
    return Evaluation(loaded, found, page.html(), images, figures, warnings, scorer, example, finished)


def _material(
    loaded: Loaded, known_before: pd.Timestamp, settings: TrainSettings, step: str, progress: Progress
) -> dataset.Material:
    """Deals and features under the reference that could be learned before `known_before`."""
    reference = fit_reference(loaded.history, known_before, settings.seed)
    return dataset.build_material(
        loaded.history,
        loaded.cut,
        reference,
        data=loaded.kind,
        seed=settings.seed,
        priors=loaded.priors,
        progress=lambda done, total: progress(step, done, total),
    )


def _study(loaded: Loaded, settings: TrainSettings, progress: Progress) -> tuple[study.Study, str]:
    """Both views, under one reference learned before the first test window starts, so that it looks into none."""
    deals = deals_of(loaded.history, labels.find_labels(loaded.history, loaded.cut), loaded.cut)
    split = folds.time_folds(deals, settings)
    if not split:
        return study.Study(), ""
    material = _material(loaded, split[0].start, settings, "features for the evaluation", progress)
    apart = folds.unseen_folds(split, deals, settings)
    judged = judge_folds(material, split, settings, lambda done, total: progress("evaluating", done, total))
    unseen = judge_folds(material, apart, settings, lambda done, total: progress("unseen creators", done, total))
    extra, note = against_champion(loaded.history, judged.before, loaded.kind, settings)
    time, never_met, after = (study.view_of(one, settings) for one in (judged.before, unseen.before, judged.after))
    growth = growth_table(material, split[-1], settings, lambda done, total: progress("data sizes", done, total))
    return study.Study(time, never_met, after, growth, extra), note


def _sanity(scorer: CreatorScorer, material: dataset.Material) -> dict[str, float]:
    """Figures that any model must pass, labels or not: over the deals and the catalogue sample."""
    parts = [material.whole.X] + ([] if material.whole.catalogue_X is None else [material.whole.catalogue_X])
    out = scorer.predict_features(pd.concat(parts, ignore_index=True))
    values = out.to_numpy(dtype=np.float64)
    lift = out["log_lift"].to_numpy()
    groups = {"deals": lift[: len(material.whole.X)], "catalogue": lift[len(material.whole.X) :]}
    return {
        "sanity.finite_share": float(np.mean(np.isfinite(values))),
        "sanity.largest_log_lift": float(np.max(np.abs(lift[np.isfinite(lift)]), initial=0.0)),
        **{f"sanity.mean_log_lift_{name}": float(np.mean(part)) for name, part in groups.items() if len(part)},
    }


def _repeats(done: Evaluation, folder: Path) -> float:
    """1 when the saved files, read back, give bit for bit what the fitted model gives on the example."""
    before = done.scorer.predict_features(done.example)
    after = artifact.load(folder).predict_features(done.example)
    return float(np.array_equal(before.to_numpy(), after.to_numpy(), equal_nan=True))
