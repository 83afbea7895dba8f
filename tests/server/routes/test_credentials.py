"""Profiles and secrets over HTTP: written, listed, never read; and who may do what with whose."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.server.conftest import ClientAs
from tests.server.hooked import ECHO, deploy
from treadle.errors import Conflict
from treadle.server.services import Services
from treadle.service.application import Application
from treadle.service.settings import Settings
from treadle.service.vault.credentials import Credentials

VALUE = "sk-live-0123456789"
SECRETS, PROFILES = "/api/v1/secrets", "/api/v1/profiles"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TREADLE_KEY", raising=False)


async def test_a_secret_is_set_listed_and_deleted(client_as: ClientAs) -> None:
    admin = await client_as("admin")

    put = await admin.put(f"{SECRETS}/Stripe_Key", json={"value": VALUE})
    listed = (await admin.get(SECRETS)).json()["items"]
    deleted = await admin.delete(f"{SECRETS}/stripe_key")

    assert (put.status_code, put.json()["name"], deleted.status_code) == (200, "stripe_key", 204)
    assert [(one["name"], one["source"], one["updated_by"]) for one in listed] == [("stripe_key", "vault", "admin")]
    assert VALUE not in put.text
    assert (await admin.get(SECRETS)).json()["items"] == []
    assert (await admin.delete(f"{SECRETS}/stripe_key")).status_code == 404


async def test_a_run_sees_a_new_secret_at_once(services: Services, client_as: ClientAs) -> None:
    admin = await client_as("admin")

    await admin.put(f"{SECRETS}/a", json={"value": VALUE})
    first = services.application.world.secrets["A"]
    await admin.put(f"{SECRETS}/a", json={"value": "another value"})

    assert (first, services.application.world.secrets["a"]) == (VALUE, "another value")


async def test_the_environment_counts_before_the_vault(
    services: Services, client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await client_as("admin")
    await admin.put(f"{SECRETS}/a", json={"value": VALUE})
    await admin.post(PROFILES, json={"name": "main", "fields": {"b": VALUE, "c": "c of the vault"}})

    monkeypatch.setenv("TREADLE_SECRET_A", "of the environment")
    monkeypatch.setenv("TREADLE_PROFILE_MAIN_B", "b of the environment")

    world, listed = services.application.world, (await admin.get(SECRETS)).json()["items"]
    assert ([one["source"] for one in listed], world.secrets["a"]) == (["environment"], "of the environment")
    assert dict(world.profiles["main"]) == {"b": "b of the environment", "c": "c of the vault"}
    fields = (await admin.get(f"{PROFILES}/main")).json()["fields"]
    assert [(one["name"], one["source"]) for one in fields] == [("b", "environment"), ("c", "vault")]


@pytest.mark.parametrize("name", ["crm-main", "crm_main", "CRM_Main", "declared", "DECLARED", "in-toml", "in_toml"])
async def test_a_profile_that_is_given_to_the_process_is_nobodys_to_make(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Else whoever is first to make it has the say of what is behind its name."""
    monkeypatch.setenv("TREADLE_PROFILE_CRM_MAIN_TOKEN", VALUE)
    given = replace(settings, profiles={"declared": {"token": "NOT_SET"}, "in-toml": {"token": "NOT_SET"}})
    async with Application(given) as application:
        with pytest.raises(Conflict) as caught:
            await Credentials(application).create_profile(name, fields={"token": "another"})

        assert caught.value.code == "profile_in_environment"
        assert (await application.store.read_vault()).profiles == []


