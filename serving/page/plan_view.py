"""The plan: a budget, the chosen set, what it brings, its curve, its overlap, and one large creator instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import dcc, html

from serving.page import figures
from serving.page.brief import conversion_word
from serving.page.look import count, decimal, money, orders, percent, span
from serving.page.parts import card, empty, figure_of, plot, step_heading
from serving.page.shortlist_view import THEME

_WHY = {
    "never": "you left it out", "only_costs": "costs more than it brings",
    "not_in_best_set": "others bring more for the money",
}  # fmt: skip
_MOST_OVERLAPS, _LEAST_OVERLAP = 5, 0.01


def layout() -> Any:
    """The step's content; empty until something is scored."""
    return html.Div(
        [
            step_heading("Plan the budget", "Which creators to book together, and what the next 100 would add."),
            html.Div(
                empty("No plan yet", "Score candidates with fees first; a plan chooses among them."), id="plan-empty"
            ),
            html.Div(
                [card(html.Div(_controls(), className="cl-plan-controls")), html.Div(id="plan-busy"),
                 html.Div(_drawn_part("result"), id="plan-result", **{"aria-live": "polite"}),
                 html.Div(_grid(), className="cl-grid cl-gap-top"),
                 html.Div(_drawn_part("more"), id="plan-more"), html.Div(id="plan-curves")],
                id="plan-full", style={"display": "none"},
            ),
            dcc.Store(id="see-plan"),
            dcc.Store(id="plan-curve-ask"),
            dcc.Store(id="plan-start"),
            dcc.Store(id="plan-rule"),
            dcc.Store(id="plan-rules", data={"must": [], "never": []}),
        ]
    )  # fmt: skip


def _drawn_part(part: str) -> dict[str, Any]:
    """A place where `panels.js` draws that part of the plan shown."""
    return {"namespace": "cl_panels", "type": "Plan", "props": {"part": part}}


def _controls() -> list[Any]:
    return [
        html.Div(
            [
                html.Label("Budget", htmlFor="plan-budget", className="cl-label"),
                html.Div(
                    [dmc.Slider(id="plan-slider", min=0, max=100, value=50, label=None, thumbLabel="Budget",
                                updatemode="mouseup",
                                className="cl-grow"),
                     dmc.NumberInput(id="plan-budget", hideControls=True, thousandSeparator=",", min=1, w=150,
                                     debounce=500,
                                     rightSection=html.Span(id="plan-currency", className="cl-unit"),
                                     rightSectionWidth=50)],
                    className="cl-slider-row",
                ),
            ],
            className="cl-grow",
        ),
        html.Div([html.Span("What counts", className="cl-label", id="plan-aim-label"),
                  dmc.SegmentedControl(id="plan-aim", value="profit", data=[{"value": "profit", "label": "Profit"},
                                       {"value": "conversions", "label": "Extra orders"}])]),
        html.Div([html.Span("Prefer", className="cl-label"),
                  dmc.SegmentedControl(id="plan-mode", value="expected", data=[{"value": "expected",
                                                                                "label": "Best on average"},
                                       {"value": "safe", "label": "Safe"}])]),
    ]  # fmt: skip


def _grid() -> Any:
    return dag.AgGrid(
        id="plan-grid", rowData=[], columnDefs=[], columnSize=None, getRowId="params.data.creator_id",
        style={"height": "420px"},
        dashGridOptions={"theme": THEME, "rowHeight": 48, "headerHeight": 42, "ensureDomOrder": True},
        defaultColDef={"sortable": True, "resizable": True, "wrapHeaderText": True},
    )  # fmt: skip


