"""Callbacks of the candidates step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from dash import ALL, ClientsideFunction, Input, Output, State, ctx, dcc, no_update

from data.errors import UsageError
from serving.page.candidates_view import found_rows, found_text, list_rows
from serving.page.columns import Guess, platform_hint
from serving.page.desk import Desk
from serving.page.directory import Directories, Directory, Search
from serving.page.export import csv_bytes
from serving.page.intake import Intake, candidates_of, pasted
from serving.page.intake_view import mapping_view, refused_view, result_view
from serving.page.recognise import recognised
from serving.page.sheets import Sheet, read_upload
from serving.page.shortlist import entry_id
from serving.page.wiring import Wiring
from serving.schemas import MOST_CANDIDATES

_COLUMN = {"type": "column", "role": ALL}
_PLATFORM = {"type": "default-platform", "role": ALL}


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    calls = Calls(wiring.desk)
    adds = [
        Output("candidates", "data", allow_duplicate=True),
        Output("intake-result", "children", allow_duplicate=True),
        Output("wrong-rows", "data", allow_duplicate=True),
    ]
    wiring.server(
        calls.upload, *adds, Output("sheet", "data"), Output("mapping", "children"), Output("upload", "contents"),
        Input("upload", "contents"), State("upload", "filename"), State("brief", "data"), State("candidates", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.mapped, *adds,
        Input({"type": "mapping-use", "role": ALL}, "n_clicks"), State(_COLUMN, "value"), State(_COLUMN, "id"),
        State(_PLATFORM, "value"), State("sheet", "data"), State("brief", "data"), State("candidates", "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.paste, *adds, Output("paste-text", "value"),
        Input("paste-add", "n_clicks"), State("paste-text", "value"), State("paste-platform", "value"),
        State("brief", "data"), State("candidates", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.sample, *adds, Input("sample-candidates", "n_clicks"), State("brief", "data"), State("candidates",
                                                                                                   "data"),
        prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.search, Output("found", "rowData"), Output("find-count", "children"),
        *(Input(f"find-{name}", "value") for name in ("text", "platform", "category", "country", "language", "least",
                                                      "most")),
    )  # fmt: skip
    wiring.server(
        calls.choices, *(Output(f"find-{name}", "data") for name in ("category", "country", "language")),
        Input("boot", "data"),
    )  # fmt: skip
    wiring.server(
        calls.add_found, *adds, Output("found", "selectedRows"), Input("find-add", "n_clicks"),
        State("found", "selectedRows"), State("candidates", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.app.clientside_callback(
        ClientsideFunction("page", "addWords"), Output("find-add", "children"), Output("find-add", "disabled"),
        Input("found", "selectedRows"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        changed, Output("candidates", "data", allow_duplicate=True), Input("list-remove", "n_clicks"),
        Input("list-clear", "n_clicks"), Input("list", "cellValueChanged"), State("list", "selectedRows"),
        State("candidates", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        listed,
        Output("list", "rowData"), Output("list-box", "style"), Output("candidates-heading", "children"),
        Output("candidates-score", "children"), Output("candidates-score", "disabled"),
        Output("candidates-state", "children"), Input("candidates", "data"),
    )  # fmt: skip
    wiring.server(
        wrong_download, Output("download", "data", allow_duplicate=True),
        Input({"type": "wrong-download", "role": ALL}, "n_clicks"), State("wrong-rows", "data"),
        prevent_initial_call=True,
    )  # fmt: skip


class Calls:
    """The callbacks that look into the catalogue."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._directories = Directories()

    def _directory(self) -> Directory:
        return self._directories.of(self._desk.live().catalogue)

    def upload(self, contents: str | None, filename: str | None, brief: dict[str, Any] | None, now: list[Any]) -> Any:
        """A file: its candidates at once where its columns leave no doubt, else the mapping step."""
        if not contents:
            return (no_update,) * 6
        name = filename or "the file"
        try:
            sheet = read_upload(contents, name)
        except UsageError as error:
            # Where the last file's result stood: a message that goes by would leave that one standing.
            return no_update, refused_view(error.faults), [], None, None, None
        found = recognised(sheet, self._directory())
        platform = platform_hint([*sheet.rows.columns, name]) or _platform(brief)
        if not found.sure:
            panel = mapping_view(sheet, found, name, platform, opened=True)
            return no_update, None, [], sheet.plain(), panel, None
        read = candidates_of(sheet, found.columns, self._directory(), platform, _currency(brief))
        # Where no row can be used, what is missing may be told: the platform of them all, or other columns.
        panel = mapping_view(sheet, found, name, platform, opened=not read.entries)
        return *_added(read, now), sheet.plain(), panel, None

    def mapped(
        self, presses: list[Any], names: list[str | None], ids: list[dict[str, Any]], platform: list[str | None],
        sheet: dict[str, Any] | None, brief: dict[str, Any] | None, now: list[Any],
    ) -> Any:  # fmt: skip
        """The file again, with the columns the user chose."""
        if not any(presses) or not sheet:
            return (no_update,) * 3
        columns = {i["role"]: name for i, name in zip(ids, names, strict=True) if name}
        if not {"creator_id", "handle"} & set(columns):
            return (
                no_update,
                result_view(
                    0, 0, [{"row": 0, "cells": {}, "why": "choose the column of the handle or the creator id"}]
                ),
                [],
            )
        intake = candidates_of(
            Sheet.from_plain(sheet), Guess(columns, ()).columns, self._directory(), platform[0], _currency(brief)
        )
        return _added(intake, now)

    def paste(self, _: Any, text: str | None, platform: str, brief: dict[str, Any] | None, now: list[Any]) -> Any:
        """Pasted handles."""
        if not (text or "").strip():
            return (no_update,) * 4
        intake = pasted(str(text), self._directory(), platform, _currency(brief))
        left = "\n".join(", ".join(filter(None, row.cells.values())) for row in intake.wrong)
        return *_added(intake, now), left

    def sample(self, presses: int | None, brief: dict[str, Any] | None, now: list[Any]) -> Any:
        """Candidates of the catalogue on the brief's platform, from small to large, without fees."""
        if not presses:
            return (no_update,) * 3
        found, _ = self._directory().search(Search(platform=_platform(brief)))
        step = max(len(found) // 40, 1)
        return self.add_found(presses, found.iloc[::step].head(40).to_dict("records"), now)[:3]

    def search(
        self,
        text: str | None,
        platform: str | None,
        categories: Any,
        countries: Any,
        languages: Any,
        least: Any,
        most: Any,
    ) -> tuple[list[dict[str, Any]], str]:
        """Creators of the catalogue that pass the filters."""
        directory = self._directory()
        if not len(directory):
            return [], "This service has no catalogue; upload a file or paste handles."
        wanted = Search(
            text or "", platform or None, tuple(categories or ()), tuple(countries or ()), tuple(languages or ()),
            _number(least), _number(most),
        )  # fmt: skip
        found, total = directory.search(wanted)
        return found_rows(found), found_text(len(found), total)

    def choices(self, _: Any) -> tuple[list[str], list[str], list[str]]:
        """Values the filters offer."""
        directory = self._directory()
        return directory.values("category"), directory.values("country"), directory.values("language")

    def add_found(self, _: Any, selected: list[dict[str, Any]] | None, now: list[Any]) -> Any:
        """The selected creators of the catalogue."""
        directory = self._directory()
        rows = pd.DataFrame({"creator_id": [row["creator_id"] for row in selected or []]}, dtype="object")
        return *_added(candidates_of(Sheet(rows, []), {"creator_id": "creator_id"}, directory, None), now), []


def _added(intake: Intake, now: Sequence[Mapping[str, Any]]) -> tuple[list[Any], Any, list[Any]]:
    """The list with the new ones at its end, what to say, and the rows left out. A creator is listed once."""
    entries = list(now or [])
    places = {entry_id(entry): place for place, entry in enumerate(entries)}
    repeated = 0
    wrong = [row.plain() for row in intake.wrong]
    for entry in (e.plain() for e in intake.entries):
        key = entry_id(entry)
        if key in places:
            repeated += 1
            # The newer row says more of its terms than none.
            terms = {k: v for k, v in entry["item"].items() if k not in ("creator_id", "creator")}
            old = entries[places[key]]
            entries[places[key]] = {**old, "item": {**old["item"], **terms}}
        elif len(entries) >= MOST_CANDIDATES:
            wrong.append(
                {"row": 0, "why": f"the list holds at most {MOST_CANDIDATES:,}", "cells": {"creator": entry["name"]}}
            )
        else:
            places[key] = len(entries)
            entries.append(entry)
    return entries, result_view(len(entries) - len(now or []), repeated, wrong), wrong


def changed(
    _: Any, __: Any, edits: list[dict[str, Any]] | None, selected: list[dict[str, Any]] | None, now: list[Any]
) -> Any:
    """The list after removing, clearing, or a changed fee."""
    match ctx.triggered_id:
        case "list-clear":
            return []
        case "list-remove":
            gone = {row["id"] for row in selected or []}
            return [entry for entry in now if entry_id(entry) not in gone]
        case "list":
            return with_fees(now, {edit["rowId"]: edit["value"] for edit in edits or [] if edit["colId"] == "fee"})
        case _:
            return no_update


def with_fees(entries: Sequence[Mapping[str, Any]], fees: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The entries with new fees by creator id; a fee that is none or below 0 takes the old one away."""
    out = []
    for entry in entries:
        item = dict(entry["item"])
        if entry_id(entry) in fees:
            item.pop("fee", None)
            fee = _number(fees[entry_id(entry)])
            if fee is not None and fee >= 0:
                item["fee"] = fee
        out.append({**entry, "item": item})
    return out


def listed(entries: list[dict[str, Any]] | None) -> tuple[list[Any], dict[str, str], str, str, bool, str]:
    """The list and the button below it."""
    entries = entries or []
    n = len(entries)
    words = "1 candidate" if n == 1 else f"{n:,} candidates"
    unknown = sum(entry["source"] == "file" and "posts" not in entry["item"] for entry in entries)
    without = sum("fee" not in entry["item"] for entry in entries)
    told = [f"{unknown:,} known only from your list: wide ranges" if unknown else "",
            f"{without:,} without a fee: no ROI" if without else ""]  # fmt: skip
    state = ". ".join(part for part in told if part) if n else "No candidates yet."
    rows = list_rows(entries, [entry_id(entry) for entry in entries])
    return rows, {} if n else {"display": "none"}, words.capitalize(), f"Score {words}" if n else "Score", not n, state


def wrong_download(presses: list[Any], wrong: list[dict[str, Any]] | None) -> Any:
    """The rows left out, as they came, with the reason in front."""
    if not any(presses) or not wrong:
        return no_update
    frame = pd.DataFrame([{"row": row["row"] or None, "reason": row["why"], **row["cells"]} for row in wrong])
    return dcc.send_bytes(csv_bytes(frame), "rows-left-out.csv")


def _platform(brief: Mapping[str, Any] | None) -> str | None:
    platform = (brief or {}).get("platform")
    return str(platform) if platform and platform != "any" else None


def _currency(brief: Mapping[str, Any] | None) -> str | None:
    return str((brief or {}).get("currency") or "") or None


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