async def test_a_secret_that_is_given_to_the_process_is_not_set(
    client_as: ClientAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TREADLE_SECRET_A", VALUE)
    admin = await client_as("admin")

    put = await admin.put(f"{SECRETS}/a", json={"value": "another value"})

    assert (put.status_code, put.json()["code"]) == (409, "secret_in_environment")


async def test_only_administrators_write_secrets_and_viewers_see_none(client_as: ClientAs) -> None:
    editor, operator, viewer = await client_as("editor"), await client_as("operator"), await client_as("viewer")

    answers = [
        await editor.put(f"{SECRETS}/a", json={"value": VALUE}),
        await editor.post(f"{SECRETS}/rotate"),
        await operator.get(SECRETS),
        await operator.post(PROFILES, json={"name": "main"}),
        await viewer.get(SECRETS),
        await viewer.get(PROFILES),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 200, 403, 403, 403]


async def test_a_profile_belongs_to_who_made_it(client_as: ClientAs) -> None:
    """Others are not to know of it, but for administrators; nobody's is everybody's."""
    ada, bob = await client_as("editor", name="ada"), await client_as("editor", name="bob")
    admin = await client_as("admin")
    await ada.post(PROFILES, json={"name": "hers", "fields": {"token": VALUE}})

    theirs = [
        await bob.get(f"{PROFILES}/hers"),
        await bob.patch(f"{PROFILES}/hers", json={"fields": {"token": "x"}}),
        await bob.delete(f"{PROFILES}/hers"),
        await bob.post(f"{PROFILES}/hers/test"),
    ]
    listed = [[one["name"] for one in (await who.get(PROFILES)).json()["items"]] for who in (ada, bob, admin)]

    assert [answer.status_code for answer in theirs] == [404] * 4
    assert listed == [["hers"], [], ["hers"]]


async def test_nobody_runs_anything_with_a_profile_of_somebody_else(services: Services, client_as: ClientAs) -> None:
    ada, bob = await client_as("editor", name="ada"), await client_as("editor", name="bob")
    await ada.post(PROFILES, json={"name": "hers", "fields": {"token": VALUE}})
    await deploy(services, ECHO, name="echoing")
    body = {"input": {}, "profiles": ["hers"]}

    his, hers = [await who.post("/api/v1/workflows/echo/execute", json=body) for who in (bob, ada)]

    assert (his.status_code, his.json()["code"], hers.status_code < 300) == (404, "unknown_profile", True)


async def test_a_profile_in_use_is_deleted_only_when_forced(services: Services, client_as: ClientAs) -> None:
    admin = await client_as("admin")
    await admin.post(PROFILES, json={"name": "main", "fields": {"token": VALUE}})
    await deploy(services, ECHO, name="echoing")
    await services.deployments.update("echoing", profiles=["main"])

    refused = await admin.delete(f"{PROFILES}/main")
    forced = await admin.delete(f"{PROFILES}/main", params={"force": "true"})

    assert (refused.status_code, refused.json()["code"]) == (409, "profile_in_use")
    assert "`echoing`" in refused.json()["detail"]
    assert (forced.status_code, forced.json()) == (200, {"deployments": ["echoing"]})


async def test_everything_wrong_with_a_profile_is_told_and_no_value_repeated(client_as: ClientAs) -> None:
    admin = await client_as("admin")
    fields = {"a b": VALUE, "empty": " ", "Key": VALUE, "KEY": VALUE}

    answer = await admin.post(PROFILES, json={"name": "bad name", "provider": "No!", "fields": fields})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_credentials")
    assert len(answer.json()["issues"]) == 6
    assert VALUE not in answer.text


async def test_what_was_done_is_in_the_audit_log_without_values(client_as: ClientAs) -> None:
    admin = await client_as("admin")
    await admin.put(f"{SECRETS}/a", json={"value": VALUE})
    await admin.post(PROFILES, json={"name": "main", "fields": {"token": VALUE}})
    await admin.post(f"{SECRETS}/rotate")

    text = (await admin.get("/api/v1/audit")).text

    assert VALUE not in text
    assert all(part in text for part in ("secrets.write", "profiles.write", '"token"', '"main"', "key_id"))


@pytest.fixture
async def server() -> AsyncIterator[str]:
    """Lets in who sends the right token."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status = "200 OK" if f"Bearer {VALUE}" in head else "401 Unauthorized"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with listening:
        yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/me"


async def test_a_connection_is_tested(services: Services, client_as: ClientAs, server: str) -> None:
    services.application.world.resources._permissions = services.application.world.permissions.__class__(
        private_network=True
    )
    admin = await client_as("admin")
    fields = {"url": server, "token": VALUE}
    await admin.post(PROFILES, json={"name": "good", "provider": "http", "fields": fields})
    await admin.post(PROFILES, json={"name": "bad", "provider": "http", "fields": {**fields, "token": "wrong-token"}})

    good, bad = [(await admin.post(f"{PROFILES}/{name}/test")).json() for name in ("good", "bad")]

    assert (good["ok"], good["message"]) == (True, f"{server} answers with 200.")
    assert (bad["ok"], bad["code"]) == (False, "credentials_refused")


async def test_the_guard_of_http_nodes_guards_tests_too(client_as: ClientAs, server: str) -> None:
    admin = await client_as("admin")
    await admin.post(PROFILES, json={"name": "inside", "provider": "http", "fields": {"url": server}})

    answer = (await admin.post(f"{PROFILES}/inside/test")).json()

    assert (answer["ok"], answer["code"]) == (False, "private_address")


async def test_what_cannot_be_tested_is_said(client_as: ClientAs) -> None:
    admin = await client_as("admin")
    await admin.post(PROFILES, json={"name": "other", "provider": "pigeons", "fields": {"a": VALUE}})

    answer = await admin.post(f"{PROFILES}/other/test")

    assert (answer.status_code, answer.json()["code"]) == (422, "no_test")
    assert "http" in answer.json()["remedy"]