def columns(currency: str, goal: str, *, narrow: bool = False) -> list[dict[str, Any]]:
    """The grid's columns; on a narrow screen the creator stays in sight while the others are moved."""
    things = conversion_word(goal)

    def number(name: str, title: str, form: str, width: int) -> dict[str, Any]:
        return {"headerName": title, "field": name, "width": width, "type": "rightAligned", "cellRenderer": "ClNumber",
                "cellRendererParams": {"form": form}}  # fmt: skip

    def spread(name: str, title: str, form: str, width: int) -> dict[str, Any]:
        return {"headerName": title, "field": name, "width": width, "cellRenderer": "ClRange",
                "cellRendererParams": {"form": form, "field": name}}  # fmt: skip

    creator = {"headerName": "Creator", "field": "name", "cellRenderer": "ClCreator"}
    return [
        creator | ({"width": 150, "pinned": "left"} if narrow else {"minWidth": 170, "flex": 1}),
        {"headerName": "In the plan", "field": "state", "width": 110, "cellRenderer": "ClState"},
        {"headerName": "Your rule", "field": "rule", "width": 180, "cellRenderer": "ClRule", "sortable": False},
        number("cost", f"Cost, {currency}", "money", 110),
        spread("orders", f"Extra {things}, after overlap", "orders", 150),
        spread("profit", f"Profit, {currency}, after overlap", "money", 160),
        number("overlap", "Reached by another too", "share", 130),
        {"headerName": "Why", "field": "why", "width": 230},
    ]  # fmt: skip


