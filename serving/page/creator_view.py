"""One creator opened from the shortlist: the verdict, why, what would change it, and what is known of her."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from serving.page import figures
from serving.page.brief import conversion_word
from serving.page.creator import AtFees, Deal
from serving.page.look import SUPPORT_WORDS
from serving.page.parts import QUICK, plot

_DIMENSIONS = {"age": "age", "gender": "gender", "country": "country", "language": "language", "interest": "interest"}


def drawer() -> Any:
    """The panel that opens over the shortlist."""
    return dmc.Drawer(
        [
            html.Div(id="creator-head"),
            html.Div(id="creator-verdict"),
            html.Div(id="creator-portrait"),
            html.Div(id="creator-rest"),
            dcc.Store(id="fee-points"),
        ],
        id="creator", position="right", size="min(920px, 100%)", title="Why this score", padding="lg", keepMounted=True,
        transitionProps=QUICK,
        closeButtonProps={"aria-label": "Close the creator"},
    )  # fmt: skip


def verdict_view(found: AtFees, asked: Mapping[str, Any]) -> Any:
    """The fee slider, the reasons as a waterfall, and the families."""
    result, currency = found.asked, asked["currency"]
    campaign = asked["campaign"]
    things, safety = conversion_word(campaign.get("goal")), float(campaign.get("safety", 0.8))
    fee = result["cost"]["fee"]
    return html.Div(
        [
            _fee_slider(found.fees, currency, safety, fee),
            html.H3("Why this number", className="cl-h3 cl-part"),
            plot(figures.waterfall(result["reasons"], result["incremental_conversions"]["expected"], things),
                  "Waterfall of what adds to and takes from the expected extra conversions"),
            plot(figures.families(result["fit"]["parts"], result["fit"]["score"]),
                  "Points that each family of signs adds to the fit score"),
            _support(result["support"]),
        ]
    )  # fmt: skip


def _fee_slider(points: Sequence[Mapping[str, Any]], currency: str, safety: float, fee: float | None) -> Any:
    fees = [p["fee"] for p in points]
    start = min(range(len(fees)), key=lambda i: abs(fees[i] - (fee or 0.0))) if fees else 0
    last = len(fees) - 1
    return html.Div(
        [
            html.H3("What would change the verdict", className="cl-h3 cl-part"),
            html.P(id="fee-words", className="cl-fee-words", role="status"),
            dmc.Slider(id="fee-slider", min=0, max=max(last, 1), value=start, label=None,
                       thumbLabel="Fee", updatemode="drag", className="cl-fee-slider"),
            dcc.Graph(id="fee-curve", config=figures.CONFIG, className="cl-plot",
                      figure=figures.fee_curve(points, currency, safety, fees[start] if fees else None).plain()),
        ]
    )  # fmt: skip


def _support(support: Mapping[str, Any]) -> Any:
    if not support["reasons"]:
        return None
    return html.P(f"How like past deals: {SUPPORT_WORDS[support['level']]} ({'; '.join(support['reasons'])}).",
                  className="cl-note")  # fmt: skip


def rest_view(
    shares: Mapping[str, Sequence[tuple[str, float | None, float | None]]],
    deals: Sequence[Deal],
) -> Any:
    """Audience and past deals."""
    return html.Div([*_audience(shares), *_deals(deals)])


def _audience(shares: Mapping[str, Sequence[tuple[str, float | None, float | None]]]) -> list[Any]:
    heading = html.H3("Audience", className="cl-h3 cl-part")
    if not any(row[1] is not None for rows in shares.values() for row in rows):
        return [heading, html.P("Who follows this creator is not known.", className="cl-muted")]
    plots = [
        plot(figures.audience(_DIMENSIONS[name], rows), f"Audience by {name}")
        for name, rows in shares.items()
        if any(row[1] is not None for row in rows)
    ]
    return [heading, html.Div(plots, className="cl-two")]


def _deals(deals: Sequence[Deal]) -> list[Any]:
    heading = html.H3("Past collaborations", className="cl-h3 cl-part")
    if not deals:
        return [heading, html.P("No measured collaboration of this creator is known.", className="cl-muted")]
    note = (
        "Predicted by the live model from what was known when each was agreed; it may have learned from these very "
        "deals. Ranges hold the value in 80% of cases."
    )
    drawn = plot(
        figures.deals(deals, "Lift of past collaborations"), "Predicted and measured lift of past collaborations"
    )
    return [heading, drawn, html.P(note, className="cl-note")]
