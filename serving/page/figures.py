"""Plots: titles, units, readable labels; colours that hold on light and dark, text coloured by the page's styles."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.portrait import label_of
from serving.page.drawing import Drawing
from serving.page.look import ACCENT, BAD, FAMILY_COLOURS, FAMILY_WORDS, GOOD, QUIET, decimal, percent

CONFIG = {"displayModeBar": False, "responsive": True}
_FONT = "Inter, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif"
_CLEAR = "rgba(0,0,0,0)"
_TYPICAL, _REST = "A typical creator of this reach", "Everything else"
_WINDOW = re.compile(r", (\d+ days|cautious|trimmed mean)$")


def figure(title: str, height: int, **layout: Any) -> Drawing:
    """An empty plot in the page's manner."""
    axis = {"gridcolor": "#e3e8ec", "zerolinecolor": QUIET, "automargin": True, "fixedrange": True}
    named = {"title": {"font": {"size": 12.5}, "standoff": 10}}
    return Drawing({
        "title": {"text": f"<b>{title}</b>", "x": 0, "xref": "container", "xanchor": "left", "font": {"size": 13.5}},
        "height": height, "font": {"family": _FONT, "size": 12.5}, "paper_bgcolor": _CLEAR, "plot_bgcolor": _CLEAR,
        "showlegend": False, "margin": {"l": 10, "r": 16, "t": 44, "b": 44}, "hoverlabel": {"font": {"family": _FONT}},
        "dragmode": False, "xaxis": {**axis, **named}, "yaxis": {**axis, **named, "ticklabelstandoff": 6}, **layout,
    })  # fmt: skip


def waterfall(reasons: Sequence[Mapping[str, Any]], total: float, things: str) -> Drawing:
    """What each reason adds to the expected extra conversions: from a typical pairing down to the sum."""
    steps = steps_of(reasons)
    names = [_wrapped(step.label) for step in steps] + [_wrapped(f"Expected extra {things}")]
    values = [step.value for step in steps] + [total]
    made = figure(f"What makes up the expected extra {things}", 96 + 34 * len(names))
    made.trace("waterfall",
        orientation="h", y=names, x=values, measure=["relative"] * len(steps) + ["total"],
        text=[decimal(v, 1, signed=True) for v in values[:-1]] + [decimal(total, 1)], textposition="outside",
        increasing={"marker": {"color": GOOD}}, decreasing={"marker": {"color": BAD}},
        totals={"marker": {"color": ACCENT}}, connector={"line": {"color": QUIET, "width": 1, "dash": "dot"}},
        hovertext=["<br>".join(step.texts) for step in steps] + ["The sum"], hoverinfo="text", cliponaxis=False,
    )  # fmt: skip
    made.y(autorange="reversed")
    made.x(title=f"extra {things}")
    made.layout["margin"] = {"l": 10, "r": 48, "t": 44, "b": 44}
    return made


@dataclass(frozen=True)
class Step:
    """A bar of the waterfall: one thing, however many features tell of it."""

    label: str
    value: float
    texts: tuple[str, ...]


def steps_of(reasons: Sequence[Mapping[str, Any]]) -> list[Step]:
    """The reasons as steps: a typical creator first, then the largest, what is left last.

    Features of one thing over several windows (`Complaints`, `Complaints, 180 days`) are one step: their sum.
    """
    found: dict[str, Step] = {}
    for reason in reasons:
        label = _WINDOW.sub("", reason_label(reason))
        before = found.get(label, Step(label, 0.0, ()))
        value = before.value + reason["incremental_conversions"]
        found[label] = Step(label, value, (*before.texts, str(reason["text"])))
    ends = (_TYPICAL, _REST)
    middle = sorted((s for s in found.values() if s.label not in ends), key=lambda step: -abs(step.value))
    return [*(found[name] for name in ends[:1] if name in found), *middle,
            *(found[name] for name in ends[1:] if name in found)]  # fmt: skip


def reason_label(reason: Mapping[str, Any]) -> str:
    """A reason's name for an axis."""
    if reason["feature"] == "typical":
        return _TYPICAL
    if reason["feature"] == "others":
        return _REST
    return label_of(str(reason["feature"]))


def _wrapped(text: str) -> str:
    """A label of at most 24 characters a line, so that a narrow screen keeps room for the bars."""
    return "<br>".join(textwrap.wrap(text, 24))


