"""Users, keys, teams, sharing and the audit log over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.server.conftest import ClientAs
from treadle.authoring.document import load_workflow
from treadle.model.workflow import Workflow
from treadle.server.rates import Rates
from treadle.server.services import Services
from treadle.service.access.actor import Actor
from treadle.service.access.sharing import Sharing
from treadle.service.settings import Settings


def workflow(name: str = "orders") -> Workflow:
    (found,) = load_workflow(f"name: {name}\nnodes:\n  - {{id: a, type: data.set, config: {{fields: {{}}}}}}").workflows
    return found


async def test_the_last_administrator_stays_one(client_as: ClientAs) -> None:
    admin = await client_as("admin")

    demoted = await admin.patch("/api/v1/users/admin", json={"role": "viewer"})
    disabled = await admin.post("/api/v1/users/admin/disable")
    await admin.post("/api/v1/users", json={"name": "eve", "role": "admin"})
    after = await admin.patch("/api/v1/users/admin", json={"role": "viewer"})

    assert (demoted.json()["code"], disabled.json()["code"]) == ("last_admin", "last_admin")
    assert after.json()["role"] == "viewer"


async def test_who_is_disabled_is_out_at_once(client_as: ClientAs) -> None:
    admin, bob = await client_as("admin"), await client_as("editor", name="bob")

    await admin.post("/api/v1/users/bob/disable")

    assert (await bob.get("/api/v1/me")).status_code == 401


async def test_a_key_is_shown_once_and_revoked_at_once(client_as: ClientAs) -> None:
    editor = await client_as("editor")

    made = (await editor.post("/api/v1/keys", json={"name": "ci", "scopes": ["runs:read"]})).json()
    listed = await editor.get("/api/v1/keys")
    await editor.delete(f"/api/v1/keys/{made['key']['id']}")
    used = await editor.get("/api/v1/me", headers={"Authorization": f"Bearer {made['text']}"})

    assert made["text"].startswith("trk_")
    assert made["text"] not in listed.text
    assert used.status_code == 401


async def test_nobody_revokes_a_key_of_somebody_else(client_as: ClientAs) -> None:
    editor, viewer = await client_as("editor"), await client_as("viewer")
    key = (await editor.get("/api/v1/keys")).json()["items"][0]["id"]

    assert (await viewer.delete(f"/api/v1/keys/{key}")).status_code == 404
    assert (await editor.get("/api/v1/keys")).json()["items"][0]["revoked_at"] is None


@pytest.mark.parametrize("scopes", [["*"], ["runs:read"], ["keys:write", "users:write"]])
async def test_a_key_makes_no_key_that_can_do_more(client_as: ClientAs, scopes: list[str]) -> None:
    narrow = await client_as("admin", scopes=("keys:write",))

    response = await narrow.post("/api/v1/keys", json={"name": "more", "scopes": scopes})

    assert (response.status_code, response.json()["code"]) == (403, "scope_beyond_key")


async def test_a_key_makes_no_key_that_lasts_longer(client_as: ClientAs, services: Services) -> None:
    editor = await client_as("editor")
    soon = (services.application.world.clock.now() + timedelta(hours=1)).isoformat()
    made = (await editor.post("/api/v1/keys", json={"name": "brief", "expires_at": soon})).json()

    response = await editor.post(
        "/api/v1/keys", json={"name": "for ever"}, headers={"Authorization": f"Bearer {made['text']}"}
    )

    assert response.json()["code"] == "scope_beyond_key"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/users/admin/sign-in-links", {}),
        ("PUT", "/users/admin/password", {"password": "four lazy otters swim"}),
        ("POST", "/users", {"name": "eve", "role": "admin", "password": "four lazy otters swim"}),
        ("PATCH", "/users/bob", {"role": "admin"}),
    ],
)
async def test_a_narrow_key_makes_no_way_in_without_bounds(
    client_as: ClientAs, method: str, path: str, body: dict[str, str]
) -> None:
    await client_as("editor", name="bob")
    narrow = await client_as("admin", scopes=("users:write",))

    response = await narrow.request(method, f"/api/v1{path}", json=body)

    assert (response.status_code, response.json()["code"]) == (403, "key_too_narrow")


async def test_a_key_has_no_scope_beyond_the_role(client_as: ClientAs) -> None:
    viewer = await client_as("viewer")

    response = await viewer.post("/api/v1/keys", json={"name": "x", "scopes": ["workflows:write"]})

    assert response.json()["code"] == "scope_beyond_role"


async def test_what_is_shared_is_seen_and_no_more(client_as: ClientAs, services: Services) -> None:
    bob, ann = await client_as("editor", name="bob"), await client_as("editor", name="ann")
    owner = await services.application.store.get_user("bob")
    view = services.application.acting_as(Actor("bob", "editor", "key", user_id=owner.id))
    await Sharing(view).own("orders")
    await services.application.publish(workflow())

    hidden = await ann.get("/api/v1/workflows/orders/sharing")
    body = {"kind": "user", "name": "ann", "level": "view"}
    shared = await bob.put("/api/v1/workflows/orders/sharing", json=body)
    seen = await ann.get("/api/v1/workflows/orders/sharing")
    taken = await ann.put("/api/v1/workflows/orders/sharing", json=body)

    assert hidden.status_code == 404
    assert shared.json()["shares"] == [{"kind": "user", "name": "ann", "level": "view"}]
    assert seen.json()["level"] == "view"
    assert taken.json()["code"] == "not_shared"


async def test_a_team_that_is_gone_shares_nothing(client_as: ClientAs, services: Services) -> None:
    admin, ann = await client_as("admin"), await client_as("viewer", name="ann")
    await client_as("editor", name="bob")
    await services.application.publish(workflow())
    await admin.put("/api/v1/workflows/orders/sharing/owner", json={"to": "bob"})
    await admin.post("/api/v1/teams", json={"name": "desk", "members": ["ann"]})
    await admin.put("/api/v1/workflows/orders/sharing", json={"kind": "team", "name": "desk"})

    before = await ann.get("/api/v1/workflows/orders/sharing")
    await admin.delete("/api/v1/teams/desk")
    after = await ann.get("/api/v1/workflows/orders/sharing")

    assert (before.status_code, after.status_code) == (200, 404)


async def test_what_was_somebodys_can_be_given_away_at_once(client_as: ClientAs, services: Services) -> None:
    admin = await client_as("admin")
    await client_as("editor", name="bob")
    await client_as("editor", name="ann")
    for name in ("orders", "stock"):
        await services.application.publish(workflow(name))
        await admin.put(f"/api/v1/workflows/{name}/sharing/owner", json={"to": "bob"})

    moved = await admin.post("/api/v1/users/bob/transfer", json={"to": "ann"})

    assert moved.json() == {"workflows": ["orders", "stock"]}
    assert (await admin.get("/api/v1/workflows/stock/sharing")).json()["owner"] == "ann"


async def test_the_audit_log_pages_exports_and_verifies(client_as: ClientAs) -> None:
    admin = await client_as("admin")
    for number in range(3):
        await admin.post("/api/v1/teams", json={"name": f"team-{number}"})

    first = (await admin.get("/api/v1/audit?action=teams.write&limit=2")).json()
    rest = (await admin.get(f"/api/v1/audit?action=teams&limit=2&cursor={first['next']}")).json()
    lines = (await admin.get("/api/v1/audit/export?actor=admin")).text.splitlines()
    table = (await admin.get("/api/v1/audit/export?format=csv&subject=nothing")).text.splitlines()
    verdict = (await admin.get("/api/v1/audit/verify")).json()

    assert [entry["details"]["team"] for entry in first["items"] + rest["items"]] == ["team-2", "team-1", "team-0"]
    assert rest["next"] is None
    assert [json.loads(line)["action"] for line in lines] == ["teams.write"] * 3
    assert table == ["id,at,actor,name,via,address,action,subject,outcome,details,digest"]
    assert verdict["ok"]


async def test_too_many_requests_are_told_when_to_come_again(client_as: ClientAs, services: Services) -> None:
    editor, other = await client_as("editor"), await client_as("viewer")
    services.application.settings = replace(services.application.settings, requests_per_minute=60)
    services.rates = Rates(lambda: 1.0)

    answers = [await editor.get("/api/v1/me") for _ in range(11)]

    assert [one.status_code for one in answers] == [200] * 10 + [429]
    assert answers[-1].headers["retry-after"] == "1"
    assert (await other.get("/api/v1/me")).status_code == 200


def test_no_limit_is_no_bucket() -> None:
    rates = Rates(lambda: 1.0)

    for _ in range(1000):
        rates.take(None, "10.0.0.1", per_minute=0)

    assert Settings().requests_per_minute > 0
