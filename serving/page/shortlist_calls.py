"""Callbacks of the shortlist: scoring in parts with progress, the grid, and what is taken away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import ClientsideFunction, Input, Output, Patch, State, ctx, dcc, no_update

from serving.page import export
from serving.page.brief import campaign_of, title_of
from serving.page.candidates_calls import with_fees
from serving.page.desk import Desk
from serving.page.shortlist import merged, plain, rows
from serving.page.shortlist_view import column_defs, errors_view, headline_view, note
from serving.page.summary import summary_html
from serving.page.wiring import Wiring

PART = 100
"""Candidates asked at once: small enough that progress is seen to move."""


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    app, calls = wiring.app, Calls(wiring.desk)
    wiring.server(
        begin, Output("job", "data"), Output("parts", "data"),
        Input("candidates-score", "n_clicks"), Input("rank-by", "value"), Input("shortlist", "cellValueChanged"),
        State("brief", "data"), State("candidates", "data"), State("answer", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.part, Output("parts", "data", allow_duplicate=True), Output("job-next", "data"),
        Input("job", "data"), State("candidates", "data"), heavy=True, prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "nextPart"), Output("done", "data"), Input("job-next", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "progress"), Output("shortlist-progress", "children"), Input("job", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "progressOver"), Output("shortlist-progress", "children", allow_duplicate=True),
        Input("answer", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        finish,
        Output("answer", "data"),
        Output("asked", "data"),
        Input("done", "data"),
        State("parts", "data"),
        prevent_initial_call=True,
    )
    wiring.server(
        repriced, Output("candidates", "data", allow_duplicate=True), Input("shortlist", "cellValueChanged"),
        State("candidates", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        shown, Output("shortlist", "rowData"), Output("shortlist", "columnDefs"), Output("shortlist-headline",
                                                                                         "children"),
        Output("shortlist-note", "children"), Output("shortlist-errors", "children"), Output("shortlist-empty",
                                                                                             "style"),
        Output("shortlist-full", "style"), Input("answer", "data"), State("candidates", "data"),
        State("columns-shown", "value"), State("narrow", "data"),
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "columns"), Output("shortlist", "columnDefs", allow_duplicate=True),
        Input("columns-shown", "value"), State("shortlist", "columnDefs"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "pin"), Output("shortlist", "rowData", allow_duplicate=True),
        Output("shortlist", "dashGridOptions", allow_duplicate=True), Input("pin-asked", "data"),
        State("shortlist", "rowData"), State("shortlist", "dashGridOptions"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "search"), Output("shortlist", "dashGridOptions", allow_duplicate=True),
        Input("shortlist-search", "value"), State("shortlist", "dashGridOptions"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        take_away, Output("download", "data", allow_duplicate=True),
        Input("take-excel", "n_clicks"), Input("take-csv", "n_clicks"), Input("take-html", "n_clicks"),
        State("answer", "data"), State("candidates", "data"), State("brief", "data"), prevent_initial_call=True,
    )  # fmt: skip


def begin(
    _: Any, rank_by: str, edits: Any, brief: Mapping[str, Any] | None, entries: Sequence[Mapping[str, Any]] | None,
    answer: Mapping[str, Any] | None,
) -> Any:  # fmt: skip
    """A job: what is asked, of how many, from where. Nothing where the brief or the list is not ready."""
    campaign, wrong = campaign_of(brief or {})
    fresh = ctx.triggered_id == "candidates-score"
    if wrong or not entries or not (fresh or answer):
        return no_update, no_update
    if ctx.triggered_id == "shortlist" and not (edits and edits[0]["colId"] == "fee"):
        return no_update, no_update
    fees = {edit["rowId"]: edit["value"] for edit in edits or []} if ctx.triggered_id == "shortlist" else {}
    as_of = None if fresh or answer is None else answer["as_of"]
    job = {"campaign": campaign, "rank_by": rank_by, "of": len(entries), "at": 0, "as_of": as_of, "fees": fees}
    return job, []


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
        """The answer to the job's next hundred candidates."""
        if not job or job["at"] >= job["of"]:
            return no_update, no_update
        asked = with_fees((entries or [])[job["at"] : job["at"] + PART], job["fees"])
        options: dict[str, Any] = {"rank_by": job["rank_by"]}
        if job["as_of"]:
            options["as_of"] = job["as_of"]
        answer = plain(self._desk.score(job["campaign"], [entry["item"] for entry in asked], told=True, **options))
        for error in answer["errors"]:
            error["index"] += job["at"]
        parts = Patch()
        parts.append(answer)
        return parts, {**job, "at": min(job["at"] + PART, job["of"]), "as_of": answer["as_of"]}


def finish(job: dict[str, Any] | None, parts: list[Any] | None) -> Any:
    """The whole answer, ranked over all parts, and what was asked, without the results."""
    if not job or not parts:
        return no_update, no_update
    answer = {**merged(parts, job["rank_by"]), "campaign": job["campaign"], "rank_by": job["rank_by"]}
    return answer, {name: answer[name] for name in ("campaign", "currency", "as_of", "level", "model", "rank_by")}


def shown(
    answer: dict[str, Any] | None,
    entries: list[dict[str, Any]] | None,
    columns: list[str],
    narrow: bool | None,
) -> Any:
    """Everything the step shows of an answer."""
    if not answer:
        return [], [], None, "", None, {}, {"display": "none"}
    table = rows(answer, entries or [])
    goal = answer["campaign"].get("goal", "sales")
    return (
        table, column_defs(table, answer["currency"], goal, columns, narrow=bool(narrow)),
        headline_view(table, answer), note(answer), errors_view(answer["errors"]), {"display": "none"}, {},
    )  # fmt: skip


def take_away(
    _: Any, __: Any, ___: Any, answer: dict[str, Any] | None, entries: list[dict[str, Any]] | None,
    brief: dict[str, Any] | None,
) -> Any:  # fmt: skip
    """The shortlist as a file."""
    if not answer or not ctx.triggered[0]["value"]:
        return no_update
    table = rows(answer, entries or [])
    name = f"shortlist-{answer['as_of'][:10]}"
    match ctx.triggered_id:
        case "take-excel":
            return dcc.send_bytes(export.excel_bytes(export.table(table, answer)), f"{name}.xlsx")
        case "take-csv":
            return dcc.send_bytes(export.csv_bytes(export.table(table, answer)), f"{name}.csv")
        case _:
            page = summary_html(title_of(brief or {}), answer, table)
            return dcc.send_bytes(page.encode(), f"{name}.html")
