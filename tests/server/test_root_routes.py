"""Every route beside the API, for every kind of caller: what each takes is said here, and nothing is left out."""

from __future__ import annotations

from dataclasses import dataclass

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from tests.server.conftest import ClientAs
from tests.server.hooked import count_runs, deploy, hook
from treadle.authoring.document import load_workflow
from treadle.server.app import API
from treadle.server.services import Services
from treadle.service.access.actor import ROLES
from treadle.service.execution import ExecutionRequest
from treadle.service.tasks import Tasks

FOREIGN, CANARY = "foreign-workflow-x91", "canary-q7"
CALLERS = (None, *ROLES, "narrow")


@dataclass(frozen=True)
class Takes:
    """What a route answers to: somebody without a thing, and whoever has the role. `proof` is what it asks for instead
    of a key: then no key helps."""

    nobody: int
    anybody: int
    admin: int
    path: str
    proof: bool = False


ROUTES = {
    "GET /": Takes(303, 200, 200, "/"),
    "GET /healthz": Takes(200, 200, 200, "/healthz"),
    "GET /readyz": Takes(200, 200, 200, "/readyz"),
    "GET /metrics": Takes(401, 403, 200, "/metrics"),
    "GET /docs": Takes(200, 200, 200, "/docs"),
    "GET /static/icon.svg": Takes(200, 200, 200, "/static/icon.svg"),
    "GET /static/style.css": Takes(200, 200, 200, "/static/style.css"),
    "GET /static/reference.css": Takes(200, 200, 200, "/static/reference.css"),
    "GET /hooks/{path:path}": Takes(404, 404, 404, "/hooks/nowhere", proof=True),
    "POST /hooks/{path:path}": Takes(401, 401, 401, "/hooks/in", proof=True),
    "PUT /hooks/{path:path}": Takes(404, 404, 404, "/hooks/nowhere", proof=True),
    "PATCH /hooks/{path:path}": Takes(404, 404, 404, "/hooks/nowhere", proof=True),
    "DELETE /hooks/{path:path}": Takes(404, 404, 404, "/hooks/nowhere", proof=True),
    "OPTIONS /hooks/{path:path}": Takes(404, 404, 404, "/hooks/nowhere", proof=True),
    "GET /forms/{path:path}": Takes(404, 404, 404, "/forms/nowhere", proof=True),
    "POST /forms/{path:path}": Takes(404, 404, 404, "/forms/nowhere", proof=True),
    "GET /t/{token}": Takes(404, 404, 404, "/t/TASK", proof=True),
    "POST /t/{token}": Takes(404, 404, 404, "/t/TASK", proof=True),
    "GET /sign-in": Takes(200, 200, 200, "/sign-in"),
    "POST /sign-in": Takes(401, 401, 401, "/sign-in", proof=True),
    "GET /sign-in/{token}": Takes(401, 401, 401, "/sign-in/0123456789abcdef", proof=True),
    "POST /sign-in/{token}": Takes(401, 401, 401, "/sign-in/0123456789abcdef", proof=True),
}
"""By method and path, as the application has them."""


def test_what_every_route_takes_is_said(app: Starlette) -> None:
    routes = app.routes
    mounted = [route.path for route in routes if isinstance(route, Mount)]
    found = {
        f"{method} {route.path}"
        for route in routes
        if isinstance(route, Route)
        for method in (route.methods or ())
        if method != "HEAD"
    }

    assert found == set(ROUTES)
    assert mounted == [API]


@pytest.fixture
async def task(services: Services) -> str:
    """A workflow of somebody's with a run that asks, and a webhook that wants a token; the task's id."""
    application = services.application
    owner = await services.identities.create_user("owner", role="editor")
    text = f"name: {FOREIGN}\nnodes:\n  - {{id: a, type: flow.approval, config: {{title: {CANARY}}}}}\n"
    (workflow,) = load_workflow(text).workflows
    await services.deployments.deploy(workflow, name=FOREIGN, every=3600)
    await application.execute(ExecutionRequest(FOREIGN))
    await application.store.set_owner(FOREIGN, owner.id, now=application.world.clock.now())
    (found,) = await Tasks(application).list()
    return found.id


@pytest.mark.parametrize("route", ROUTES)
async def test_a_route_lets_in_whom_it_says(
    route: str, client_as: ClientAs, services: Services, task: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_TOKEN", "the-token-of-the-hook")
    await deploy(services, hook(auth="token", secret='"{{ secrets.token }}"'))
    takes, method = ROUTES[route], route.partition(" ")[0]
    before = await count_runs(services)

    for role in CALLERS:
        client = await (client_as("admin", scopes=("audit:read",)) if role == "narrow" else client_as(role))
        # A form, as a browser sends it from our own page.
        data = {"name": "owner", "password": "guess", "answer": "approve"} if method == "POST" else None
        answer = await client.request(
            method, takes.path.replace("TASK", task), data=data, headers={"Origin": "http://127.0.0.1:8765"}
        )

        expected = takes.nobody if role is None else takes.admin if role == "admin" else takes.anybody
        guessed = answer.status_code == 429 and route == "POST /sign-in"  # so often that they have to wait
        assert guessed or answer.status_code == expected, (role, answer.text[:500])
        if role not in ("admin", "narrow"):
            assert FOREIGN not in answer.text, role
            assert CANARY not in answer.text, role
        assert "set-cookie" not in answer.headers
    assert await count_runs(services) == before
    assert (await services.application.store.get_task(task)).status == "open"


@pytest.mark.parametrize("route", ROUTES)
async def test_a_narrow_key_is_shown_nothing_that_its_scopes_do_not_name(
    route: str, client_as: ClientAs, task: str
) -> None:
    client = await client_as("admin", scopes=("audit:read",))
    method, takes = route.partition(" ")[0], ROUTES[route]

    answer = await client.request(method, takes.path.replace("TASK", task))

    assert FOREIGN not in answer.text
    assert CANARY not in answer.text


@pytest.mark.parametrize("route", ROUTES)
async def test_every_answer_keeps_browsers_from_guessing(route: str, client_as: ClientAs, task: str) -> None:
    client: httpx.AsyncClient = await client_as("viewer")
    method, takes = route.partition(" ")[0], ROUTES[route]

    answer = await client.request(method, takes.path.replace("TASK", task))

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy or "sandbox" in policy
    assert "unsafe" not in policy
    assert "server" not in answer.headers
    if answer.content:
        assert answer.headers["content-type"].split(";")[0] in (
            "text/html",
            "text/css",
            "image/svg+xml",
            "text/plain",
            "application/json",
            "application/problem+json",
        )


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static/..%5capp.py",
        "/static//etc/passwd",
        "/static/style.css%00.html",
        "/static/style.css/",
        "/static/base.html",
        "/static/%252e%252e/app.py",
    ],
)
async def test_nothing_but_the_styles_is_served_as_a_file(client_as: ClientAs, path: str) -> None:
    client = await client_as("admin")

    answer = await client.get(path)

    assert answer.status_code in (307, 404), answer.text[:200]
    assert "import" not in answer.text
    assert "root:" not in answer.text
