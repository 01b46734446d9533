"""The index by creator gives the same rows as a scan of the tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from data.history import History
from data.schemas import TABLES
from serving.catalogue import Catalogue, RowIndex
from tests.serving_fakes import catalogue, tables


@pytest.mark.parametrize("wanted", [[], ["ana"], ["bo", "ana"], ["nobody"], ["cy", "nobody", "cy"]])
def test_history_of_is_the_scan_of_creators(wanted: list[str]) -> None:
    found = catalogue()
    by_scan = found.history.of_creators(wanted)
    for name in TABLES:
        if name not in ("campaigns", "campaign_audience"):
            pd.testing.assert_frame_equal(found.history_of(wanted)[name], by_scan[name])


def test_only_campaigns_of_past_collaborations_come_along() -> None:
    assert catalogue().history_of(["ana"])["campaigns"]["campaign_id"].tolist() == ["old"]
    assert catalogue().history_of(["bo"])["campaigns"].empty


def test_the_newest_profile_gives_the_platform() -> None:
    raw = tables()
    raw["creators"] = pd.DataFrame(
        {
            "creator_id": ["a", "a", "b"],
            "platform": ["tiktok", "instagram", "other"],
            "known_at": ["2025-02-01T00:00:00Z", "2025-01-01T00:00:00Z", None],
        }
    )
    found = Catalogue.of(History.of(raw))
    assert (found.platform_of("a"), found.platform_of("b"), found.platform_of("ana")) == ("tiktok", "other", None)
    assert len(found) == 2


def test_an_empty_workspace_knows_nobody() -> None:
    found = Catalogue.of(History.of({}))
    assert len(found) == 0 and found.platform_of("a") is None and pd.isna(found.newest_fact_at)
    assert found.history_of(["a"])["posts"].empty


def test_rows_without_a_key_belong_to_nobody() -> None:
    index = RowIndex.of(pd.Series(["b", None, "a", "b"], dtype="str"))
    assert index.rows(["b"]).tolist() == [0, 3]
    assert index.rows(["a", "c"]).tolist() == [2]
    assert np.array_equal(index.rows([]), [])
