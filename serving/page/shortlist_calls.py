"""Callbacks of the shortlist: scoring in parts with progress, the grid, and what is taken away."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Input, Output, Patch, State, ctx, dcc, no_update

from serving.page import export
from serving.page.brief import campaign_of, conversion_word, title_of
from serving.page.candidates_calls import with_fees
from serving.page.desk import Desk
from serving.page.look import SUPPORT_WORDS
from serving.page.shortlist import Row, asked_of, entry_id, plain, ranked, rows
from serving.page.shortlist_view import (
    column_defs,
    errors_view,
    headline_view,
    note,
    safety_choices,
    safety_value,
)
from serving.page.summary import summary_html
from serving.page.verdict import judged, safety_of
from serving.page.wiring import Wiring
from serving.schemas import RankBy

PART = 100
"""Candidates asked at once: small enough that progress is seen to move."""


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    app, calls = wiring.app, Calls(wiring.desk)

    def inbrowser(name: str) -> ClientsideFunction:
        return ClientsideFunction("page", name)

    # Apart, because the grid and its tools may come to the page while a press is being answered: the later question
    # of one callback takes the place of the earlier.
    wiring.server(
        begin, Output("job", "data"), Output("parts", "data"),
        Input("candidates-score", "n_clicks", allow_optional=True), State("rank-by", "value", allow_optional=True),
        State("brief", "data"), State("candidates", "data", allow_optional=True), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        again, Output("job", "data", allow_duplicate=True), Output("parts", "data", allow_duplicate=True),
        Input("shortlist", "cellValueChanged"), Input("shortlist-safety", "value"), State("rank-by", "value"),
        State("asked", "data"), State("candidates", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.part, Output("parts", "data", allow_duplicate=True), Output("job-next", "data"),
        Input("job", "data"), State("candidates", "data"), heavy=True, prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("nextPart"), Output("done", "data"), Input("job-next", "data"), prevent_initial_call=True
    )
    app.clientside_callback(
        inbrowser("progress"), Output("shortlist-progress", "children"), Input("job", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        finish, Output("asked", "data"), Output("shortlist", "rowData"), Output("shortlist", "columnDefs"),
        Output("shortlist-headline", "children"), Output("shortlist-note", "children"),
        Output("shortlist-errors", "children"), Output("shortlist-empty", "style"), Output("shortlist-full", "style"),
        Output("shortlist-actions", "style"), Output("shortlist-safety", "data"), Output("shortlist-safety", "value"),
        Output("shortlist-progress", "children", allow_duplicate=True),
        Input("done", "data"), State("parts", "data"), State("shortlist", "rowData"), State("asked", "data"),
        State("columns-shown", "value"), State("narrow", "data"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("rerank"), Output("shortlist", "rowData", allow_duplicate=True), Input("rank-by", "value"),
        State("shortlist", "rowData"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        repriced, Output("candidates", "data", allow_duplicate=True), Input("shortlist", "cellValueChanged"),
        State("candidates", "data"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("columns"), Output("shortlist", "columnDefs", allow_duplicate=True),
        Input("columns-shown", "value"), State("shortlist", "columnDefs"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("pin"), Output("shortlist", "rowData", allow_duplicate=True), Input("pin-asked", "data"),
        State("shortlist", "rowData"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        inbrowser("pinned"), Input("asked", "data"), State("shortlist", "rowData"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(inbrowser("search"), Input("shortlist-search", "value"), prevent_initial_call=True)
    app.clientside_callback(
        inbrowser("safety"), Input("shortlist-safety", "value"), State("asked", "data"), prevent_initial_call=True
    )
    wiring.server(
        take_away, Output("download", "data", allow_duplicate=True),
        Input("take-excel", "n_clicks"), Input("take-csv", "n_clicks"), Input("take-html", "n_clicks"),
        State("asked", "data"), State("shortlist", "rowData"), State("brief", "data"), prevent_initial_call=True,
    )  # fmt: skip


def begin(
    presses: int | None, rank_by: RankBy | None, brief: Mapping[str, Any] | None,
    entries: Sequence[Mapping[str, Any]] | None,
) -> Any:  # fmt: skip
    """A job: what is asked, of how many, from where. Nothing where the brief or the list is not ready."""
    campaign, wrong = campaign_of(brief or {})
    if not presses or wrong or not entries:
        return no_update, no_update
    return _job(campaign, rank_by, len(entries)), []


def again(
    edits: Sequence[Mapping[str, Any]] | None, safety: str | None, rank_by: RankBy | None,
    asked: Mapping[str, Any] | None, entries: Sequence[Mapping[str, Any]] | None,
) -> Any:  # fmt: skip
    """A job as of the same time for one creator at the fee changed in the shortlist, or for all at another safety."""
    if not asked or not entries:
        return no_update, no_update
    changed = _at_safety(asked, safety) if ctx.triggered_id == "shortlist-safety" else _at_fee(edits)
    if not changed:
        return no_update, no_update
    return {**_job(asked["campaign"], rank_by, len(entries)), "as_of": asked["as_of"], **changed}, []


def _job(campaign: Mapping[str, Any], rank_by: RankBy | None, of: int) -> dict[str, Any]:
    return {"campaign": campaign, "rank_by": rank_by or "profit", "of": of, "at": 0, "as_of": None, "only": None,
            "fee": None}  # fmt: skip


def _at_safety(asked: Mapping[str, Any], safety: str | None) -> dict[str, Any]:
    """What changes in a job asked at another safety; empty where it is the same."""
    share = float(safety or 0) / 100.0
    if not 0.0 < share < 1.0 or math.isclose(share, safety_of(asked["campaign"])):
        return {}
    return {"campaign": {**asked["campaign"], "safety": share}}


def _at_fee(edits: Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """What changes in a job for one creator at another fee; empty where no fee was changed."""
    if not edits or edits[0]["colId"] != "fee":
        return {}
    return {"only": edits[0]["rowId"], "fee": edits[0]["value"], "of": 1}


def repriced(edits: list[dict[str, Any]] | None, entries: list[dict[str, Any]]) -> Any:
    """The candidates with the fee changed in the shortlist."""
    if not edits or edits[0]["colId"] != "fee":
        return no_update
    return with_fees(entries, {edit["rowId"]: edit["value"] for edit in edits})


class Calls:
    """The callbacks that score."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def part(self, job: dict[str, Any] | None, entries: list[dict[str, Any]] | None) -> Any:
        """The rows of the job's next hundred candidates."""
        if not job or job["at"] >= job["of"]:
            return no_update, no_update
        asked = (entries or [])[job["at"] : job["at"] + PART]
        if job["only"] is not None:
            asked = with_fees([e for e in entries or [] if entry_id(e) == job["only"]], {job["only"]: job["fee"]})
        options: dict[str, Any] = {"as_of": job["as_of"]} if job["as_of"] else {}
        answer = plain(self._desk.score(job["campaign"], [entry["item"] for entry in asked], told=True, **options))
        for error in answer["errors"]:
            error["index"] += job["at"]
        parts = Patch()
        parts.append({"about": asked_of(answer), "rows": rows(answer, asked)})
        return parts, {**job, "at": min(job["at"] + PART, job["of"]), "as_of": answer["as_of"]}


