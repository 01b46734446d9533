"""Requests made up from the OpenAPI document, to a real service: no 5xx, no answer off its schema."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.result import Ok

from serving.openapi import document
from serving.operations import OPERATIONS
from tests.conftest import Trained
from tests.proofs import Tried
from tests.serving_real import running_real

load_all_checks()
CHECKED: Any = CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
     "response_schema_conformance"]
)  # fmt: skip
SCHEMA = schemathesis.openapi.from_dict(document())
MADE = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
MODES = [
    (label, mode)
    for label, operation in MADE.items()
    for mode in GenerationMode
    # What takes neither a body nor a query cannot be asked wrongly.
    if mode == GenerationMode.POSITIVE or operation.body or operation.query
]
PROOF = pytest.mark.proof(
    "Made-up requests", "Requests that schemathesis makes up from the OpenAPI document, right ones and wrong ones"
)


@pytest.fixture(scope="module")
def client(trained_once: Trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with running_real(trained_once, tmp_path_factory.mktemp("fuzz")) as (found, _):
        yield found


def ask(client: httpx.Client, label: str, mode: GenerationMode, times: int, number: int) -> Counter[int]:
    """Statuses of so many made-up requests to one operation; a broken rule fails with how to repeat it."""
    statuses: Counter[int] = Counter()

    def one(case: schemathesis.Case[Any]) -> None:
        answer = case.call(base_url=str(client.base_url), timeout=120)
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKED)

    limits = settings(max_examples=times, deadline=None, database=None, phases=[Phase.generate],
                      suppress_health_check=list(HealthCheck))  # fmt: skip
    run: Callable[[], Any] = limits(given(MADE[label].as_strategy(generation_mode=mode))(one))
    seed(number)(run)()
    return statuses


def test_every_operation_is_asked() -> None:
    assert {label.split(" ", 1)[1] for label, _ in MODES} == {operation.path for operation in OPERATIONS}
    assert len(MADE) == len(OPERATIONS)


@pytest.mark.parametrize(("label", "mode"), MODES, ids=[f"{label} {mode.value}" for label, mode in MODES])
def test_a_few_of_each(client: httpx.Client, label: str, mode: GenerationMode) -> None:
    assert ask(client, label, mode, 3, 1)


@pytest.mark.soak
@PROOF
@pytest.mark.parametrize(("label", "mode"), MODES, ids=[f"{label} {mode.value}" for label, mode in MODES])
def test_many_of_each(client: httpx.Client, label: str, mode: GenerationMode, tried: Tried) -> None:
    told = ask(client, label, mode, 400, 2)
    tried(told.total(), "0 answers of 5xx, 0 off the document's schema, status, media type or headers")