def families(parts: Mapping[str, float], score: float) -> Drawing:
    """The points each family of signs adds to the fit score; with 50 they add up to it."""
    names = [FAMILY_WORDS[name] for name in parts]
    made = figure(f"Fit {score:.0f}: 50 and what each family adds", 232)
    made.trace("bar",
        orientation="h", y=names, x=list(parts.values()),
        marker={"color": [FAMILY_COLOURS[name] for name in parts]},
        text=[decimal(v, 1, signed=True) for v in parts.values()], textposition="outside", cliponaxis=False,
        hovertemplate="%{y}: %{x:+.1f} points<extra></extra>",
    )  # fmt: skip
    reach = max([10.0, *(abs(v) for v in parts.values())]) * 1.25
    made.x(title="points of fit", range=[-reach, reach])
    made.y(autorange="reversed")
    return made


def fee_curve(points: Sequence[Mapping[str, Any]], currency: str, safety: float, asked: float | None) -> Drawing:
    """Chance to earn back by fee; the line that moves is the slider's fee."""
    fees = [p["fee"] for p in points]
    made = figure("Chance to earn back, by fee", 260)
    made.trace("scatter",
        x=fees, y=[p["chance"] for p in points], mode="lines", line={"color": ACCENT, "width": 2.5},
        fill="tozeroy", fillcolor="rgba(43,134,171,.12)",
        hovertemplate=f"%{{x:,.0f}} {currency}: %{{y:.0%}}<extra></extra>",
    )  # fmt: skip
    made.shape("line", x0=asked or 0, x1=asked or 0, y0=0, y1=1, line={"color": ACCENT, "width": 2})
    made.shape("line", x0=0, x1=fees[-1] if fees else 1, y0=safety, y1=safety,
                   line={"color": GOOD, "width": 1.5, "dash": "dash"})  # fmt: skip
    made.note(f"your safety, {safety:.0%}", x=fees[-1] if fees else 1, y=safety,
              xanchor="right", yanchor="bottom")  # fmt: skip
    made.y(range=[0, 1.02], tickformat=".0%", title="chance to earn back")
    made.x(title=f"fee, {currency}", rangemode="tozero", tickformat=",")
    return made


def audience(dimension: str, rows: Sequence[tuple[str, float | None, float | None]]) -> Drawing:
    """The audience's shares beside those wanted."""
    names = [row[0] for row in rows]
    made = figure(f"Audience by {dimension}", 110 + 38 * len(names), bargap=0.32, legend={"orientation": "h", "y": 1.0,
                  "yanchor": "bottom", "x": 1, "xanchor": "right"})  # fmt: skip
    alone = all(row[2] is None for row in rows) or all(row[1] is None for row in rows)
    for place, (label, colour) in enumerate((("audience", ACCENT), ("wanted", QUIET))):
        values = [row[1] if place == 0 else row[2] for row in rows]
        if all(value is None for value in values):
            continue
        made.trace("bar", orientation="h", y=names, x=values, name=label, marker={"color": colour},
                   width=0.5 if alone else None,
                   text=[percent(v) for v in values], textposition="outside", cliponaxis=False,
                   textfont={"size": 11}, constraintext="none",
                   hovertemplate=f"%{{y}}, {label}: %{{x:.0%}}<extra></extra>")  # fmt: skip
    top = max((value for _, *both in rows for value in both if isinstance(value, float)), default=1.0)
    made.layout["showlegend"] = True
    made.x(tickformat=".0%", title="share of people", range=[0, min(1.0, top * 1.2 + 0.02)])
    made.y(autorange="reversed", type="category")
    return made


