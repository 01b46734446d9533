"""Errors as problem details (RFC 9457): what is wrong, where, what came, what is allowed.

`faults_of` turns pydantic's errors into the project's `Fault`s, worded from the descriptions of the fields.
"""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, to_json

from data.errors import MOST_FAULTS_SHOWN, Fault, shorten

MEDIA_TYPE = "application/problem+json"
_GUESSED = 20
"""Of so many unknown fields it is guessed what was meant: a hundred thousand would take seconds."""
_NAMED = 1_000
_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


@dataclass(frozen=True, slots=True)
class FaultBody:
    """One fault: `field` is a path such as `campaign.order_value` or `candidates[3].fee`."""

    field: str
    got: str
    allowed: str


@dataclass(frozen=True, slots=True)
class ProblemBody:
    """Problem details as in RFC 9457, with the faults found in `errors`."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FaultBody]


@dataclass(eq=False)
class Problem(Exception):
    """An answer that is an error. `kind` ends the `type` URN and never changes for the same cause."""

    status: int
    kind: str
    title: str
    detail: str
    faults: tuple[Fault, ...] = ()
    headers: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)

    def body(self) -> bytes:
        """The JSON body; at most 200 faults are listed, and `detail` says how many there are."""
        faults = [FaultBody(fault.where, fault.got, fault.allowed) for fault in self.faults[:MOST_FAULTS_SHOWN]]
        urn = f"urn:creatorlift:problem:{self.kind}"
        return to_json(ProblemBody(urn, self.title, self.status, self.detail, faults))


def not_json(got: str) -> Problem:
    """400: the body is no JSON text at all."""
    return Problem(400, "not-json", "The body is not JSON", f"The body must be one JSON object in UTF-8; {got}.")


def compressed() -> Problem:
    """415: the body came compressed."""
    detail = "The body is compressed; send it as it is, without Content-Encoding."
    return Problem(
        415, "compressed-body", "Compressed bodies are not read", detail, headers=(("Accept-Encoding", "identity"),)
    )


def invalid_body(faults: Sequence[Fault]) -> Problem:
    """422: the body is JSON but not what the endpoint accepts; every fault is listed."""
    count = f"{len(faults)} fault{'s' if len(faults) != 1 else ''}"
    detail = f"{count} in the body" + (f"; the first: {faults[0]}" if faults else "")
    return Problem(422, "invalid-body", "The body does not fit the schema", detail, tuple(faults))


def unknown_version(asked: str, live: str) -> Problem:
    """404: the request pins a model version that is not served here."""
    fault = Fault("model_version", asked, f"{live} (the live version), or leave it out")
    return Problem(404, "unknown-model-version", "This model version is not served here", str(fault), (fault,))


def not_ready(why: str) -> Problem:
    """503: no model is loaded, so nothing can be scored yet."""
    return Problem(503, "not-ready", "The service has no model to answer with", why, headers=(("Retry-After", "5"),))


def overloaded(seconds: int) -> Problem:
    """503: more requests wait than can be answered in time."""
    detail = "More requests are waiting than can be answered in time; ask again after `Retry-After` seconds."
    return Problem(503, "overloaded", "The service is busy", detail, headers=(("Retry-After", str(seconds)),))


def not_built() -> Problem:
    """503: the creators of the catalogue have not been built ahead yet."""
    detail = "The catalogue's creators are not built ahead yet: wait, or run `creatorlift catalogue WS`."
    return Problem(
        503, "catalogue-not-built", "The catalogue is being prepared", detail, headers=(("Retry-After", "30"),)
    )


def no_catalogue() -> Problem:
    """404: this service runs without a workspace."""
    detail = "This service has no workspace to choose creators from; send candidates to /v1/score instead."
    return Problem(404, "no-catalogue", "There is no catalogue here", detail)


def unknown_creator(creator_id: str) -> Problem:
    """404: the catalogue has no such creator."""
    fault = Fault("creator_id", shorten(creator_id), "a creator of the catalogue")
    return Problem(404, "unknown-creator", "There is no such creator", str(fault), (fault,))


def too_large(limit: int) -> Problem:
    """413: the body is longer than the service reads."""
    detail = f"The body is larger than {limit} bytes; send fewer candidates or fewer posts and comments each."
    return Problem(413, "body-too-large", "The body is too large", detail)


def faults_of(error: ValidationError, root: type[BaseModel], name: str = "body") -> tuple[Fault, ...]:
    """A `Fault` per pydantic error, in the order of the fields.

    `root` is the model that was validated, `name` what to call it as a whole. More than a thousand faults are counted
    only: naming a million of them would keep everybody else waiting.
    """
    count = error.error_count()
    if count > _NAMED:
        return (Fault(name, f"{count:,} faults", "what /openapi.json says of it"),)
    details = error.errors(include_url=False)
    return tuple(dict.fromkeys(_fault(detail, root, name, at < _GUESSED) for at, detail in enumerate(details)))


def is_broken_json(error: ValidationError) -> str | None:
    """The parser's complaint when the text was not JSON at all, else None."""
    if error.error_count() > 1:
        return None
    first = error.errors(include_url=False, include_input=False)[0]
    return first["msg"] if first["type"] == "json_invalid" else None


