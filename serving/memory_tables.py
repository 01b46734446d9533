"""What the service remembers, as people read it in a terminal, and as programs do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from rich import box
from rich.markup import escape
from rich.table import Table

from data.schemas import TABLES
from data.writing import iso
from serving.outcomes_workspace import ExportReport
from serving.store_keys import Key
from serving.store_outcomes import Stored

_SHOWN = 5


def keys_json(keys: Sequence[Key]) -> list[dict[str, Any]]:
    """Keys as plain JSON values; no secrets, no digests."""
    return [
        {
            "id": key.key_id, "name": key.name, "scopes": sorted(key.scopes), "per_minute": key.per_minute,
            "created_at": iso(key.created_at), "created_by": key.created_by,
            "revoked_at": None if key.revoked_at is None else iso(key.revoked_at),
        }
        for key in keys
    ]  # fmt: skip


def keys_table(keys: Sequence[Key]) -> Table | str:
    """Keys as a table, or in words that there are none."""
    if not keys:
        return "There are no keys: only programs on this machine are answered."
    table = Table("id", "for", "scopes", "a minute", "made", "by", "revoked", box=box.SIMPLE_HEAD)
    for key in keys_json(keys):
        revoked = "" if key["revoked_at"] is None else key["revoked_at"][:10]
        limit = "" if key["per_minute"] is None else f"{key['per_minute']:,}"
        row = (
            key["id"],
            key["name"],
            ", ".join(key["scopes"]),
            limit,
            key["created_at"][:10],
            key["created_by"],
            revoked,
        )
        table.add_row(*map(escape, row))
    return table


def outcomes_json(found: Sequence[Stored]) -> list[dict[str, Any]]:
    """Outcomes as plain JSON values."""
    return [
        {
            "collaboration_id": one.collaboration_id, "version": one.version, "recorded_at": iso(one.recorded_at),
            "recorded_by": one.recorded_by, "request_id": one.request_id, "row": dict(one.row),
        }
        for one in found
    ]  # fmt: skip


def outcomes_frame(found: Sequence[Stored]) -> pd.DataFrame:
    """Outcomes as rows of the collaborations table, with `version`, `recorded_at` and `recorded_by`."""
    names = [column.name for column in TABLES["collaborations"].columns]
    rows = [
        {**one.row, "version": one.version, "recorded_at": one.recorded_at, "recorded_by": one.recorded_by}
        for one in found
    ]
    return pd.DataFrame(rows, columns=[*names, "version", "recorded_at", "recorded_by"])


def outcomes_table(found: Sequence[Stored]) -> Table | str:
    """Outcomes as a table, or in words that there are none."""
    if not found:
        return "No outcomes are kept yet: POST /v1/outcomes, or `creatorlift outcomes import FILE`."
    table = Table("collaboration", "version", "creator", "campaign", "measure", "recorded", "by", box=box.SIMPLE_HEAD)
    for one in found:
        row = one.row
        cells = (
            one.collaboration_id, str(one.version), row["creator_id"], row["campaign_id"],
            row.get("measure", "running"), iso(one.recorded_at)[:16], one.recorded_by,
        )  # fmt: skip
        table.add_row(*map(escape, cells))
    return table


def export_words(report: ExportReport) -> str:
    """What an export did, and what it left out and why."""
    lines = [
        f"{report.added:,} collaborations added, {report.changed:,} changed, {report.unchanged:,} as they were; "
        f"the table has {report.collaborations:,} rows now."
    ]
    if report.campaigns_added:
        lines.append(f"Campaigns added from the briefs that were scored: {_some(report.campaigns_added)}.")
    if report.unknown_creators:
        lines.append(f"Left out, since the workspace has no such creator: {_some(report.unknown_creators)}.")
    if report.unknown_campaigns:
        lines.append(f"Left out, since the workspace has no such campaign: {_some(report.unknown_campaigns)}.")
    return escape("\n".join(lines))


def _some(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
