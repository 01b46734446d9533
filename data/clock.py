"""The one place where the clock is read; everything else is told the time."""

from __future__ import annotations

import pandas as pd


def utc_now() -> pd.Timestamp:
    """The current time, UTC, to the microsecond."""
    return pd.Timestamp.now(tz="UTC").as_unit("us")
