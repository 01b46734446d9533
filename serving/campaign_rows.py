"""Briefs that were scored, as rows of the tables a workspace has for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd

from data.frames import typed_or_raise
from data.schemas import TABLES
from serving.schemas import Campaign


def campaign_tables(briefs: Iterable[Mapping[str, Any]]) -> dict[str, pd.DataFrame]:
    """Typed `campaigns` and, where any wants an audience, `campaign_audience`, of briefs as the score log has them."""
    read = [Campaign.model_validate(brief) for brief in briefs]
    columns = [column.name for column in TABLES["campaigns"].columns]
    rows = [{name: _cell(getattr(campaign, name)) for name in columns} for campaign in read]
    wanted = [
        {"campaign_id": campaign.campaign_id, "dimension": dimension, "bucket": bucket, "share": share}
        for campaign in read
        for dimension, buckets in (campaign.target_audience or {}).items()
        for bucket, share in buckets.items()
    ]
    made = {"campaigns": rows, "campaign_audience": wanted}
    return {name: typed_or_raise(TABLES[name], pd.DataFrame(some)) for name, some in made.items() if some}


def _cell(value: Any) -> Any:
    """A value of a brief as a cell of the table."""
    if isinstance(value, list | tuple):
        return ",".join(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    return value.isoformat() if isinstance(value, date | datetime) else value
