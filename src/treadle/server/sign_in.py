"""The pages of signing in: by name and password, and by a link that counts once. They need no script."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from treadle.errors import Forbidden, InvalidWorkflow, TreadleError, Unauthenticated
from treadle.server.caller import SESSION_COOKIE, address_of, drop_session, find_actor, set_session
from treadle.server.csrf import CSRF_FIELD, csrf_token, require_same_origin
from treadle.server.limits import read_body
from treadle.server.pages import render
from treadle.server.problem import status_of
from treadle.server.services import Services

_MOST_FORM = 10_000
_HOME = "/"


async def show(request: Request) -> Response:
    """The form; for who is signed in, the way out."""
    try:
        actor = await find_actor(request)
    except Unauthenticated:
        actor = None
    token = request.cookies.get(SESSION_COOKIE)
    if actor is not None and token is not None:
        after = _after(request.query_params.get("next", ""))
        return _page(request, signed_in=actor.name, csrf=csrf_token(token), after=after)
    return _page(request, after=_after(request.query_params.get("next", "")))


async def submit(request: Request) -> Response:
    """Name and password, or the wish to leave."""
    identities = Services.of(request).identities
    form: dict[str, str] = {}
    try:
        form = await _read_form(request)
        if form.get("leave"):
            await find_actor(request, form_token=form.get(CSRF_FIELD))
            await identities.sign_out(request.cookies.get(SESSION_COOKIE, ""))
            response = RedirectResponse("/sign-in", 303)
            drop_session(request, response)
            return response
        _require_own_form(request)
        token = await identities.sign_in(
            form.get("name", ""),
            form.get("password", ""),
            address=address_of(request),
            agent=request.headers.get("user-agent"),
            before=request.cookies.get(SESSION_COOKIE, ""),
        )
    except TreadleError as error:
        return _page(request, error=error, typed=form.get("name", "")[:200], after=_after(form.get("next", "")))
    return _signed_in(request, token, _after(form.get("next", "")))


async def show_link(request: Request) -> Response:
    """One button. Looking uses nothing up: programs that preview links look too."""
    user = await Services.of(request).identities.find_link(request.path_params["token"])
    if user is None:
        return _page(request, error=_spent())
    return _page(request, link_of=user.name)


async def submit_link(request: Request) -> Response:
    try:
        _require_own_form(request)
        token = await Services.of(request).identities.sign_in_by_link(
            request.path_params["token"],
            address=address_of(request),
            agent=request.headers.get("user-agent"),
            before=request.cookies.get(SESSION_COOKIE, ""),
        )
        if token is None:
            raise _spent()
    except TreadleError as error:
        return _page(request, error=error)
    return _signed_in(request, token, _HOME)


def _spent() -> Unauthenticated:
    return Unauthenticated(
        "This sign-in link counts no more.",
        code="link_spent",
        remedy="A link signs in once and soon expires: `treadle user link NAME` makes another.",
    )


def _require_own_form(request: Request) -> None:
    """A foreign page that signs somebody in as somebody else could watch what they do."""
    public_url = Services.of(request).application.settings.public_url
    require_same_origin(request, public_url=public_url, or_no_browser=True)


def _signed_in(request: Request, token: str, after: str) -> Response:
    response = RedirectResponse(after, 303)
    set_session(request, response, token)
    return response


def _page(request: Request, *, error: TreadleError | None = None, after: str = _HOME, **values: str) -> Response:
    status = 200 if error is None else 400 if isinstance(error, Forbidden) else status_of(error)
    known = {"signed_in": "", "csrf": "", "link_of": "", "typed": "", **values}
    response = render("sign_in.html", status=status, error=error, after=after, field=CSRF_FIELD, **known)
    # Without a referrer a browser would not say, over plain HTTP, from which page the form comes.
    response.headers["Referrer-Policy"] = "same-origin"
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        response.headers["Retry-After"] = str(max(1, round(retry_after)))
    return response


def _after(text: str) -> str:
    """Where to go then: a path of ours, never another server."""
    parts = urlsplit(text)
    fits = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return text if fits and text.isprintable() and "\\" not in text and len(text) <= 2000 else _HOME


async def _read_form(request: Request) -> dict[str, str]:
    body = await read_body(request.receive, request.headers, most=_MOST_FORM)
    try:
        found = parse_qs((body or b"").decode(), keep_blank_values=True, max_num_fields=20)
    except ValueError:
        raise InvalidWorkflow("The form cannot be read.", code="invalid_form", remedy="Send it again.") from None
    return {name: values[-1] for name, values in found.items()}


ROUTES = [
    Route("/sign-in", show, methods=["GET"]),
    Route("/sign-in", submit, methods=["POST"]),
    Route("/sign-in/{token}", show_link, methods=["GET"]),
    Route("/sign-in/{token}", submit_link, methods=["POST"]),
]
