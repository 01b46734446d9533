"""Callbacks of the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Input, Output, State, no_update

from data.errors import UsageError
from serving.page.brief import budget_of
from serving.page.desk import Desk
from serving.page.plan_view import chosen_rows, columns, curves_view, left_out, more_view, result_view
from serving.page.still import drawn
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
        Output("plan-grid", "columnDefs"), Output("plan-start", "data"), Input("asked", "data"),
        State("brief", "data"), State("plan-start", "data"), State("plan-budget", "value"), State("narrow", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("planRule"), Output("plan-rules", "data"), Input("plan-rule", "data"), State("plan-rules", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("plan"), Output("plan-budget", "value"), Output("plan-slider", "value", allow_duplicate=True),
        Input("plan-slider", "value"), Input("plan-budget", "value"),
        Input("plan-mode", "value"), Input("plan-aim", "value"),
        Input("plan-rules", "data"), Input("see-plan", "data"), Input("asked", "data"),
        State("candidates", "data"), State("shortlist", "rowData"), State("step", "value"), prevent_initial_call=True,
    )  # fmt: skip
    # Called by `page.js` itself, which draws the answer: neither end is a part of the page.
    wiring.server(
        calls.planned, Output("plan-answer", "data"), Input("plan-ask", "data"), heavy=True, prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.curves, Output("plan-curves", "children"), Input("plan-curve-ask", "data"), heavy=True,
        prevent_initial_call=True,
    )  # fmt: skip


def prepared(
    asked: Mapping[str, Any] | None, brief: Mapping[str, Any] | None, started: float | None, now: float | None,
    narrow: bool | None,
) -> Any:  # fmt: skip
    """The table's columns, and the budget's scale: at first at the brief's, up to what all candidates cost together.

    At most up to five times the budget, so that the slider's steps are of use with hundreds of candidates. A budget
    that was set by hand (`now`) stays while the brief's is the one it `started` from.
    """
    if not asked or not asked["costs"]:
        return {}, {"display": "none"}, 100, 1, no_update, "", no_update, no_update
    budget = budget_of(brief or {})
    # With hundreds of candidates the cost of all is far beyond what anybody has; the number takes any budget.
    top = asked["costs"] if budget is None else max(budget, min(asked["costs"], _TIMES_BUDGET * budget))
    step = _nice(top / _STEPS)
    most = step * math.ceil(top / step)
    start = min(budget if budget is not None else step * math.ceil(asked["costs"] / 3 / step), most)
    currency = asked["currency"]
    named = columns(currency, asked["campaign"].get("goal", "sales"), narrow=bool(narrow))
    kept = now if now and started == start else start
    return {"display": "none"}, {}, most, step, kept, currency, named, start


class Calls:
    """The callback that plans."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def planned(self, ask: Mapping[str, Any] | None) -> Any:
        """The best set under the budget, ready to be drawn, or why there is none; `ask` is made in the browser.

        It holds campaign, as_of, budget, mode, aim, rules, and of every scored candidate its item and name.
        """
        if not ask or not ask["listed"]:
            return no_update
        try:
            plan = self._plan(ask, curve=False)
        except UsageError as error:
            return {"problem": {"title": "No plan keeps to this", "text": str(error)}}
        names = {one["creator_id"]: one["name"] for one in ask["listed"]}
        goal = ask["campaign"].get("goal", "sales")
        return {
            "budget": plan["budget"], "result": drawn(result_view(plan, goal)),
            "more": drawn(more_view(plan, goal, names)), "chosen": chosen_rows(plan), "left": left_out(plan),
        }  # fmt: skip

    def curves(self, ask: Mapping[str, Any] | None) -> Any:
        """What other budgets would bring; worked out once the set is shown, and gone where there is none."""
        if not ask or not ask["listed"]:
            return None
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
