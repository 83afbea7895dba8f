"""Every route of the API, for every kind of caller: what the table of actions says is what happens.

A route that asks for no leave, or that is reached by whoever should not, fails here without anybody having to list it.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

import treadle.server.routes
import treadle.service
from tests.server.conftest import ClientAs
from treadle.authoring.document import load_workflow
from treadle.errors import Forbidden, NotFound, TreadleError, Unauthenticated
from treadle.model.holding import Holding
from treadle.server.api import create_document
from treadle.server.services import Services
from treadle.service.access.actions import ACTIONS
from treadle.service.access.actor import ROLES, Actor
from treadle.service.access.authorise import authorise
from treadle.service.access.operation import OPERATIONS
from treadle.service.execution import ExecutionRequest
from treadle.store.backtests import StoredBacktest

OPEN_TO_ALL = {"signIn"}
"""Routes that ask for nobody: how one gets in."""
PART_OF_OPERATIONS = {
    "Identities": "the door: before anybody is known",
    "Failures.start_retry": "each run is retried by an operation of its own",
    "Moves.move_all": "each run is moved by an operation of its own",
    "Tasks.find_link": "asks for `tasks.answer` itself, and gives no link to who may not",
}
"""What routes call and what asks for no leave, and why."""
FOREIGN = "foreign-workflow-x91"
CANARY = "canary-q7"
BACKTEST = "bt-0123456789abcdef"
TEXT = f"""
name: {FOREIGN}
title: {CANARY}
nodes:
  - {{id: a, type: flow.approval, config: {{title: "{CANARY}"}}}}
"""
METHODS = ("get", "post", "put", "patch", "delete")
STREAMS = {"followRun", "followDeployment", "followEverything"}
"""Routes that do not end by themselves: who is let in to one hears that they were."""
BODIES: dict[str, Any] = {
    "validateWorkflow": {"definition": {"name": "x", "nodes": []}},
    "executeDefinition": {"definition": {"name": "x", "nodes": []}},
    "retryFailures": {"run_ids": ["r0"]},
    "dismissFailures": {"run_ids": ["r0"]},
    "importWorkflows": {"text": "name: x\nnodes: []\n"},
    "downloadBars": {"venue": "x", "symbol": "x", "timeframe": "1h", "since": "2024-01-01T00:00:00Z"},
}
"""Where the least that the schema allows is not enough."""


@dataclass(frozen=True)
class RouteOf:
    """A route of the document, ready to be asked."""

    id: str
    method: str
    path: str
    body: Any
    query: dict[str, Any]


@dataclass
class Asked:
    """What was asked of the one authorisation while a request was answered."""

    actions: list[tuple[str, str | None, str | None]]
    stops: bool = False
    """Whether whoever is let through gets no further, whatever they ask for."""
    goes_on: bool = False
    """Whether whoever is let through gets on, whatever they ask for."""


def every_route() -> Iterator[RouteOf]:
    document = create_document()
    for path, methods in document["paths"].items():
        for method in METHODS:
            if found := methods.get(method):
                content = found.get("requestBody", {}).get("content", {}).get("application/json", {})
                body = BODIES.get(found["operationId"])
                if body is None and "schema" in content:
                    body = least(content["schema"], document)
                needed = [one for one in found.get("parameters", []) if one["in"] == "query" and one.get("required")]
                query = {one["name"]: least(one["schema"], document) for one in needed}
                yield RouteOf(found["operationId"], method.upper(), path, body, query)


def least(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """The least value that fits."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "example" in schema:
        return schema["example"]
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return least(schema[several][0], document)
    match schema.get("type"):
        case "object":
            required = schema.get("required", ())
            return {name: least(schema["properties"][name], document) for name in required}
        case "array":
            return [least(schema.get("items", {}), document)] * schema.get("minItems", 0)
        case "integer" | "number":
            return max(schema.get("minimum", 1), schema.get("exclusiveMinimum", 0) + 1)
        case "boolean":
            return False
        case "string":
            return "x" * max(1, schema.get("minLength", 1))
        case _:
            return None


