"""Callbacks of the step after the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from dash import ALL, ClientsideFunction, Input, Output, State, no_update

from serving.outcomes import OutcomesResponse
from serving.page.after import deals_of, moods, outcome_row, record, rows_of
from serving.page.after_view import result_view, said_view
from serving.page.desk import Desk
from serving.page.sheets import read_upload
from serving.page.track_view import measured, measured_view
from serving.page.wiring import Wiring

_OUTCOME = {"type": "outcome", "name": ALL}


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    app, calls = wiring.app, Calls(wiring.desk)
    app.clientside_callback(
        ClientsideFunction("page", "afterReady"), Output("after-empty", "style"), Output("after-full", "style"),
        Output("after-creator", "data"), Output("after-fees", "data"), Input("asked", "data"),
        State("shortlist", "rowData"), prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "afterAsk"), Output("after-ask", "data"), Input("after-kept", "data"),
        Input("see-after", "data"), State("asked", "data"), State("shortlist", "rowData"), State("candidates", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.save, Output("after-said", "children"), Output("after-kept", "data"), Input("after-save", "n_clicks"),
        State("after-creator", "value"), State(_OUTCOME, "value"), State(_OUTCOME, "id"), State("after-fees", "data"),
        State("asked", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.upload, Output("after-said", "children", allow_duplicate=True),
        Output("after-kept", "data", allow_duplicate=True), Output("after-upload", "contents"),
        Input("after-upload", "contents"), State("after-upload", "filename"), State("asked", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.tool, Output("after-tool", "children"), Input("after-kept", "data"), Input("see-after", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.compared, Output("after-result", "children"), Input("after-ask", "data"), heavy=True,
        prevent_initial_call=True,
    )  # fmt: skip


class Calls:
    """The callbacks that keep and compare."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def save(
        self, _: Any, creator: str | None, values: list[Any], ids: list[dict[str, str]],
        fees: Mapping[str, float] | None, asked: Mapping[str, Any] | None,
    ) -> Any:  # fmt: skip
        """The outcome of the form; an empty fee is the one asked."""
        if not asked or not creator:
            return "Choose the creator first.", no_update
        told = {i["name"]: value for i, value in zip(ids, values, strict=True)}
        if told.get("fee") in (None, ""):
            told["fee"] = (fees or {}).get(creator)
        return self._kept([outcome_row(asked["campaign_id"], creator, told)])

    def upload(self, contents: str | None, filename: str | None, asked: Mapping[str, Any] | None) -> Any:
        """The outcomes of a file."""
        if not contents or not asked:
            return no_update, no_update, None
        sheet = read_upload(contents, filename or "the file")
        return *self._kept(rows_of(sheet, asked["campaign_id"])), None

    def _kept(self, rows: list[dict[str, Any]]) -> tuple[Any, Any]:
        told: OutcomesResponse = record(self._desk, rows)
        last = next((rows[r.index] for r in reversed(told.results) if r.status != "error"), None)
        kept = {"creator_id": last.get("creator_id"), "posted_at": last.get("posted_at")} if last else {}
        return said_view(told), {**kept, "at": self._desk.now().isoformat()}

    def tool(self, _: Any, __: Any) -> Any:
        """How the tool has done over everything it remembers."""
        return measured_view(measured(self._desk))

    def compared(self, ask: Mapping[str, Any] | None) -> Any:
        """Predicted against measured; `ask` is made in the browser, only while the step is looked at.

        It holds campaign, campaign_id, names and predicted lifts by creator, and of the outcome last entered the
        creator's item and the day of the post.
        """
        if not ask:
            return no_update
        mood = None
        if ask.get("item") and ask.get("posted_at"):
            posted_at = pd.Timestamp(ask["posted_at"])
            posted_at = posted_at.tz_localize("UTC") if posted_at.tzinfo is None else posted_at.tz_convert("UTC")
            pair = moods(self._desk, ask["campaign"], ask["item"], posted_at)
            mood = None if pair is None else (ask["names"].get(ask["creator_id"], ask["creator_id"]), *pair)
        return result_view(deals_of(self._desk, ask["campaign_id"], ask["predicted"]), ask["names"], mood)
