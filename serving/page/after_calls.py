"""Callbacks of the step after the campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from dash import ALL, Input, Output, State, no_update

from serving.outcomes import OutcomesResponse
from serving.page.after import deals_of, moods, outcome_row, record, rows_of
from serving.page.after_view import result_view, said_view
from serving.page.desk import Desk
from serving.page.intake import read_upload
from serving.page.shortlist import entry_id
from serving.page.track_view import measured, measured_view
from serving.page.wiring import Wiring

_OUTCOME = {"type": "outcome", "name": ALL}


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    calls = Calls(wiring.desk)
    wiring.server(
        prepared, Output("after-empty", "style"), Output("after-full", "style"), Output("after-creator", "data"),
        Input("answer", "data"), State("candidates", "data"),
    )  # fmt: skip
    wiring.server(
        calls.save, Output("after-said", "children"), Output("after-kept", "data"), Input("after-save", "n_clicks"),
        State("after-creator", "value"), State(_OUTCOME, "value"), State(_OUTCOME, "id"), State("answer", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.upload, Output("after-said", "children", allow_duplicate=True),
        Output("after-kept", "data", allow_duplicate=True), Output("after-upload", "contents"),
        Input("after-upload", "contents"), State("after-upload", "filename"), State("answer", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.tool, Output("after-tool", "children"), Input("after-kept", "data"), Input("step", "value"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.compared, Output("after-result", "children"), Input("after-kept", "data"), Input("step", "value"),
        State("answer", "data"), State("candidates", "data"), heavy=True, prevent_initial_call=True,
    )  # fmt: skip


def prepared(answer: Mapping[str, Any] | None, entries: Sequence[Mapping[str, Any]] | None) -> Any:
    """The creators an outcome can be entered for."""
    if not answer:
        return {}, {"display": "none"}, []
    names = {entry_id(entry): entry["name"] for entry in entries or []}
    ids = [result["creator_id"] for result in answer["results"]]
    return {"display": "none"}, {}, [{"value": i, "label": names.get(i, i)} for i in ids]


class Calls:
    """The callbacks that keep and compare."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def save(
        self, _: Any, creator: str | None, values: list[Any], ids: list[dict[str, str]], answer: Mapping[str,
                                                                                                         Any] | None
    ) -> Any:  # fmt: skip
        """The outcome of the form."""
        if not answer or not creator:
            return "Choose the creator first.", no_update
        told = {i["name"]: value for i, value in zip(ids, values, strict=True)}
        if told.get("fee") in (None, ""):
            told["fee"] = next((r["cost"]["fee"] for r in answer["results"] if r["creator_id"] == creator), None)
        return self._kept([outcome_row(answer["campaign_id"], creator, told)])

    def upload(self, contents: str | None, filename: str | None, answer: Mapping[str, Any] | None) -> Any:
        """The outcomes of a file."""
        if not contents or not answer:
            return no_update, no_update, None
        sheet = read_upload(contents, filename or "the file")
        return *self._kept(rows_of(sheet, answer["campaign_id"])), None

    def _kept(self, rows: list[dict[str, Any]]) -> tuple[Any, Any]:
        told: OutcomesResponse = record(self._desk, rows)
        last = next((rows[r.index] for r in reversed(told.results) if r.status != "error"), None)
        kept = {"creator_id": last.get("creator_id"), "posted_at": last.get("posted_at")} if last else {}
        return said_view(told), {**kept, "at": self._desk.now().isoformat()}

    def tool(self, _: Any, step: str) -> Any:
        """How the tool has done over everything it remembers."""
        return measured_view(measured(self._desk)) if step == "after" else no_update

    def compared(
        self, kept: Mapping[str, Any] | None, step: str, answer: Mapping[str, Any] | None,
        entries: Sequence[Mapping[str, Any]] | None,
    ) -> Any:  # fmt: skip
        """Predicted against measured, while the step is looked at."""
        if step != "after" or not answer:
            return no_update
        known = {entry_id(entry): entry for entry in entries or []}
        names = {key: entry["name"] for key, entry in known.items()}
        entry = known.get(str((kept or {}).get("creator_id")))
        mood = None
        if kept and entry is not None and kept.get("posted_at"):
            posted_at = pd.Timestamp(kept["posted_at"])
            posted_at = posted_at.tz_localize("UTC") if posted_at.tzinfo is None else posted_at.tz_convert("UTC")
            pair = moods(self._desk, answer["campaign"], entry["item"], posted_at)
            mood = None if pair is None else (entry["name"], *pair)
        return result_view(deals_of(self._desk, answer), names, mood)