ROUTES = list(every_route())


@pytest.fixture
async def subjects(services: Services, asked: Asked) -> dict[str, str]:
    """A workflow that belongs to somebody, with all that may be its: a run, a task, a deployment, a backtest."""
    application = services.application
    owner = await services.identities.create_user("owner", role="editor")
    (workflow,) = load_workflow(TEXT).workflows
    await services.deployments.deploy(workflow, name=FOREIGN, every=3600, paused=True)
    run = await application.execute(ExecutionRequest(FOREIGN))
    await application.store.set_owner(FOREIGN, owner.id, now=application.world.clock.now())
    tasks = await application.store.read(lambda c: c.execute("SELECT id FROM tasks").fetchall())
    await application.store.add_backtest(
        StoredBacktest(BACKTEST, FOREIGN, None, CANARY, "backtest", "completed", {}, "", application.world.clock.now())
    )
    asked.actions.clear()
    found = {"workflow": FOREIGN, "run": run.run_id, "task": tasks[0][0], "deployment": FOREIGN}
    return {**found, "backtest": BACKTEST}


@pytest.fixture
def asked(services: Services, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Hears of everything that is asked for, and lets nothing be changed."""
    access = services.application.access
    require, found = access.require, Asked([])

    async def hear(actor: Actor, action: str, kind: Any = None, subject: str | None = None) -> None:
        if actor.is_local:
            return
        found.actions.append((action, kind, subject))
        await require(actor, action, kind, subject)
        if found.stops or (ACTIONS[action].changes and not found.goes_on):
            raise TreadleError("It would have been done.", code="let_through")

    monkeypatch.setattr(access, "require", hear)
    return found


@pytest.fixture
async def callers(client_as: ClientAs, asked: Asked) -> dict[str, httpx.AsyncClient]:
    found = {role: await client_as(role) for role in ROLES}
    found["nobody"] = await client_as(None)
    found["narrow"] = await client_as("admin", scopes=("audit:read",))
    return found


def address(route: RouteOf, subjects: dict[str, str]) -> str:
    def fill(match: re.Match[str]) -> str:
        before = route.path[: match.start()].strip("/").split("/")[0]
        kind = before.removesuffix("s") if before.removesuffix("s") in subjects else None
        is_first = route.path[: match.start()].count("{") == 0
        return subjects[kind] if kind and is_first else "0123456789abcdef"

    return "/api/v1" + re.sub(r"\{[^}]+\}", fill, route.path)


async def ask(client: httpx.AsyncClient, route: RouteOf, subjects: dict[str, str]) -> httpx.Response:
    given = {"json": route.body} if route.body is not None else {}
    return await client.request(route.method, address(route, subjects), params=route.query, **given)


def refusal(actor: Actor, needed: list[tuple[str, Holding | None]]) -> int | None:
    """The status that the table of actions says; None: they are let through. What begins with a list goes on with what
    is not hidden."""
    for action, holding in needed[:1] if needed[0][0].endswith(".list") else needed:
        try:
            authorise(actor, ACTIONS[action], holding)
        except Unauthenticated:
            return 401
        except Forbidden:
            return 403
        except NotFound:
            return 404
    return None


async def holdings_of(services: Services, asked: Asked) -> list[tuple[str, Holding | None]]:
    """Each action that was asked for, with the holding of what it was on, if that is there."""
    store = services.application.store
    found: list[tuple[str, Holding | None]] = []
    for action, kind, subject in asked.actions:
        workflow = subject
        if kind not in (None, "workflow") and subject is not None:
            workflow = await store.find_workflow_of(kind, subject)
        found.append((action, None if kind is None or workflow is None else await store.find_holding(workflow)))
    return found


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.id)
async def test_a_route_lets_in_whom_the_table_of_actions_lets_in(
    route: RouteOf, callers: dict[str, httpx.AsyncClient], subjects: dict[str, str], asked: Asked, services: Services
) -> None:
    """The owner is somebody else: of what is not shared, all but administrators are told that it is not there."""
    asked.stops = route.id in STREAMS
    answered = await ask(callers["admin"], route, subjects)
    needed = await holdings_of(services, asked)
    if route.id in OPEN_TO_ALL:
        return
    assert needed, f"{route.id} asks for no leave (it answered {answered.status_code}: {answered.text[:300]})"
    actors = {role: Actor(role, role, "key", user_id=f"u-{role}") for role in ROLES}
    actors["nobody"] = Actor("nobody", "viewer", "nobody")
    actors["narrow"] = Actor("narrow", "admin", "key", user_id="u-admin", scopes=frozenset({"audit:read"}))

    for name, client in callers.items():
        response = await ask(client, route, subjects)

        expected = refusal(actors[name], needed)
        if expected is None:
            assert response.status_code not in (401, 403), f"{name}: {response.text}"
            assert response.status_code < 500, f"{name}: {response.text}"
        else:
            assert response.status_code == expected, f"{name}: {response.status_code} {response.text}"


@pytest.mark.parametrize("route", [route for route in ROUTES if route.method == "GET"], ids=lambda route: route.id)
async def test_a_route_shows_a_stranger_nothing_of_what_is_not_theirs(
    route: RouteOf, callers: dict[str, httpx.AsyncClient], subjects: dict[str, str], asked: Asked
) -> None:
    asked.stops = route.id in STREAMS

    response = await ask(callers["editor"], route, subjects)

    assert CANARY not in response.text
    if "{" not in route.path:  # who names it reads the name again, in the words that say that there is no such thing
        assert FOREIGN not in response.text


@pytest.mark.parametrize("route", [route for route in ROUTES if "{" in route.path], ids=lambda route: route.id)
async def test_what_is_somebody_elses_and_what_is_not_there_are_told_in_the_same_words(
    route: RouteOf, callers: dict[str, httpx.AsyncClient], subjects: dict[str, str], asked: Asked
) -> None:
    """Nobody finds out by asking which workflows, runs, deployments and tasks others have."""
    asked.goes_on = True  # there is nothing that could be changed
    absent = {kind: name[:-3] + ("zzz" if name[-3:] != "zzz" else "yyy") for kind, name in subjects.items()}

    hidden = await ask(callers["editor"], route, subjects)
    nowhere = await ask(callers["editor"], route, absent)

    if hidden.status_code == 404:  # else the role is not enough, and what is named does not matter
        said = nowhere.text
        for kind, name in absent.items():
            said = said.replace(name, subjects[kind])
        assert (nowhere.status_code, _without_id(said)) == (404, _without_id(hidden.text))


def _without_id(problem: str) -> str:
    return re.sub(r'"(instance|request_id)": ?"[^"]*"', "", problem)


def test_every_action_is_some_operations() -> None:
    """What the table names and nothing asks for would be a promise about nothing."""
    _import_services()

    unknown = {action for action, _ in OPERATIONS.values()} - set(ACTIONS)

    assert not unknown


def test_what_routes_call_asks_for_leave() -> None:
    """Every coroutine of a service class that a route module imports and calls is an operation."""
    missing = [
        f"{one.__name__}.{name}"
        for source, one in _imported_services()
        for name, method in vars(one).items()
        if (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method))
        and re.search(rf"\.{name}\(", source)
        and method.__qualname__ not in OPERATIONS
        and not {f"{one.__name__}.{name}", one.__name__} & set(PART_OF_OPERATIONS)
    ]

    assert not missing, f"No @operation: {missing}"


def _import_services() -> None:
    for module in pkgutil.walk_packages(treadle.service.__path__, "treadle.service."):
        importlib.import_module(module.name)


def _imported_services() -> Iterator[tuple[str, type]]:
    for module in pkgutil.iter_modules(treadle.server.routes.__path__, "treadle.server.routes."):
        found = importlib.import_module(module.name)
        for value in vars(found).values():
            if inspect.isclass(value) and value.__module__.startswith("treadle.service."):
                yield inspect.getsource(found), value
