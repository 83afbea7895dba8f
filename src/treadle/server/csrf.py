"""Against requests that a foreign page makes a browser send: where they come from, and a token bound to the session."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlsplit

from starlette.requests import Request

from treadle.errors import Forbidden

CSRF_HEADER = "X-Treadle-CSRF"
CSRF_FIELD = "csrf"
"""The hidden field of a hosted form."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def csrf_token(session: str) -> str:
    """The token of a session, worked out of the session's own: who cannot read the cookie cannot make it."""
    return hmac.new(session.encode(), b"treadle csrf 1", hashlib.sha256).hexdigest()


def require_own_page(request: Request, session: str, *, form_token: str | None = None, public_url: str = "") -> None:
    """Nothing, if a page of ours asks for a change with the session's token, in the header or in a form's field.

    Raises `Forbidden` (`csrf_failed`).
    """
    require_same_origin(request, public_url=public_url)
    given = request.headers.get(CSRF_HEADER) or form_token or ""
    if not hmac.compare_digest(given.encode(), csrf_token(session).encode()):
        raise _refused(
            "The request lacks the session's token.",
            f"Send the `csrf` of `GET /api/v1/me` as `{CSRF_HEADER}`, or load the page again.",
        )


def require_same_origin(request: Request, *, public_url: str = "", or_no_browser: bool = False) -> None:
    """Nothing, if the request comes from a page of ours; with `or_no_browser` also if it does not say that it comes
    from any page, for what needs no session. Raises `Forbidden` (`csrf_failed`)."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        ours = site == "same-origin"
    elif origin is not None:
        found = _normalised(origin)
        ours = found is not None and found in (_own_origin(request), _normalised(public_url))
    else:
        ours = or_no_browser
    if not ours:
        raise _refused("The request does not come from a page of this server.", "Open the page here and try again.")


def _own_origin(request: Request) -> str | None:
    return _normalised(f"{request.url.scheme}://{request.headers.get('host', '')}")


def _normalised(url: str) -> str | None:
    """Scheme, name and port; None for what is no origin (`null`)."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None
    return f"{parts.scheme}://{parts.hostname.lower()}:{port}" if parts.hostname else None


def _refused(message: str, remedy: str) -> Forbidden:
    return Forbidden(message, code="csrf_failed", remedy=remedy)
