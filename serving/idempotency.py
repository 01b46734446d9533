"""`Idempotency-Key`: a write that is sent again, because nobody knows whether the first one arrived, works once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

import pandas as pd

from serving import store_idempotency
from serving.problems import Problem
from serving.store import Store
from serving.store_idempotency import Answer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY = re.compile(r'"([\x21\x23-\x7e]{1,200})"|([\x21\x23-\x7e]{1,200})')
PARAMETER = {
    "name": HEADER, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 200},
    "description": "a name for this write, new for each; sent again with the same body it gets the first answer",
}  # fmt: skip
PROBLEM_WORDS = {
    409: "A request with this `Idempotency-Key` is still being answered; ask again after `Retry-After` seconds.",
}


def read_key(sent: str | None) -> str | None:
    """The key in the header, with or without quotes; None without the header. Problem 400 when it cannot be one."""
    if sent is None:
        return None
    found = _KEY.fullmatch(sent.strip())
    if found is None:
        detail = f"{HEADER} must have 1 to 200 visible ASCII characters, such as a UUID."
        raise Problem(400, "idempotency-key-invalid", "The Idempotency-Key cannot be one", detail)
    return found[1] or found[2]


def once(
    store: Store, owner: str, key: str | None, body: bytes, now: Callable[[], pd.Timestamp], work: Callable[[], Answer]
) -> tuple[Answer, bool]:
    """The answer of `work`, or the one it gave before to the same owner, key and body; and whether it is a repeat.

    Raises Problem 422 when the key came with another body, 409 while the first request is still being answered, and
    what `work` raises, after which the key is free again.
    """
    if key is None:
        return work(), False
    begun = store_idempotency.begin(store, owner, key, hashlib.sha256(body).hexdigest(), now())
    if isinstance(begun, Answer):
        return begun, True
    if begun == "other":
        detail = f"This {HEADER} came with another body before. Use a new key for another write."
        raise Problem(422, "idempotency-key-reused", "The Idempotency-Key belongs to another body", detail)
    if begun == "busy":
        detail = f"A request with this {HEADER} is still being answered."
        raise Problem(409, "idempotency-key-busy", "Still being answered", detail, headers=(("Retry-After", "1"),))
    try:
        answer = work()
    except BaseException:
        # Also when cancelled: the key must be free for another try.
        store_idempotency.give_up(store, owner, key)
        raise
    store_idempotency.finish(store, owner, key, answer)
    return answer, False
