"""How the tool itself has done: its hit rate on every measured outcome, and how far questions drift from training."""

from __future__ import annotations

from typing import Any

from dash import html

from models.scorer import CreatorScorer
from serving.monitor_drift import Drift, drift_of
from serving.monitor_measured import Call, Measured, measured_of
from serving.page.desk import Desk
from serving.page.look import count, decimal, percent
from serving.page.parts import card, figure_of
from serving.store_outcomes import current
from serving.store_scores import read_briefs, read_scores

_MOST_FEATURES = 8


def measured(desk: Desk) -> Measured:
    """Promised against measured over everything the service remembers; sums only, no single deal of anybody."""
    store = desk.store()
    return measured_of([dict(one.row) for one in current(store)], read_scores(store), read_briefs(store))


def drift(desk: Desk) -> Drift | None:
    """What was scored against what the live model learned from; None without a workspace or a model of features."""
    live = desk.live()
    if live.catalogue is None or not isinstance(live.scorer, CreatorScorer):
        return None
    store = desk.store()
    return drift_of(live.scorer, live.info.version, live.catalogue.history, read_scores(store), read_briefs(store))


def measured_view(told: Measured) -> Any:
    """The hit rate of the tool, beside what it would be if every probability were exact."""
    heading = html.H3("How the tool has done so far", className="cl-h3")
    if told.compared == 0:
        text = (
            f"{count(told.outcomes)} {'outcome is' if told.outcomes == 1 else 'outcomes are'} known, "
            f"{count(told.measured)} with a lift test. None was scored before its deal was agreed, so nothing can be "
            "said yet."
        )
        return card(heading, html.P(text, className="cl-muted"))
    coverage = f"asked for {percent(told.level)}" if told.level is not None else ""
    shown = html.Div(
        [
            figure_of("Hit rate", percent(told.hit_rate.right), _of(told.hit_rate)),
            figure_of("Hit rate to expect", percent(told.expected_hit_rate), "were every probability exact"),
            figure_of("Measured lift within its range", percent(told.coverage), coverage),
            figure_of("Bias of log lift", decimal(told.bias, 2, signed=True),
                      f"{decimal(told.bias_low, 2, signed=True)} to {decimal(told.bias_high, 2, signed=True)}, "
                      "above 0: promised too little"),
        ],
        className="cl-figures cl-gap-top",
    )  # fmt: skip
    note = (
        f"{count(told.compared)} measured deals that were scored before they were agreed. A hit: a chance of half or "
        f"more to earn back and it did, or less and it did not. Left out: "
        f"{count(told.not_scored)} never scored before, {count(told.hindsight)} scored only with hindsight."
    )
    return card(heading, shown, html.P(note, className="cl-note"))


def drift_view(told: Drift | None) -> Any:
    """How many features drifted, the most drifted of them, and who is new."""
    heading = html.H3("Drift", className="cl-h3")
    if told is None or told.n_scored == 0:
        text = "Nothing that is in the catalogue was scored yet, so there is nothing to compare with training."
        return card(heading, html.P(text, className="cl-muted"))
    shown = html.Div(
        [
            figure_of("Features drifted", f"{count(told.drifted)} of {count(len(told.features))}",
                      f"stability index above {decimal(told.threshold, 2)}"),
            figure_of("Drift of fit", decimal(told.fit_psi, 2), "stability index"),
            figure_of("New creators", percent(told.new_creators), "of those scored"),
            figure_of("New brands", percent(told.new_brands), "of those scored"),
        ],
        className="cl-figures cl-gap-top",
    )  # fmt: skip
    head = html.Tr(
        [html.Th(h, scope="col") for h in ("Feature", "Index", "Missing in training", "Missing now", "Beyond")]
    )
    rows = [
        html.Tr([html.Th(f.feature.replace("_", " "), scope="row"), html.Td(decimal(f.psi, 2)),
                 html.Td(percent(f.missing_training)), html.Td(percent(f.missing_scored)), html.Td(percent(f.beyond))])
        for f in told.features[:_MOST_FEATURES]
    ]  # fmt: skip
    table = html.Table([html.Thead(head), html.Tbody(rows)], className="cl-table cl-facts")
    scroll = html.Div(table, className="cl-scroll", tabIndex=0, role="region", **{"aria-label": "Drift of features"})
    note = f"{count(told.n_scored)} scored candidates against {count(told.n_training)} deals of the training data."
    return card(heading, shown, scroll, html.P(note, className="cl-note"))


def _of(call: Call) -> str:
    if call.low is None or call.high is None:
        return f"of {count(call.n)} calls"
    return f"{percent(call.low)} to {percent(call.high)} (95%), of {count(call.n)} calls"
