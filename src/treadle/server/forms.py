"""`/forms/…`: hosted forms that start runs. They work without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from treadle.errors import Conflict, NotFound, TreadleError
from treadle.server import pages
from treadle.server.caller import address_of
from treadle.server.form_fields import FieldProblem, describe, judge, read_values
from treadle.server.hooks import hooks_of
from treadle.server.posted import read_form
from treadle.server.problem import status_of
from treadle.service.hooks.forms import Forms
from treadle.service.hooks.hooks import Hooks
from treadle.service.hooks.table import HookRoute

_TOKEN, _TRAP = "token", "website"
"""Names of fields that are not the form's own, which all begin with `f-`. No person sees the trap."""


def _forms_of(hooks: Hooks) -> Forms:
    return Forms(hooks.application, hooks.starting)


async def show(request: Request) -> Response:
    try:
        hooks = hooks_of(request)
        route, _ = await hooks.find("forms", request.scope["path"][7:], "GET")
    except TreadleError as error:
        return refusal(error)
    if "sent" in request.query_params:
        return _thank(route)
    return _page(route, _forms_of(hooks))


async def submit(request: Request) -> Response:
    hooks = hooks_of(request)
    try:
        route, _ = await hooks.find("forms", request.scope["path"][7:], "POST")
        hooks.take_form_turn(route.id, address_of(request))
        sent = await read_form(request)
    except TreadleError as error:
        return refusal(error)
    if "".join(sent.get(_TRAP, ())):
        return _sent(route)  # who fills in what nobody sees is told what everybody is told
    forms = _forms_of(hooks)
    values = read_values(route.form, sent)
    if problems := forms.find_problems(route, values):
        return _page(route, forms, sent, problems)
    try:
        await forms.submit(route, next(iter(sent.get(_TOKEN, ())), ""), values)
    except Conflict as expired:
        if expired.code != "form_expired":
            return refusal(expired)
        return _page(route, forms, sent, [{"path": "", "message": f"{expired.message} {expired.remedy}"}])
    except TreadleError as error:
        return refusal(error)
    return _sent(route)


def _page(
    route: HookRoute,
    forms: Forms,
    sent: Mapping[str, Sequence[str]] | None = None,
    problems: Sequence[Mapping[str, str]] = (),
) -> Response:
    fields = describe(route.form, sent)
    summary: list[FieldProblem] = []
    if problems:
        fields, summary = judge(fields, problems, schema=route.form)
    redirect = urlsplit(str(route.config.get("redirect") or ""))
    return pages.render(
        "form.html",
        status=422 if problems else 200,
        form_action=f"{redirect.scheme}://{redirect.netloc}" if redirect.netloc else "",
        title=route.config.get("title", "Form"),
        lines=lines_of(route.config.get("description", "")),
        button=route.config.get("button", "Send"),
        action=f"/forms/{route.path}",
        token=forms.make_token(route),
        token_name=_TOKEN,
        trap_name=_TRAP,
        fields=fields,
        problems=summary,
    )


def _sent(route: HookRoute) -> Response:
    return RedirectResponse(route.config.get("redirect") or f"/forms/{route.path}?sent", 303)


def _thank(route: HookRoute) -> Response:
    return pages.render(
        "message.html",
        title=route.config.get("title", "Form"),
        badge="Sent",
        tone="good",
        lines=lines_of(route.config.get("thanks", "Thank you. We have it.")),
    )


def refusal(error: TreadleError) -> Response:
    """A page that says what is wrong and what to do."""
    status = status_of(error)
    if isinstance(error, NotFound):
        return pages.render(
            "message.html",
            status=404,
            title="There is nothing here",
            badge="Not found",
            lines=["Check the address. What was here may be over."],
        )
    response = pages.render(
        "message.html",
        status=status,
        title="This did not work",
        badge="Error",
        tone="bad",
        lines=[line for line in (error.message, error.remedy) if line],
    )
    retry: float | None = getattr(error, "retry_after", None)
    if retry is not None:
        response.headers["Retry-After"] = str(int(retry) + 1)
    return response


def lines_of(text: str) -> list[str]:
    """Paragraphs."""
    return [part.strip() for part in text.split("\n\n") if part.strip()]


ROUTES = [
    Route("/forms/{path:path}", show, methods=["GET"]),
    Route("/forms/{path:path}", submit, methods=["POST"]),
]
