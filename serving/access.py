"""Who may ask: API keys with scopes, and without any key only programs on this very machine.

`KeyRing` holds every key in memory and reads them anew every few seconds, so that a request costs no query, and a
revoked key ends within seconds on every worker.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
import threading
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from data.errors import CreatorLiftError, WorkError
from serving.problems import Problem
from serving.store import Store
from serving.store_keys import Key, all_keys, is_its, parts_of

FRESH_SECONDS = 3.0
"""How old what is known of the keys may be before it is read again."""
STALE_SECONDS = 300.0
"""How long the last known keys count while the store does not answer."""
ANYONE = frozenset({"/livez", "/readyz", "/healthz", "/openapi.json", "/docs.json"})
"""Paths that tell nothing worth a key: probes and the description of the API."""
_OUTCOMES = ("/v1/outcomes",)
_SCORE = ("/v1/", "/app")
"""`/` and everything else (metrics, the API's page) need a key of any scope."""
_HOST = re.compile(rb"(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?", re.IGNORECASE)


def scope_for(path: str) -> str | None:
    """The scope a path needs; None: any key will do."""
    if path.startswith(_OUTCOMES):
        return "outcomes"
    return "score" if path.startswith(_SCORE) else None


@lru_cache(maxsize=4_096)
def is_loopback(address: str) -> bool:
    """Whether a caller's address is of this very machine."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return bool((mapped or found).is_loopback)


class KeyRing:
    """What is known of the keys, kept fresh from the store."""

    def __init__(self, store: Callable[[], Store], clock: Callable[[], float] = time.monotonic) -> None:
        self._store = store
        self._clock = clock
        self._keys: Mapping[str, Key] = {}
        self._read_at = -STALE_SECONDS
        self._tried_at = -STALE_SECONDS
        self._lock = threading.Lock()
        self.why_not = "the keys have not been read yet"

    @property
    def is_fresh(self) -> bool:
        """Whether a request may be judged without reading the keys again."""
        return self._clock() - self._tried_at < FRESH_SECONDS

    def refresh(self) -> None:
        """Read the keys, unless somebody just did. Raises nothing: the last known keys count for a while."""
        with self._lock:
            if self.is_fresh:
                return
            try:
                self._keys = {key.key_id: key for key in all_keys(self._store())}
                self._read_at = self._clock()
            except (CreatorLiftError, Problem) as error:
                self.why_not = str(error)
            # Also after a failure: a store that is away is not asked by every request.
            self._tried_at = self._clock()

    def require_known(self) -> None:
        """Problem 503 when the store has been away for too long to know who may ask."""
        if self._clock() - self._read_at > STALE_SECONDS:
            detail = "The service cannot read its keys just now, so it does not know whom it may answer."
            headers = (("Retry-After", "5"),)
            raise Problem(503, "store-unavailable", "The service's memory does not answer", detail, headers=headers)

    @property
    def is_empty(self) -> bool:
        """Whether no key was ever made. A service whose only key was revoked is not open again."""
        return not self._keys

    def by_id(self, key_id: str) -> Key | None:
        """The key of this id, unless it was revoked."""
        key = self._keys.get(key_id)
        return key if key is not None and key.revoked_at is None else None

    def key_of(self, token: str) -> Key | None:
        """The key that a caller sent; None when there is none like it, or it was revoked."""
        parts = parts_of(token)
        key = self._keys.get(parts[0]) if parts else None
        if key is None or parts is None or not is_its(key, parts[1]) or key.revoked_at is not None:
            return None
        return key


def token_in(headers: Mapping[bytes, bytes], path: str) -> str | None:
    """The key in `Authorization: Bearer`, in `X-API-Key`, or, for pages in a browser, as the password of Basic."""
    sent = headers.get(b"authorization")
    if sent is not None:
        kind, _, rest = sent.partition(b" ")
        if kind.lower() == b"bearer":
            return rest.strip().decode("latin-1")
        if kind.lower() == b"basic" and _is_page(path):
            return _password(rest)
        return ""
    sent = headers.get(b"x-api-key")
    return None if sent is None else sent.strip().decode("latin-1")


def _is_page(path: str) -> bool:
    return not path.startswith("/v1/")


def _password(encoded: bytes) -> str:
    try:
        return base64.b64decode(encoded.strip(), validate=True).decode("latin-1").partition(":")[2]
    except binascii.Error:
        return ""


def permit(ring: KeyRing, scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> Key | None:
    """The key that this request may be answered for; None for one that needs none.

    Raises Problem 401 without a good key, 403 when the key lacks the scope, 503 when the keys cannot be read.
    """
    path = scope["path"]
    if path in ANYONE:
        return None
    ring.require_known()
    token = token_in(headers, path)
    if token is None and ring.is_empty and _is_local(scope, headers):
        return None
    key = ring.key_of(token) if token else None
    if key is None:
        raise _unknown(token, path, ring)
    needed = scope_for(path)
    if needed is not None and not key.allows(needed):
        have = ", ".join(sorted(key.scopes))
        detail = f"This needs a key with the scope `{needed}`; the key {key.key_id} has: {have}."
        raise Problem(403, "scope-missing", "This key may not do that", detail)
    return key


def _is_local(scope: Mapping[str, Any], headers: Mapping[bytes, bytes]) -> bool:
    """Whether the caller is a program on this machine, asking for it by a name that only this machine has.

    The second half keeps web pages out that point a name of their own at this machine.
    """
    client = scope.get("client")
    host = headers.get(b"host", b"")
    return client is not None and is_loopback(client[0]) and _HOST.fullmatch(host) is not None


def _unknown(token: str | None, path: str, ring: KeyRing) -> Problem:
    if token is None and ring.is_empty:
        detail = (
            "Without keys only programs on the service's own machine are answered, asking for `localhost` or "
            "`127.0.0.1`. Make a key with `creatorlift keys create`."
        )
    elif token is None:
        detail = "Send a key as `Authorization: Bearer KEY` or `X-API-Key: KEY`."
    else:
        detail = "There is no such key, or it was revoked. `creatorlift keys list` names the keys there are."
    challenge = 'Basic realm="CreatorLift, key as password", charset="UTF-8"' if _is_page(path) else "Bearer"
    return Problem(401, "key-missing", "A key is needed", detail, headers=(("WWW-Authenticate", challenge),))


def require_key_beyond_loopback(host: str, keys: Callable[[], list[Key]]) -> None:
    """Refuse to serve on an address others can reach while there is no key. Raises WorkError.

    `keys` is asked only where it matters.
    """
    if host == "localhost" or is_loopback(host):
        return
    if not any(key.revoked_at is None for key in keys()):
        raise WorkError(
            f"no key is set up, so the service answers on this machine only, not on {host}; make a key first "
            "(creatorlift keys create --name NAME --scope score), or leave --host out"
        )
