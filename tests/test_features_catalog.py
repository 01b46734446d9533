"""The catalogue is whole, consistent, and its page in the documentation is current."""

from __future__ import annotations

from pathlib import Path

from features.catalog import BY_NAME, CATALOG, FAMILIES, LIFT_NAMES, NAMES, REACH_NAMES, catalog_hash, catalog_page
from features.sources import SOURCES

PAGE = Path(__file__).parents[1] / "docs" / "features.md"


def test_names_are_unique_and_families_known() -> None:
    assert len(set(NAMES)) == len(NAMES) == len(BY_NAME)
    assert {f.family for f in CATALOG} == set(FAMILIES)


def test_every_feature_says_what_it_is_and_what_missing_means() -> None:
    for feature in CATALOG:
        assert feature.unit, feature.name
        assert feature.text, feature.name
        assert feature.missing, feature.name
        assert feature.low is None or feature.high is None or feature.low < feature.high, feature.name
        assert feature.for_lift or feature.for_reach, f"{feature.name} is used by no model"


def test_sources_are_told_where_the_field_has_one() -> None:
    assert set(SOURCES) <= set(NAMES)
    ours = [f.name for f in CATALOG if not f.source]
    assert len(ours) <= 12, ours


def test_lift_knows_nothing_of_size_reach_or_money() -> None:
    assert not {"log_followers", "log_views", "views_per_follower", "past_log_exposed"} & set(LIFT_NAMES)
    assert {"log_followers", "log_views"} <= set(REACH_NAMES)
    assert not [
        name for name in NAMES if any(word in name for word in ("fee", "cost", "price", "margin", "order_value"))
    ]


def test_the_hash_is_of_the_whole_catalogue() -> None:
    assert len(catalog_hash()) == 64
    assert catalog_hash() == catalog_hash()


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == catalog_page(), "write features.catalog.catalog_page() to docs/features.md"