def deals(rows: Sequence[Any], title: str) -> Drawing:
    """Measured against predicted lift of past deals, each with its interval."""
    names = [f"{deal.agreed_at:%b %Y} · {deal.brand}"[:34] for deal in rows]
    made = figure(title, 120 + 46 * len(names), legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 1,
                  "xanchor": "right"})  # fmt: skip
    for label, colour, symbol, offset in (
        ("predicted", ACCENT, "circle", -0.13),
        ("measured", "#b8860b", "diamond", 0.13),
    ):
        told = [getattr(deal, label) for deal in rows]
        made.trace("scatter",
            x=[t[0] for t in told], y=[i + offset for i in range(len(rows))], mode="markers", name=label,
            marker={"color": colour, "size": 9, "symbol": symbol},
            error_x={"type": "data", "symmetric": False, "array": [t[2] - t[0] for t in told],
                     "arrayminus": [t[0] - t[1] for t in told], "color": colour, "thickness": 1.5, "width": 0},
            hovertemplate=f"{label}: %{{x:+.0%}}<extra></extra>",
        )  # fmt: skip
    made.layout["showlegend"] = True
    made.x(tickformat="+.0%", title="lift", zeroline=True)
    made.y(tickvals=list(range(len(rows))), ticktext=names, autorange="reversed", showgrid=False,
                      zeroline=False)  # fmt: skip
    return made


def peers_figure(followers: Any, rates: Any, own_followers: float, own_rate: float) -> Drawing:
    """Engagement by followers of peers as dots with the band that holds 80 % of them, the creator marked."""
    low, middle, high = (float(np.quantile(rates, q)) for q in (0.1, 0.5, 0.9))
    made = figure("Engagement beside peers of like size", 300)
    across = {"xref": "x domain", "x0": 0, "x1": 1}
    made.shape("rect", y0=low, y1=high, fillcolor="rgba(43,134,171,.12)", line={"width": 0}, **across)
    made.shape("line", y0=middle, y1=middle, line={"color": QUIET, "width": 1.5, "dash": "dash"}, **across)
    made.note("median of peers", xref="x domain", x=1, y=middle, xanchor="right", yanchor="bottom")
    made.trace("scatter", x=followers, y=rates, mode="markers", marker={"color": QUIET, "size": 7, "opacity": 0.75},
               hovertemplate="%{x:,.0f} followers: %{y:.2%}<extra>a peer</extra>")  # fmt: skip
    made.trace("scatter", x=[own_followers], y=[own_rate], mode="markers+text", text=["this creator"],
               textposition="top center", marker={"color": ACCENT, "size": 14, "symbol": "diamond"},
               hovertemplate="%{x:,.0f} followers: %{y:.2%}<extra>this creator</extra>")  # fmt: skip
    made.x(title="followers", type="log")
    made.y(title="engagement per follower", tickformat=".1%", rangemode="tozero")
    return made


def budget_curve(points: Sequence[Mapping[str, Any]], budget: float, currency: str, things: str) -> Drawing:
    """Expected extra conversions of the best plan at other budgets; the line is moved to where the budget is."""
    made = figure(f"Expected extra {things}, by budget", 280, meta={"anchor": budget})
    made.trace("scatter",
        x=[p["budget"] for p in points], y=[p["incremental_conversions"] for p in points], mode="lines+markers",
        line={"color": ACCENT, "width": 2.5}, marker={"size": 7},
        customdata=[[p["creators"], p["profit"]] for p in points],
        hovertemplate=f"%{{x:,.0f}} {currency}: %{{y:.1f}} {things}, %{{customdata[0]}} creators, profit "
        f"%{{customdata[1]:,.0f}} {currency}<extra></extra>",
    )  # fmt: skip
    made.shape("line", x0=budget, x1=budget, yref="y domain", y0=0, y1=1,
               line={"color": QUIET, "width": 1.5, "dash": "dash"})  # fmt: skip
    made.note(" your budget", x=budget, yref="y domain", y=0, xanchor="left", yanchor="bottom")
    made.x(title=f"budget, {currency}", rangemode="tozero", tickformat=",")
    made.y(title=f"extra {things}", rangemode="tozero")
    return made


def marginal(points: Sequence[Mapping[str, Any]], currency: str, things: str) -> Drawing:
    """Extra conversions per 100 more of budget, step by step."""
    told = [p for p in points if p["conversions_per_100"] is not None]
    made = figure(f"Extra {things} per 100 {currency} more", 280)
    made.trace("bar",
        x=[f"to {p['budget']:,.0f}" for p in told], y=[p["conversions_per_100"] for p in told],
        marker={"color": ACCENT}, text=[decimal(p["conversions_per_100"], 2) for p in told], textposition="outside",
        cliponaxis=False, hovertemplate="%{x}: %{y:.2f} per 100<extra></extra>",
    )  # fmt: skip
    made.x(title=f"budget, {currency}", type="category")
    made.y(title=f"extra {things} per 100")
    return made
