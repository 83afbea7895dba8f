"""`/t/…`: the page behind a task's link. Looking at it never answers; sending it does."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from treadle.errors import Conflict, Forbidden, InvalidWorkflow, NotFound, TreadleError
from treadle.model.task import Task
from treadle.server import pages
from treadle.server.caller import address_of
from treadle.server.form_fields import FieldProblem, describe, judge, read_values
from treadle.server.forms import lines_of, refusal
from treadle.server.hooks import hooks_of
from treadle.server.posted import read_form
from treadle.server.services import Services
from treadle.service.access.actor import Actor
from treadle.service.application import Application
from treadle.service.tasks import Tasks

_TOKEN = "token"
_LONGEST_NOTE = 5000
_MOST_ROWS = 30


async def show(request: Request) -> Response:
    application, tasks, text = _open(request)
    try:
        task, holder = await tasks.find(text)
    except TreadleError as error:
        return _explain(error)
    if over := _over(task, application.world.clock.now()):
        return over
    return _page(text, task, holder)


async def answer(request: Request) -> Response:
    application, tasks, text = _open(request)
    try:
        hooks_of(request).take_form_turn("t", address_of(request))
        task, holder = await tasks.find(text)
        sent = await read_form(request)
        if not hmac.compare_digest(_one(sent, _TOKEN).encode(), _token(text).encode()):
            raise Forbidden("The page that sent this is not ours.", code="cross_site", remedy="Open the link again.")
    except TreadleError as error:
        return _explain(error)
    if over := _over(task, application.world.clock.now()):
        return over
    said, form = _one(sent, "answer"), task.form or {}
    values = read_values(form, sent)
    if said == "reject":
        asked = cast("Mapping[str, Any]", form.get("properties", {}))
        # Who says no need not fill anything in; a box that is not ticked says nothing.
        values = {name: value for name, value in values.items() if value not in (False, []) or name not in asked}
    note = _one(sent, "note").strip()[:_LONGEST_NOTE] or None
    if said not in ("approve", "reject"):
        return _page(text, task, holder, sent, [{"path": "", "message": "Say with a button what you decide."}])
    actor = Actor(holder or "whoever has the link", "operator", "link", address=address_of(request))
    try:
        await Tasks(application.acting_as(actor)).answer(text, approve=said == "approve", values=values, note=note)
    except InvalidWorkflow as wrong:
        if wrong.code != "invalid_answer":
            return _explain(wrong)
        problems = [
            {"path": ".".join(map(str, issue.path)), "message": issue.message, "rule": _rule_of(issue.message, form)}
            for issue in wrong.issues
        ]
        return _page(text, task, holder, sent, problems)
    except TreadleError as error:
        return _explain(error)
    return RedirectResponse(text, 303)


def _open(request: Request) -> tuple[Application, Tasks, str]:
    application = Services.of(request).application
    # With its path, it can be nothing but a link: never the id of a task, nor `last`.
    return application, Tasks(application), f"/t/{request.path_params['token']}"


def _page(
    text: str,
    task: Task,
    holder: str | None,
    sent: Mapping[str, Sequence[str]] | None = None,
    problems: Sequence[Mapping[str, str]] = (),
) -> Response:
    form = task.form or {}
    fields = describe(form, sent)
    summary: list[FieldProblem] = []
    if problems:
        fields, summary = judge(fields, problems, schema=form)
    rows = _rows(task.value)
    return pages.render(
        "task.html",
        status=422 if problems else 200,
        title=task.title or "Approval",
        holder=holder,
        lines=lines_of(task.message),
        rows=rows,
        value=None if rows or task.value is None else pages.show_value(task.value),
        action=text,
        token=_token(text),
        token_name=_TOKEN,
        fields=fields,
        problems=summary,
        note="" if sent is None else _one(sent, "note"),
        until=_until(task.deadline_at),
    )


def _rows(value: Any) -> list[dict[str, str]]:
    """An object of plain values and lists of them is shown as a list of facts; anything else as JSON."""
    if not isinstance(value, Mapping):
        return []
    found = cast("Mapping[str, Any]", value)
    if not 0 < len(found) <= _MOST_ROWS or not all(map(_is_plain, found.values())):
        return []
    return [{"name": str(name), "text": _words(one)} for name, one in found.items()]


def _is_plain(value: Any) -> bool:
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    return not any(isinstance(one, Mapping | list | tuple) for one in items)


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(_words, cast("list[Any]", value))) or "—"
    return "—" if value in (None, "") else pages.show_value(value)


def _over(task: Task, now: datetime) -> Response | None:
    """What there is to say of a task that cannot be answered any more."""
    status = task.status_at(now)
    if status == "open":
        return None
    if task.answer is not None and status == "done":
        approved = task.answer.outcome == "approved"
        who = f" by {task.answer.by}" if task.answer.by else ""
        when = f" on {_time(task.answer.at)}" if task.answer.at else ""
        words = [f"It was {task.answer.outcome}{who}{when}."]
        if task.answer.note:
            words.append(f"Note: {task.answer.note}")
        words.append("You can close this page.")
        badge, tone = ("Approved", "good") if approved else ("Rejected", "bad")
    elif status == "expired":
        words = ["The time to answer is over. Nothing was changed; ask whoever sent you the link."]
        badge, tone = "Expired", "plain"
    else:
        words = ["It does not need to be answered any more."]
        badge, tone = "Withdrawn", "plain"
    return pages.render("message.html", title=task.title or "Approval", badge=badge, tone=tone, lines=words)


def _explain(error: TreadleError) -> Response:
    """Of links: what is wrong with them, in words for people who know nothing of tasks."""
    known = {
        "invalid_link": (
            404,
            "This link is not complete",
            "It was changed, or not all of it was copied. Open it again from the message that you were sent.",
        ),
        "link_expired": (410, "This link has expired", "Ask whoever sent it for a new one."),
        "not_assigned": (
            403,
            "This is for somebody else now",
            "It was handed on. Whoever it is for has a link of their own.",
        ),
    }
    found = known.get(error.code)
    if found is None and isinstance(error, NotFound):
        found = (404, "This task is gone", "What it belonged to has been removed. Nothing needs doing.")
    if found is None and isinstance(error, Conflict):
        found = (409, "This cannot be answered any more", error.message)
    if found is None:
        return refusal(error)
    status, title, words = found
    return pages.render("message.html", status=status, title=title, badge="No answer needed", lines=[words])


def _rule_of(message: str, form: Mapping[str, Any]) -> str:
    return "required" if "required" in message else ""


def _token(text: str) -> str:
    """Only whoever was shown the page knows it; a link in somebody else's page does not make it."""
    return hashlib.sha256(f"treadle task page 1\n{text}".encode()).hexdigest()[:32]


def _one(sent: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(sent.get(name, ())), "")


def _until(at: datetime | None) -> str:
    return "" if at is None else f"It can be answered until {_time(at)}."


def _time(at: datetime) -> str:
    return f"{at:%-d %B %Y, %H:%M} UTC"


ROUTES = [
    Route("/t/{token}", show, methods=["GET"]),
    Route("/t/{token}", answer, methods=["POST"]),
]
