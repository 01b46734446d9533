"""Callbacks of the plan."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Input, Output, State, no_update

from serving.page.brief import budget_of
from serving.page.desk import Desk
from serving.page.plan_view import columns, grid_rows, more_view, result_view
from serving.page.shortlist import rows
from serving.page.wiring import Wiring

_STEPS = 40


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    app, calls = wiring.app, Calls(wiring.desk)
    wiring.server(
        prepared, Output("plan-empty", "style"), Output("plan-full", "style"), Output("plan-slider", "max"),
        Output("plan-slider", "step"), Output("plan-slider", "value"), Output("plan-currency", "children"),
        Input("answer", "data"), State("brief", "data"), State("plan-slider", "value"),
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "budget"), Output("plan-budget", "value"),
        Output("plan-slider", "value", allow_duplicate=True), Input("plan-slider", "value"), Input("plan-budget",
                                                                                                   "value"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "planRule"), Output("plan-rules", "data"), Input("plan-rule", "data"),
        State("plan-rules", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.planned, Output("plan-result", "children"), Output("plan-grid", "rowData"), Output("plan-grid",
                                                                                                 "columnDefs"),
        Output("plan-more", "children"),
        Input("plan-budget", "value"), Input("plan-mode", "value"), Input("plan-aim", "value"), Input("plan-rules",
                                                                                                      "data"),
        Input("step", "value"), State("answer", "data"), State("candidates", "data"), heavy=True,
        prevent_initial_call=True,
        running=[(Output("plan-busy", "className"), "cl-busy", "")],
    )  # fmt: skip


def prepared(answer: Mapping[str, Any] | None, brief: Mapping[str, Any] | None, now: float | None) -> Any:
    """The budget's scale: up to what all candidates with a fee would cost; at first the brief's budget."""
    priced = [r["cost"]["expected"] for r in (answer or {}).get("results", []) if r["cost"]["expected"] is not None]
    if not priced or answer is None:
        return {}, {"display": "none"}, 100, 1, no_update, ""
    asked = budget_of(brief or {})
    step = _nice(max(sum(priced), asked or 0.0) / _STEPS)
    most = step * math.ceil(max(sum(priced), asked or 0.0) / step)
    start = asked if asked is not None else step * math.ceil(sum(priced) / 3 / step)
    return {"display": "none"}, {}, most, step, min(start, most), answer["currency"]


class Calls:
    """The callback that plans."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def planned(
        self, budget: float | None, mode: str, aim: str, rules: Mapping[str, Sequence[str]], step: str,
        answer: Mapping[str, Any] | None, entries: Sequence[Mapping[str, Any]] | None,
    ) -> Any:  # fmt: skip
        """The best set under the budget; only while the plan is looked at."""
        if step != "plan" or not answer or not entries or not budget:
            return (no_update,) * 4
        listed = {result["creator_id"] for result in answer["results"]}
        kept = {name: [one for one in rules.get(name, []) if one in listed] for name in ("must", "never")}
        plan = self._desk.plan(
            answer["campaign"], [entry["item"] for entry in entries], budget=float(budget), mode=mode, maximise=aim,
            must_have=kept["must"], never=kept["never"], as_of=answer["as_of"],
        )  # fmt: skip
        table = rows(dict(answer), entries)
        names = {row["creator_id"]: row["name"] for row in table}
        goal = answer["campaign"].get("goal", "sales")
        return (
            result_view(plan, goal, names), grid_rows(plan, table, kept), columns(plan["currency"], goal),
            more_view(plan, names),
        )  # fmt: skip


def _nice(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten, at least 1."""
    power = 10.0 ** math.floor(math.log10(max(value, 1.0)))
    return next(k * power for k in (1.0, 2.0, 5.0, 10.0) if k * power >= value or k == 10.0)
