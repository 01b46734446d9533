"""The form against the brief the endpoint takes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from serving.demo import BRIEF
from serving.page.brief import (
    FIELDS,
    budget_of,
    campaign_of,
    conversion_word,
    defaults,
    parse_shares,
    title_of,
    values_of,
)
from serving.schemas import Campaign

TODAY = pd.Timestamp("2025-06-01T12:00:00Z")


def filled(**more: Any) -> dict[str, Any]:
    told = {"brand": "Northpeak", "category": "fitness", "brief": "Trail shoes", "order_value": 90, "gross_margin": 55}
    return defaults(TODAY) | told | more


def test_a_filled_form_is_a_campaign_of_the_endpoint() -> None:
    campaign, wrong = campaign_of(
        filled(return_rate=6, baseline_rate=2.5, ships_to=["de", "AT"], target_roi=50, budget=2000)
    )
    assert wrong == {}
    assert campaign["gross_margin"] == 0.55 and campaign["return_rate"] == 0.06 and campaign["baseline_rate"] == 0.0025
    assert campaign["ships_to"] == ["DE", "AT"] and campaign["target_roi"] == 0.5 and campaign["safety"] == 0.8
    assert "budget" not in campaign and "platform" not in campaign
    assert Campaign.model_validate(campaign).brand == "Northpeak"


def test_an_empty_form_names_what_is_needed() -> None:
    _, wrong = campaign_of(defaults(TODAY))
    assert wrong == dict.fromkeys(["brand", "category", "brief", "order_value", "gross_margin"], "Needed")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("gross_margin", 120, "From 0 to 100"),
        ("order_value", -1, "A number of at least 0"),
        ("order_value", "many", "A number of at least 0"),
        ("safety", 100, "From 1 to 99"),
        ("ends_on", "2025-01-01", "on or after"),
        ("ships_to", ["Germany"], "two-letter"),
        ("age", ["18-24 70%", "25-34 50%"], "add up to 120%"),
        ("age", ["young"], "age"),
        ("country", ["DE", "DE"], "twice"),
        ("budget", "a lot", "A number"),
    ],
)
def test_a_mistake_is_told_at_its_field(field: str, value: Any, told: str) -> None:
    _, wrong = campaign_of(filled(**{field: value}))
    assert list(wrong) == [field] and told.lower() in wrong[field].lower()


@pytest.mark.parametrize(
    ("tags", "shares"),
    [
        (["18-24", "25-34"], {"18-24": 0.5, "25-34": 0.5}),
        (["18-24 30%", "25-34 50 %"], {"18-24": 0.3, "25-34": 0.5}),
        (["DE 60%", "AT", "CH"], {"DE": 0.6, "AT": 0.2, "CH": 0.2}),
        (["New York, US 12,5%"], {"New York, US": 0.125}),
        ([], {}),
    ],
)
def test_shares(tags: list[str], shares: dict[str, float]) -> None:
    assert parse_shares(tags) == pytest.approx(shares)


def test_a_brief_of_a_file_comes_back_the_same() -> None:
    dates = {"starts_on": "2025-06-10", "ends_on": "2025-07-10"}
    campaign, wrong = campaign_of(values_of({**BRIEF, **dates}, TODAY))
    assert wrong == {}
    asked = {**BRIEF, **dates, "target_roi": 0.0, "safety": 0.8}
    assert campaign == asked | {"campaign_id": "northpeak-fitness"}


def test_every_brief_has_an_id_of_its_own() -> None:
    assert campaign_of(filled(id="x7f2ab"))[0]["campaign_id"] == "northpeak-fitness-x7f2ab"
    assert campaign_of(filled(brand="Zoë & Co", id=None))[0]["campaign_id"] == "zoë-co-fitness"


def test_names_and_words() -> None:
    assert title_of(filled()) == "Northpeak · fitness" and title_of({}) == "Untitled brief"
    assert budget_of(filled(budget=0)) is None and budget_of(filled(budget=5)) == 5
    assert conversion_word("sales") == "orders" and conversion_word("leads", 1) == "lead"
    assert len({field.name for field in FIELDS}) == len(FIELDS)
