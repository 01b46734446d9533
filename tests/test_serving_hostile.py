"""Bodies nobody would send by mistake: each is read or refused in words, and what is read becomes tables."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.schemas import TABLES
from serving.handler import sorted_out
from serving.inputs import questions
from serving.openapi import EXAMPLE
from serving.problems import Problem
from serving.responses import read_model
from serving.schemas import ScoreRequest
from tests.serving_fakes import NOW

NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([10**400, -0.0, 5e-324, 1.7e308, 2**63, -1, 45]))
TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(["", " ", "\x1fcampaign", "\x00", "=1+1", "../../etc", "2025-01-01"])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value within a body."""
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for key, value in children for place in places(value, (*path, key)))]


PLACES = [place for place in places(EXAMPLE) if place]


@pytest.mark.proof("Hostile bodies", "Any value anywhere in a request, made up by hypothesis (300 requests)")
@given(st.lists(st.tuples(st.sampled_from(PLACES), VALUES, TEXTS), min_size=1, max_size=4))
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_value_anywhere(changes: list[tuple[tuple[Any, ...], Any, str]]) -> None:
    body: Any = copy.deepcopy(EXAMPLE)
    for place, value, name in changes:
        node = body
        for key in place[:-1]:
            present = isinstance(node, dict) or (isinstance(node, list) and isinstance(key, int) and key < len(node))
            node = node.get(key) if isinstance(node, dict) else node[key] if present else None
        if isinstance(node, dict):
            node |= {place[-1]: value} if len(name) % 2 else {name: value}
    answered(json.dumps(body).encode("utf-8", "surrogatepass"))


@pytest.mark.proof("Hostile bodies", "Any bytes as a request, made up by hypothesis (300 requests)")
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass"))))
@settings(max_examples=300, deadline=None)
def test_any_bytes(raw: bytes) -> None:
    answered(raw)


@pytest.mark.proof("Hostile bodies", "A request damaged at any place, by hypothesis (300 requests)")
@given(st.integers(0, len(json.dumps(EXAMPLE))), st.binary(min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_a_damaged_request(place: int, junk: bytes) -> None:
    raw = json.dumps(EXAMPLE).encode()
    answered(raw[:place] + junk + raw[place + len(junk) :])


def answered(raw: bytes) -> None:
    try:
        request = read_model(raw, ScoreRequest)
    except Problem as problem:
        assert problem.status in (400, 415, 422)
        assert json.loads(problem.body())["status"] == problem.status
        return
    asked, refused = sorted_out(request, None)
    assert len(asked) + len(refused) == len(request.candidates)
    history = questions(request.campaign, asked, None, NOW).history
    assert set(history.tables) == set(TABLES)
    assert not history["posts"]["visible_at"].isna().any()
