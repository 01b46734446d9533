"""Callbacks of the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Input, Output, State, no_update

from serving.page.brief import budget_of
from serving.page.desk import Desk
from serving.page.plan_view import columns, curves_view, grid_rows, more_view, result_view
from serving.page.wiring import Wiring

_STEPS = 40
_TIMES_BUDGET = 5.0


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    app, calls = wiring.app, Calls(wiring.desk)

    def inbrowser(name: str) -> ClientsideFunction:
        return ClientsideFunction("page", name)

    wiring.server(
        prepared, Output("plan-empty", "style"), Output("plan-full", "style"), Output("plan-slider", "max"),
        Output("plan-slider", "step"), Output("plan-slider", "value"), Output("plan-currency", "children"),
        Output("plan-grid", "columnDefs"), Input("asked", "data"), State("brief", "data"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("budget"), Output("plan-budget", "value"), Output("plan-slider", "value", allow_duplicate=True),
        Input("plan-slider", "value"), Input("plan-budget", "value"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("planRule"), Output("plan-rules", "data"), Output("plan-grid", "rowData", allow_duplicate=True),
        Input("plan-rule", "data"), State("plan-rules", "data"), State("plan-grid", "rowData"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("planAsk"), Output("plan-ask", "data"),
        Input("plan-budget", "value"), Input("plan-mode", "value"), Input("plan-aim", "value"),
        Input("plan-rules", "data"), Input("see-plan", "data"), Input("asked", "data"),
        State("candidates", "data"), State("shortlist", "rowData"), State("step", "value"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.planned, Output("plan-result", "children"), Output("plan-grid", "rowData"),
        Output("plan-more", "children"), Input("plan-ask", "data"), heavy=True, prevent_initial_call=True,
        running=[(Output("plan-busy", "className"), "cl-busy", "")],
    )  # fmt: skip
    wiring.server(
        calls.curves, Output("plan-curves", "children"), Input("plan-result", "children"), State("plan-ask", "data"),
        heavy=True, prevent_initial_call=True,
    )  # fmt: skip


def prepared(asked: Mapping[str, Any] | None, brief: Mapping[str, Any] | None) -> Any:
    """The table's columns, and the budget's scale: at first at the brief's, up to what all candidates cost together.

    At most up to five times the budget, so that the slider's steps are of use with hundreds of candidates.
    """
    if not asked or not asked["costs"]:
        return {}, {"display": "none"}, 100, 1, no_update, "", no_update
    budget = budget_of(brief or {})
    # With hundreds of candidates the cost of all is far beyond what anybody has; the number takes any budget.
    top = asked["costs"] if budget is None else max(budget, min(asked["costs"], _TIMES_BUDGET * budget))
    step = _nice(top / _STEPS)
    most = step * math.ceil(top / step)
    start = budget if budget is not None else step * math.ceil(asked["costs"] / 3 / step)
    currency = asked["currency"]
    named = columns(currency, asked["campaign"].get("goal", "sales"))
    return {"display": "none"}, {}, most, step, min(start, most), currency, named


class Calls:
    """The callback that plans."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def planned(self, ask: Mapping[str, Any] | None) -> Any:
        """The best set under the budget; `ask` is made in the browser, only while the plan is looked at.

        It holds campaign, as_of, budget, mode, aim, rules, and of every scored candidate its item, name and about.
        """
        if not ask or not ask["listed"]:
            return (no_update,) * 3
        plan = self._plan(ask, curve=False)
        names = {one["creator_id"]: one["name"] for one in ask["listed"]}
        goal = ask["campaign"].get("goal", "sales")
        shown = grid_rows(plan, ask["listed"], _kept(ask))
        return result_view(plan, goal), shown, more_view(plan, goal, names)

    def curves(self, _: Any, ask: Mapping[str, Any] | None) -> Any:
        """What other budgets would bring; worked out once the set is shown."""
        if not ask or not ask["listed"]:
            return no_update
        return curves_view(self._plan(ask, curve=True), ask["campaign"].get("goal", "sales"))

    def _plan(self, ask: Mapping[str, Any], *, curve: bool) -> dict[str, Any]:
        rules = _kept(ask)
        return self._desk.plan(
            ask["campaign"], [one["item"] for one in ask["listed"]], budget=float(ask["budget"]), mode=ask["mode"],
            maximise=ask["aim"], must_have=rules["must"], never=rules["never"], as_of=ask["as_of"], curve=curve,
        )  # fmt: skip


def _kept(ask: Mapping[str, Any]) -> dict[str, list[str]]:
    """The rules about candidates that are still listed."""
    listed = {str(one["creator_id"]) for one in ask["listed"]}
    return {name: [one for one in ask["rules"].get(name, []) if one in listed] for name in ("must", "never")}


def _nice(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten, at least 1."""
    power = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(k * power for k in (1.0, 2.0, 5.0, 10.0) if k * power >= value or k == 10.0)
