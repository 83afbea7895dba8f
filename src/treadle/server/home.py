"""The page at the root where the editor was not installed: what runs here, and where everything else is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from treadle.errors import TreadleError, Unauthenticated
from treadle.server.caller import SESSION_COOKIE, find_actor
from treadle.server.csrf import CSRF_FIELD, csrf_token
from treadle.server.pages import render
from treadle.server.services import Services
from treadle.service.application import Application
from treadle.service.deployments import Deployments
from treadle.service.runs import Runs
from treadle.service.tasks import Tasks
from treadle.store.run_ranges import RunFilter

_RECENT = 10
_TONES = {
    "active": "good",
    "completed": "good",
    "failed": "bad",
    "paused": "open",
    "suspended": "open",
    "queued": "open",
}


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    workflow: str
    status: str
    at: str = ""
    link: str | None = None

    @property
    def tone(self) -> str:
        return _TONES.get(self.status, "plain")


async def home(request: Request) -> Response:
    """For whoever is signed in; all others are sent to do so."""
    try:
        actor = await find_actor(request)
    except Unauthenticated:
        actor = None
    if actor is None:
        return RedirectResponse("/sign-in", 303, {"Cache-Control": "no-store"})
    application = Services.of(request).application.acting_as(actor)
    token = request.cookies.get(SESSION_COOKIE)
    deployments: Sequence[_Row] = ()
    runs: Sequence[_Row] = ()
    tasks: Sequence[_Row] = ()
    problem = ""
    try:
        deployments, runs = await _deployments(application), await _runs(application)
        tasks = await _tasks(application)
    except TreadleError as error:
        problem = str(error)
    return render(
        "home.html",
        actor=actor,
        deployments=deployments,
        runs=runs,
        tasks=tasks,
        problem=problem,
        field=CSRF_FIELD,
        csrf=csrf_token(token) if token else "",
        is_admin=actor.role == "admin",
    )


async def _deployments(application: Application) -> Sequence[_Row]:
    return [_Row(one.name, one.workflow, one.status) for one in await Deployments(application).list()]


async def _runs(application: Application) -> Sequence[_Row]:
    found = await Runs(application).list(RunFilter(), limit=_RECENT)
    return [_Row(run.id, run.workflow, run.status, _time(run.created_at)) for run in found]


async def _tasks(application: Application) -> Sequence[_Row]:
    """Those that have waited longest, with the page on which they are answered by whoever may."""
    tasks, name, now = Tasks(application), application.actor.name, application.world.clock.now()
    found = (await tasks.list())[:_RECENT]
    links = [await tasks.find_link(one, by=name) for one in found]
    return [
        _Row(one.title, ", ".join(one.people_at(now)) or "anybody", one.status, _time(one.created_at), link)
        for one, link in zip(found, links, strict=True)
    ]


def _time(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S}"


ROUTES = [Route("/", home, methods=["GET"])]
