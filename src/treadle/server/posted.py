"""What a hosted page sends back: read within limits, and only from a page of ours."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from treadle.errors import Forbidden, InvalidWorkflow
from treadle.server.limits import read_body

_MOST = 500_000
_MOST_FIELDS = 1000


async def read_form(request: Request) -> dict[str, list[str]]:
    """The fields that were sent. Raises `Forbidden` (`cross_site`) for what no page of ours sent, and
    `InvalidWorkflow` for a body that is too large, too slow or no form."""
    require_own_page(request)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise InvalidWorkflow(
            "This is no form.", code="unsupported_media_type", remedy="Send `application/x-www-form-urlencoded`."
        )
    body = await read_body(request.receive, request.headers, most=_MOST)
    try:
        return parse_qs((body or b"").decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise InvalidWorkflow("The form cannot be read.", code="invalid_body", remedy="Send it again.") from None


def require_own_page(request: Request) -> None:
    """Raises `Forbidden` (`cross_site`): another site's page has sent a form here."""
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    elif origin is not None:
        foreign = urlsplit(origin).netloc != request.headers.get("host", "")
    else:
        foreign = False  # no browser: it has nobody's cookies, and needs none here
    if foreign:
        raise Forbidden(
            "The form was sent by a page of another site.", code="cross_site", remedy="Open the page here and send it."
        )