def path_of(steps: Sequence[int | str]) -> str:
    """`("candidates", 3, "fee")` as `candidates[3].fee`; empty for the whole."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return shorten(text.removeprefix("."), 200) if text else ""


def _fault(detail: ErrorDetails, root: type[BaseModel], name: str, guess: bool) -> Fault:
    steps = [step for step in detail["loc"] if step != "[key]"]
    if not guess and detail["type"] == "extra_forbidden":
        return Fault(path_of(steps), _got(detail), "a known field")
    return Fault(path_of(steps) or name, _got(detail), _allowed(detail, root, steps))


def _got(detail: ErrorDetails) -> str:
    kind, value = detail["type"], detail["input"]
    if kind == "missing":
        return "nothing"
    if kind == "extra_forbidden":
        return "an unknown field"
    if kind in ("too_long", "too_short"):
        return f"{len(value)} items" if isinstance(value, list) else "another number of items"
    if kind == "string_too_long":
        return f"text of {len(str(value))} characters"
    if isinstance(value, list | dict) and kind not in ("value_error",):
        return "a list" if isinstance(value, list) else "an object"
    return "null" if value is None else shorten(_SHORT.repr(value))


def _allowed(detail: ErrorDetails, root: type[BaseModel], steps: Sequence[int | str]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        return _known_names(root, steps)
    if kind == "value_error":
        return str(context["error"])
    if kind == "too_long":
        return f"at most {context['max_length']} items"
    if kind == "too_short":
        return f"at least {context['min_length']} item"
    if kind == "string_too_long":
        return f"at most {context['max_length']} characters"
    if not steps or kind in ("model_type", "dict_type", "model_attributes_type"):
        return "a JSON object"
    return _walk(root, steps)[1] or detail["msg"]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model mentioned anywhere in a type, outermost first."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _walk(root: type[BaseModel], steps: Sequence[int | str]) -> tuple[type[BaseModel] | None, str]:
    """The model that holds the last step (None when that is no model), and the description nearest to it."""
    model: type[BaseModel] | None = root
    words = ""
    for position, step in enumerate(steps):
        if isinstance(step, int) or model is None or step not in model.model_fields:
            continue
        found = model.model_fields[step]
        words = found.description or ""
        if position < len(steps) - 1:
            model = next(_models_in(found.annotation), None)
    return model, words


def _known_names(root: type[BaseModel], steps: Sequence[int | str]) -> str:
    model, _ = _walk(root, steps)
    names = list(model.model_fields) if model else []
    close = difflib.get_close_matches(str(steps[-1])[:60], names, n=1)
    return (f"{close[0]}? Known fields: " if close else "known fields: ") + ", ".join(names)
