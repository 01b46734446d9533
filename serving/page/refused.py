"""A refusal for somebody who opened the page in a browser: the same words as the problem, as a page to read."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from serving.page.first_sight import HEAD, styles
from serving.problems import Problem

_PAGE = "/app"
_NEXT: Mapping[int, str] = {
    401: "Ask whoever runs this service for a key, open the page again, and give the key as the password; the user "
    "name may stay empty.",
    403: "Ask whoever runs this service for a key with this scope, then open the page in a new private window and give "
    "that key as the password.",
    429: "Wait a moment, then open the page again.",
    503: "Open the page again in a minute; nothing you typed is gone.",
}  # fmt: skip


def wants_page(method: str, path: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether a person looks at the answer: a browser that opens the page itself."""
    opened = method == "GET" and path.rstrip("/") == _PAGE
    return opened and b"text/html" in headers.get(b"accept", b"")


def refusal_page(problem: Problem) -> bytes:
    """What the browser shows in place of the page."""
    following = _NEXT.get(problem.status, "")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>CreatorLift</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"{HEAD}<style>{styles()}</style></head><body>"
        '<header class="cl-header"><div class="cl-wide cl-header-row"><div class="cl-brand">'
        '<span class="cl-brand-mark"></span><span class="cl-brand-name">CreatorLift</span></div></div></header>'
        '<main class="cl-wide cl-main"><section class="cl-card cl-refused">'
        f'<h1 class="cl-h2">{escape(problem.title)}</h1><p class="cl-lead">{escape(problem.detail)}</p>'
        f'<p class="cl-muted">{escape(following)}</p></section></main></body></html>'
    ).encode()
