"""The report's sections, in the order a reader asks: how good, how sure, where, why, how much data, what is odd."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from models.scorer import CreatorScorer
from training.effects import Effect, effects_table
from training.evaluate import MODEL
from training.judge import BEFORE
from training.report import Section, percent, with_intervals
from training.study import Study, View

_RULE_COLUMNS = (
    "name", "deviance", "vs_constant", "vs_model", "skill", "true_rmse", "rank_correlation", "qini", "slope", "bias",
)  # fmt: skip
_SHARES = ("vs_constant", "vs_model")
_RULES_TEXT = (
    "Deviance is per conversion (smaller is better), given both groups' conversions together, so that the unknown "
    "baseline has cancelled; a test's weight stops growing where true lifts differ more than it can miss. Against the "
    "constant lift's, below 0 is better; above the model's, above 0 means that the model is better than the rule. "
    "Skill is the share of true differences in lift that is explained, counting noise taken off; RMSE is against true "
    "log lift, noise taken off, too. Qini is in incremental conversions per 1,000 exposed people. Slope: of measured "
    "on predicted log lift, 1 where differences are as large as promised. Bias: what would have to be added to the "
    "predicted log lift. Brackets: 95 % interval from resampling campaigns. Every rule is fitted anew for each test "
    "window, so that even the constant differs a little between windows."
)
_AFTER_TEXT = (
    "Another question than a score: what has a finished collaboration caused, once its clicks, codes and attributed "
    "orders are in? Judged on the same test windows, on deals that have both a lift test and attributed orders; the "
    "tests were hidden. Never mixed with the scores given before a campaign."
)


def sections(
    found: Study, images: Mapping[str, bytes], curves: Sequence[Effect], scorer: CreatorScorer
) -> list[Section]:
    """The whole page below its summary; parts that could not be judged are left out."""

    def plots(*names: str) -> dict[str, bytes]:
        return {name: images[f"{name}.png"] for name in names if f"{name}.png" in images}

    first = plots("skill_by_rule", "lift_by_decile")
    return [
        *_rules("Out of time: the model against named rules", _RULES_TEXT, found.time, first),
        *_sure(found.time, plots("interval_coverage", "calibration")),
        *_rules("Out of time, on creators never seen", "", found.unseen, {}),
        Section("What moves predicted lift", plots=plots("importance_by_family", "importance_by_feature")),
        *_curves(curves, plots(*(f"effect_{c.feature}" for c in curves))),
        *_growth(found.growth, plots("data_size")),
        _attributed(scorer),
        *_after(found.after),
        *_odd(found.time),
    ]  # fmt: skip


def _rules(title: str, text: str, view: View | None, plots: Mapping[str, bytes]) -> list[Section]:
    if view is None:
        return []
    return [Section(title, text, [_read_rules(view.rules)], plots)]


def _read_rules(rules: pd.DataFrame) -> pd.DataFrame:
    """For reading; rules in the order of their deviance. The model is not set against itself, nor the constant."""
    table = with_intervals(rules, (*_SHARES, "skill"), shares=_SHARES)[list(_RULE_COLUMNS)]
    certain = {column: rules[column].eq(0.0) & rules[f"{column}_low"].eq(0.0) for column in (*_SHARES, "skill")}
    return table.assign(**{column: table[column].mask(zero, "–") for column, zero in certain.items()})


def _sure(view: View | None, plots: Mapping[str, bytes]) -> list[Section]:
    if view is None:
        return []
    promises = with_intervals(view.promises, ("ratio",)) if len(view.promises) else view.promises
    promises = promises.rename(columns={name: f"conversions {name}" for name in ("promised", "measured")})
    return [
        Section(
            "Are its intervals and probabilities right?",
            "Predicted intervals of the measured lift, counting noise included, by level.",
            [_read_coverage(view.coverage)],
            plots,
        ),
        Section(
            "Promised and measured",
            "Incremental conversions promised before and measured after; the ratio of the best chosen shows whether "
            "choosing the highest predictions makes them too high (winner's curse). ROI is averaged over deals.",
            [promises],
        ),
        Section(
            "By platform, tier and goal",
            "Groups of 30 test labels or more. Deviance below 0: better than a constant lift there. Bias: what would "
            "have to be added to the predicted log lift. The last column: how often the predicted range held the "
            "measured lift.",
            [_in_percent(view.groups, ("vs_constant", "coverage"))],
        ),
    ]


def _curves(curves: Sequence[Effect], plots: Mapping[str, bytes]) -> list[Section]:
    if not curves:
        return []
    return [
        Section(
            "Effect curves, next to what is published",
            "How conversions would change on average if one feature were at a value for everybody, all else as it is "
            "(partial dependence over training deals); bands of 80 %. A shape is named only where the curve is sure "
            "of it. Effects are what the model sees, not what changing a feature would cause.",
            [effects_table(list(curves))],
            plots,
        )
    ]


def _growth(table: pd.DataFrame | None, plots: Mapping[str, bytes]) -> list[Section]:
    if table is None:
        return []
    text = (
        "The last test window, predicted by models that learned from the newest tests before it: below 0 is better "
        "than a constant lift learned from all. Where the line still falls, more tests would help."
    )
    return [Section("How much data it takes", text, [with_intervals(table, _SHARES[:1], shares=_SHARES)], plots)]


def _attributed(scorer: CreatorScorer) -> Section:
    a = scorer.attribution
    source = "this data" if a.n_rows else "published figures"
    table = pd.DataFrame(
        {
            "incremental per attributed": [a.factor],
            "80 %": [f"{a.factor_low:.3f} to {a.factor_high:.3f}"],
            "deals": [a.n_rows],
            "caused orders that are attributed": [a.capture],
            "orders that would have come anyway and are attributed": [a.leak],
            "learned from": [source],
        }
    )
    return Section(
        "Attributed and incremental",
        "What one order attributed by code or link stands for, on average over the deals at hand.",
        [table],
    )


def _after(view: View | None) -> list[Section]:
    if view is None:
        return []
    named = {MODEL: "after the campaign", BEFORE: BEFORE}
    rules = view.rules.assign(name=view.rules["name"].replace(named))
    tables = [_read_rules(rules), _read_coverage(view.coverage)]
    return [Section("After the campaign: with clicks, codes and attributed orders", _AFTER_TEXT, tables)]


def _odd(view: View | None) -> list[Section]:
    if view is None:
        return []
    text = (
        "Test labels whose outcome was least expected; chance is the predictive probability of one as far out. With "
        "many labels a few small chances are expected. Look here first for wrong data: swapped groups, a test run "
        "twice."
    )
    misses = _in_percent(view.misses, ("predicted", "measured", "chance"))
    misses = misses.rename(columns={"predicted": "lift predicted", "measured": "lift measured"})
    return [Section("Largest surprises", text, [misses])]


def _read_coverage(coverage: pd.DataFrame) -> pd.DataFrame:
    told = with_intervals(coverage, ("covered",), shares=("covered",))
    return told.assign(level=[f"{100 * level:.0f} %" for level in told["level"]])


def _in_percent(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    return table.assign(**{name: [percent(float(share)) for share in table[name]] for name in names})