def chosen_rows(plan: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the table says of each of the chosen, most profit first; the browser knows their names."""
    return [
        {
            "creator_id": one["creator_id"], "cost": one["cost"], "orders": one["incremental_conversions"],
            "profit": one["profit"], "overlap": one["overlap"], **_ranges(one),
            "why": "you locked it" if one["must_have"] else "never measured before" if one["untried"] else "",
        }
        for one in sorted(plan["chosen"], key=lambda one: -one["profit"])
    ]  # fmt: skip


def _ranges(one: Mapping[str, Any]) -> dict[str, float]:
    """Ends of the ranges of orders and profit: of the people who are left after overlap, as the planner counts them."""
    left, cost = 1.0 - one["overlap"], one["cost"]
    told = {"orders": (one["score"]["incremental_conversions"], 0.0), "profit": (one["score"]["profit"], cost)}
    return {
        f"{name}_{end}": (ends[end] + paid) * (left if ends["expected"] + paid > 0 else 1.0) - paid
        for name, (ends, paid) in told.items()
        for end in ("low", "high")
    }


def left_out(plan: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Why somebody was not chosen, and who: best first in each."""
    left: dict[str, list[str]] = {}
    for one in plan["not_chosen"]:
        left.setdefault(_WHY[one["reason"]], []).append(one["creator_id"])
    return list(left.items())


def result_view(plan: Mapping[str, Any], goal: str) -> Any:
    """What the set brings, in four numbers."""
    totals, currency = plan["totals"], plan["currency"]
    if not plan["chosen"]:
        text = "No candidate brings more than it costs at these fees. Negotiate fees down, or add other candidates."
        return html.Div([html.Strong("The best plan is to book nobody"), html.Div(text)],
                        className="cl-told is-warn cl-gap-top")  # fmt: skip
    extra, profit = totals["incremental_conversions"], totals["profit"]
    return html.Div(
        [
            figure_of("Creators booked", count(totals["creators"]),
                      f"cost {money(totals['cost'])} of {money(plan['budget'], currency)}"),
            figure_of(f"Expected extra {conversion_word(goal)}", orders(extra["expected"]),
                      span(orders(extra["low"]), orders(extra["high"]))),
            figure_of("Expected profit", money(profit["expected"], currency),
                      span(money(profit["low"]), money(profit["high"]))),
            figure_of("Chance to earn back", percent(totals["probability_positive"]), "of the set as a whole"),
        ],
        className="cl-figures cl-gap-top",
    )  # fmt: skip


def curves_view(plan: Mapping[str, Any], goal: str) -> Any:
    """What other budgets would bring; nothing where nobody is booked."""
    if not plan["chosen"]:
        return None
    curve, currency, things = plan["curve"], plan["currency"], conversion_word(goal)
    return html.Div(
        [plot(figures.budget_curve(curve, plan["budget"], currency, things), f"Extra {things} by budget"),
         plot(figures.marginal(curve, currency, things), f"Extra {things} per 100 more of budget"),
         html.P("Expected values of the best plan at each budget; the range of the plan chosen stands above.",
                className="cl-muted")],
        className="cl-two cl-card cl-gap",
    )  # fmt: skip


def _versus(plan: Mapping[str, Any], things: str, names: Mapping[str, str]) -> Any:
    single, currency = plan["one_large_creator"], plan["currency"]
    if single is None:
        text: Any = "No candidate alone fits this budget, so there is no single large creator to compare with."
        return card(
            html.H3("Against one large creator", className="cl-h3"),
            html.P(text, className="cl-muted"),
            className="cl-gap",
        )
    alone, together = single["totals"], plan["totals"]

    def cell(told: Mapping[str, Any], form: Any) -> Any:
        return html.Td([html.Div(form(told["expected"])),
                        html.Div(span(form(told["low"]), form(told["high"])),
                                 className="cl-figure-below")])  # fmt: skip

    def signed_decimal(value: float | None) -> str:
        return decimal(value, signed=True)

    rows = [
        (f"Extra {things}", *(cell(t["incremental_conversions"], orders) for t in (together, alone))),
        (f"Profit, {currency}", *(cell(t["profit"], money) for t in (together, alone))),
        ("Cost", *(html.Td(money(t["cost"], currency)) for t in (together, alone))),
        ("ROI", *(cell(_roi(t), signed_decimal) for t in (together, alone))),
        ("Chance to earn back", *(html.Td(percent(t["probability_positive"])) for t in (together, alone))),
        ("Distinct people reached", *(html.Td(count(t["exposed"])) for t in (together, alone))),
    ]  # fmt: skip
    name = names.get(single["creator_id"], single["creator_id"])
    head = html.Tr([html.Th("", scope="col"), html.Th(f"The plan: {together['creators']} creators", scope="col"),
                    html.Th(html.Bdi(f"{name} alone"), scope="col")])  # fmt: skip
    body = [html.Tr([html.Th(label, scope="row"), *cells]) for label, *cells in rows]
    table = html.Table([html.Thead(head), html.Tbody(body)], className="cl-table cl-versus")
    return card(html.H3("Against one large creator for the same money", className="cl-h3"), table, className="cl-gap")


def _roi(told: Mapping[str, Any]) -> dict[str, float | None]:
    """ROI of a set with its range: what is paid is known, so it goes as the profit."""
    cost, profit = told["cost"], told["profit"]
    ends = {end: profit[end] / cost if cost > 0 else None for end in ("low", "high")}
    return {"expected": told["roi"], **ends}


def more_view(plan: Mapping[str, Any], goal: str, names: Mapping[str, str]) -> Any:
    """Proof, one large creator beside the set, overlaps, and who could not be planned with."""
    things = conversion_word(goal)
    proof = plan["proof"]
    gap = "This is the best possible plan." if proof["gap"] < 1e-3 else (
        f"No permitted plan can be more than {percent(proof['gap'])} better.")  # fmt: skip
    lost = plan["totals"]["conversions_lost_to_overlap"]
    overlap = f"Overlap of audiences takes away {orders(lost)} extra {things}, already counted." if lost >= 0.05 else ""
    unpriced = sum(error["code"] == "no_fee" for error in plan["errors"])
    without = f"{count(unpriced)} candidate{'s' * (unpriced != 1)} without a fee left out." if unpriced else ""
    parts = [html.P(" ".join(filter(None, [gap, overlap, without])), className="cl-note")]
    if plan["chosen"]:
        parts.append(_versus(plan, things, names))
    shared = [o for o in plan["overlaps"] if o["share_of_smaller"] >= _LEAST_OVERLAP][:_MOST_OVERLAPS]
    if shared:
        items = [
            html.Li([html.Bdi(names.get(o["creator_ids"][0], o["creator_ids"][0])), " and ",
                     html.Bdi(names.get(o["creator_ids"][1], o["creator_ids"][1])),
                     f": about {count(o['people'])} people in common, {percent(o['share_of_smaller'])} of the smaller"])
            for o in shared
        ]  # fmt: skip
        parts.append(
            card(html.H3("Who reaches the same people", className="cl-h3"), html.Ul(items), className="cl-gap")
        )
    return html.Div(parts)
