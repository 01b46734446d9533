"""Outcomes between files, the store and a workspace: what closes the loop from outcome to retraining."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from data.errors import Fault, TableError
from data.frames import typed_or_raise
from data.schemas import TABLES
from data.sources import load_table, read_rows, table_files, write_table
from data.writing import locked
from serving.campaign_rows import campaign_tables
from serving.outcomes import OutcomesResponse, record_outcomes
from serving.store import Store
from serving.store_outcomes import Stored, current
from serving.store_scores import newest_briefs

_TABLE = TABLES["collaborations"]
_KEY = "collaboration_id"


@dataclass(frozen=True)
class ExportReport:
    """What an export did to a workspace."""

    collaborations: int
    """Rows of the table now."""
    added: int
    changed: int
    unchanged: int
    unknown_creators: tuple[str, ...]
    """Outcomes left out because the workspace has no such creator: their collaboration ids."""
    unknown_campaigns: tuple[str, ...]
    """Outcomes left out because neither the workspace nor the score log knows the campaign."""
    campaigns_added: tuple[str, ...]
    """Campaigns that the workspace did not have, taken from the briefs that were scored."""


def import_outcomes(store: Store, file: Path, *, at: pd.Timestamp, by: str) -> OutcomesResponse:
    """Keep the rows of a CSV, Excel, Parquet or JSON-lines file whose columns are those of the collaborations table.

    Sound rows are kept whatever the others are. Raises UsageError when the file cannot be read.
    """
    rows = [{name: _plain(value) for name, value in row.items()} for row in read_rows(file).to_dict("records")]
    return record_outcomes(store, rows, at=at, by=by)


def _plain(value: Any) -> Any:
    # A spreadsheet's time has no zone: as text, the check asks for one.
    foreign = isinstance(value, date | datetime) and not isinstance(value, pd.Timestamp) and value is not pd.NaT
    return value.isoformat() if foreign else value


def export_outcomes(store: Store, workspace: Path) -> ExportReport:
    """Put what holds now for every outcome into the workspace's collaborations, so that `train` learns from it.

    A row of the same id is replaced in its place, others are kept. Outcomes of a creator or campaign that the
    workspace does not know are left out and told; a campaign that was scored before is added from its brief. Nothing
    is written when nothing changes. Raises TableError when the tables that are there have faults.
    """
    if not workspace.is_dir():
        raise TableError(Fault(str(workspace), "no such folder", "a workspace: a folder with one file per table"))
    with locked(workspace):
        creators = set(_ids(workspace, "creators", "creator_id"))
        campaigns = set(_ids(workspace, "campaigns", "campaign_id"))
        held = current(store)
        briefs = newest_briefs(store, {o.row["campaign_id"] for o in held} - campaigns)
        known = [o for o in held if o.row["creator_id"] in creators]
        sound = [o for o in known if o.row["campaign_id"] in campaigns or o.row["campaign_id"] in briefs]
        needed = {o.row["campaign_id"] for o in sound} & set(briefs)
        _add_campaigns(workspace, [briefs[name] for name in sorted(needed)])
        total, added, changed = _merge(workspace, sound)
    return ExportReport(
        collaborations=total, added=added, changed=changed, unchanged=len(sound) - added - changed,
        unknown_creators=tuple(o.collaboration_id for o in held if o.row["creator_id"] not in creators),
        unknown_campaigns=tuple(o.collaboration_id for o in known if o not in sound),
        campaigns_added=tuple(sorted(needed)),
    )  # fmt: skip


def _table(workspace: Path, name: str) -> pd.DataFrame | None:
    """A table of the workspace as it is; TableError with its faults."""
    loaded = load_table(workspace, name)
    if loaded is not None and loaded.faults:
        raise TableError(loaded.faults)
    return None if loaded is None else loaded.frame


def _ids(workspace: Path, name: str, column: str) -> list[str]:
    frame = _table(workspace, name)
    return [] if frame is None else frame[column].dropna().unique().tolist()


def _merge(workspace: Path, sound: Sequence[Stored]) -> tuple[int, int, int]:
    """Write the outcomes into the table; rows in it now, added and changed."""
    before = _table(workspace, "collaborations")
    new = typed_or_raise(_TABLE, pd.DataFrame([dict(o.row) for o in sound], columns=[c.name for c in _TABLE.columns]))
    if before is None:
        if len(new):
            write_table(workspace, "collaborations", new)
        return len(new), len(new), 0
    place = {name: number for number, name in enumerate(before[_KEY].tolist())}
    names = new[_KEY].tolist()
    own = before[[column.name for column in _TABLE.columns]]
    added = [row for row, name in enumerate(names) if name not in place]
    changed = [r for r, name in enumerate(names) if name in place and not _equal(own.iloc[place[name]], new.iloc[r])]
    if not added and not changed:
        return len(before), 0, 0
    after = before.copy()
    at = after.index[[place[names[row]] for row in changed]]
    for column in _TABLE.columns:
        after.loc[at, column.name] = new[column.name].iloc[changed].to_numpy()
    after = pd.concat([after, new.iloc[added]], ignore_index=True) if added else after
    write_table(workspace, "collaborations", after, _format(workspace, "collaborations"))
    return len(after), len(added), len(changed)


def _equal(one: pd.Series, other: pd.Series) -> bool:
    return all(a == b or (pd.isna(a) and pd.isna(b)) for a, b in zip(one.tolist(), other.tolist(), strict=True))


def _format(workspace: Path, name: str) -> str:
    """The format of the table's file, kept when it is written again; a folder of parts becomes one file."""
    endings = {"".join(path.suffixes[-2:]).removeprefix(".") for path in table_files(workspace, name)}
    return next((e for e in ("csv.gz", "csv") if endings == {e}), "parquet")


def _add_campaigns(workspace: Path, briefs: Sequence[Mapping[str, Any]]) -> None:
    """Append scored briefs to the campaigns, and the audiences they want."""
    # The campaigns last: where this is cut short, they are missing, and the next export does it all again.
    for name, new in sorted(campaign_tables(briefs).items()):
        before = _table(workspace, name)
        own = new if before is None else pd.concat([before, new], ignore_index=True)
        write_table(workspace, name, own, _format(workspace, name))
