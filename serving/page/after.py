"""After the campaign: outcomes taken in, predicted against measured, and what comments say before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from data.history import History
from data.schemas import TABLES
from models.scorer import CreatorScorer
from serving.outcomes import OutcomesResponse, record_outcomes
from serving.page.creator import Deal, measured_of_row, subject_of
from serving.page.desk import Desk
from serving.page.sheets import Sheet
from serving.store_outcomes import current

FORM: Mapping[str, str] = MappingProxyType({
    "agreed_at": "Agreed on", "posted_at": "Posted on", "ended_at": "Measured until", "fee": "Fee paid",
    "exposed": "People who saw it", "exposed_conversions": "Orders among them", "holdout": "People kept from it",
    "holdout_conversions": "Orders among those", "attributed_conversions": "Orders with code or link",
})  # fmt: skip
BEFORE, AFTER = pd.Timedelta(days=90), pd.Timedelta(days=30)
FEWEST_COMMENTS = 5
_MOODS = ("sentiment_mean", "positive_share", "negative_share", "purchase_intent_share", "complaint_share")


@dataclass(frozen=True)
class Mood:
    """What comments say in a window; None where too few were understood."""

    comments: int
    figures: Mapping[str, float | None]


def outcome_row(campaign_id: str, creator_id: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the collaborations table from the form: measured by a holdout where one was, else attributed.

    The same creator of the same campaign is the same collaboration, so a second entry corrects the first.
    """
    row: dict[str, Any] = {"collaboration_id": f"{campaign_id}/{creator_id}", "campaign_id": campaign_id,
                           "creator_id": creator_id}  # fmt: skip
    for name in FORM:
        value = told.get(name)
        if value not in (None, ""):
            row[name] = f"{value}T00:00:00Z" if name.endswith("_at") else value
    row.setdefault("agreed_at", row.get("posted_at"))
    row["measure"] = "holdout" if row.get("holdout") else "attributed"
    return row


def rows_of(sheet: Sheet, campaign_id: str) -> list[dict[str, Any]]:
    """Rows of an uploaded file with the columns of the collaborations table; empty cells are left out.

    A row without a campaign is this campaign's, and one without an id gets that of the form.
    """
    names = {column.name for column in TABLES["collaborations"].columns}
    out = []
    for cells in sheet.rows.to_dict("records"):
        row = {str(k): v for k, v in cells.items() if str(k) in names and str(v or "").strip()}
        row.setdefault("campaign_id", campaign_id)
        if "creator_id" in row:
            row.setdefault("collaboration_id", f"{row['campaign_id']}/{row['creator_id']}")
        out.append(row)
    return out


def record(desk: Desk, rows: Sequence[Mapping[str, Any]]) -> OutcomesResponse:
    """Keep outcomes as `POST /v1/outcomes` does. Problem 403 without the scope, 503 while the store is away."""
    desk.require("outcomes")
    return record_outcomes(desk.store(), list(rows), at=desk.now(), by=desk.caller())


def deals_of(
    desk: Desk, campaign_id: str, predicted: Mapping[str, tuple[float, float, float]], level: float = 0.8
) -> list[Deal]:
    """This campaign's measured outcomes beside what the shortlist predicted: lift and its range by creator.

    Only what the caller's own key has sent, as ids of campaigns can be guessed; an admin sees everybody's.
    """
    found, everything = [], desk.may("admin")
    for stored in current(desk.store()):
        row = stored.row
        if row.get("campaign_id") != campaign_id or row.get("creator_id") not in predicted:
            continue
        if not everything and stored.recorded_by != desk.caller():
            continue
        measured = measured_of_row(row, level)
        if measured is None:
            continue
        lift, low, high = predicted[row["creator_id"]]
        found.append(
            Deal(
                stored.collaboration_id, pd.Timestamp(row["agreed_at"]), str(row["creator_id"]), "",
                str(row["measure"]),
                measured, (lift, low, high),
            )
        )  # fmt: skip
    return sorted(found, key=lambda deal: deal.measured[0])


def within(deals: Sequence[Deal]) -> int:
    """How many measured lifts lie within the predicted range widened by the doubt of their own measurement."""
    return sum(d.measured[1] <= d.predicted[2] and d.measured[2] >= d.predicted[1] for d in deals)


def moods(
    desk: Desk, campaign: Mapping[str, Any], item: Mapping[str, Any], posted_at: pd.Timestamp
) -> tuple[Mood, Mood] | None:
    """What comments said in the 90 days before a post and in the 30 days from it on; None without a real scorer."""
    scorer = desk.live().scorer
    if not isinstance(scorer, CreatorScorer):
        return None
    now = desk.now()
    subject = subject_of(desk, campaign, item, now.isoformat())
    spans = ((posted_at - BEFORE, posted_at), (posted_at, min(posted_at + AFTER, now)))
    found = []
    for start, end in spans:
        comments = subject.history["comments"]
        inside = (comments["posted_at"] >= start) & (comments["posted_at"] < end)
        window = History(
            MappingProxyType({**subject.history.tables, "comments": comments[inside].reset_index(drop=True)})
        )
        pairing = pd.DataFrame({"creator_id": [subject.creator_id], "campaign_id": subject.campaign_id, "as_of": [now]})
        values = scorer.features(window, pairing).iloc[0]
        n = 0 if pd.isna(values["n_comments"]) else int(values["n_comments"])
        told = {name: None if n < FEWEST_COMMENTS or pd.isna(values[name]) else float(values[name]) for name in _MOODS}
        found.append(Mood(n, told))
    return found[0], found[1]
