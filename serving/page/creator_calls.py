"""Callbacks of the creator's panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Input, Output, State, no_update

from serving.page import portrait_view
from serving.page.creator import at_fees, audience, past_deals, subject_of
from serving.page.creator_view import rest_view, verdict_view
from serving.page.desk import Desk
from serving.page.directory import Directories
from serving.page.wiring import Wiring


def register(wiring: Wiring) -> None:
    """Add them to the app."""
    app, calls = wiring.app, Calls(wiring.desk)
    app.clientside_callback(
        ClientsideFunction("page", "openCreator"), Output("creator", "opened"), Output("creator-head", "children"),
        Output("creator-verdict", "children"), Output("creator-portrait", "children"),
        Output("creator-rest", "children"), Output("creator-asked", "data"),
        Input("creator-open", "data"), State("candidates", "data"), State("asked", "data"), prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.verdict, Output("creator-verdict", "children", allow_duplicate=True), Output("fee-points", "data"),
        Input("creator-asked", "data"), State("asked", "data"), heavy=True, prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.portrait, Output("creator-portrait", "children", allow_duplicate=True), Input("creator-more", "data"),
        State("asked", "data"), heavy=True, prevent_initial_call=True,
    )  # fmt: skip
    wiring.server(
        calls.rest, Output("creator-rest", "children", allow_duplicate=True), Input("creator-more", "data"),
        State("asked", "data"), heavy=True, prevent_initial_call=True,
    )  # fmt: skip
    app.clientside_callback(
        ClientsideFunction("page", "fee"), Output("fee-words", "children"), Input("fee-slider", "value"),
        State("fee-points", "data"), State("asked", "data"),
    )  # fmt: skip


class Calls:
    """The callbacks that score."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._directories = Directories()

    def verdict(self, creator: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> Any:
        """Reasons and fees."""
        if not creator or not creator["item"]:
            return no_update, no_update
        found = at_fees(self._desk, asked["campaign"], creator["item"], creator["row"], asked["as_of"])
        return verdict_view(found, asked), found.fees

    def portrait(self, creator: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> Any:
        """Engagement, comments and telling features beside peers."""
        if not creator or not creator["item"]:
            return no_update
        subject = subject_of(self._desk, asked["campaign"], creator["item"], asked["as_of"])
        directory = self._directories.of(self._desk.live().catalogue)
        return portrait_view.view(portrait_view.pictured(self._desk, subject, directory))

    def rest(self, creator: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> Any:
        """Audience and past deals."""
        if not creator or not creator["item"]:
            return no_update
        subject = subject_of(self._desk, asked["campaign"], creator["item"], asked["as_of"])
        return rest_view(audience(subject, asked["campaign"]), past_deals(self._desk, subject))