def finish(
    job: dict[str, Any] | None, parts: list[Any] | None, before: list[Row] | None, asked: dict[str, Any] | None,
    columns: list[str], narrow: bool | None,
) -> Any:  # fmt: skip
    """The whole shortlist, ranked over all parts, and what was asked."""
    if not job or not parts:
        return (no_update,) * 12
    found = [row for part in parts for row in part["rows"]]
    about = {**parts[0]["about"], "errors": [error for part in parts for error in part["about"]["errors"]]}
    if job["only"] is not None and asked is not None:
        fresh = {row["creator_id"]: row for row in found}
        found = [{**row, **fresh.get(row["creator_id"], {})} for row in before or []]
        about["errors"] = asked["errors"]
    campaign = job["campaign"]
    goal = campaign.get("goal", "sales")
    pins = {row["creator_id"] for row in before or [] if row["pinned"]}
    table = judged(ranked([{**row, "pinned": row["creator_id"] in pins} for row in found], job["rank_by"]), campaign,
                   about["currency"])  # fmt: skip
    about |= {
        "campaign": campaign, "costs": sum(row["cost"] or 0.0 for row in table),
        "words": {"things": conversion_word(goal), "support": dict(SUPPORT_WORDS)}, "safety": safety_of(campaign),
    }  # fmt: skip
    return (
        about, table, column_defs(table, about["currency"], goal, columns, narrow=bool(narrow)),
        headline_view(table, safety_of(campaign)), note(about), errors_view(about["errors"]), {"display": "none"}, {},
        {}, safety_choices(safety_of(campaign)), safety_value(safety_of(campaign)), [],
    )  # fmt: skip


def take_away(
    _: Any, __: Any, ___: Any, asked: dict[str, Any] | None, table: list[Row] | None, brief: dict[str, Any] | None
) -> Any:
    """The shortlist as a file."""
    if not asked or not table or not ctx.triggered[0]["value"]:
        return no_update
    name = f"shortlist-{asked['as_of'][:10]}"
    match ctx.triggered_id:
        case "take-excel":
            return dcc.send_bytes(export.excel_bytes(export.table(table, asked)), f"{name}.xlsx")
        case "take-csv":
            return dcc.send_bytes(export.csv_bytes(export.table(table, asked)), f"{name}.csv")
        case _:
            page = summary_html(title_of(brief or {}), asked, table)
            return dcc.send_bytes(page.encode(), f"{name}.html")
