"""Looking after the installation over HTTP."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from tests.server.conftest import ClientAs
from treadle.server.services import Services
from treadle.service.access.trail import Trail
from treadle.service.backing_up import list_backups
from treadle.service.backup import read_backup
from treadle.store.audit import AuditFilter

BACKUP = "/api/v1/system/backup"


@pytest.fixture
async def admin(client_as: ClientAs) -> httpx.AsyncClient:
    return await client_as("admin")


async def test_a_copy_is_made_in_the_folder_of_the_settings(admin: httpx.AsyncClient, services: Services) -> None:
    response = await admin.post(BACKUP)

    told = response.json()
    found = read_backup(Path(told["path"]))
    assert response.status_code == 201
    assert Path(told["path"]).parent == Path(services.application.settings.backup_folder)
    assert (found.sha256, found.bytes, found.with_key) == (told["sha256"], told["bytes"], False)


async def test_nobody_chooses_where_a_copy_goes(admin: httpx.AsyncClient, services: Services) -> None:
    folder = Path(services.application.settings.backup_folder)

    response = await admin.post(BACKUP, json={"to": "/tmp/elsewhere.db", "with_key": True})

    assert Path(response.json()["path"]).parent == folder
    assert not [name for name in os.listdir(folder) if name.endswith(".key")]


async def test_a_copy_that_was_asked_for_is_not_removed_by_those_made_by_themselves(
    admin: httpx.AsyncClient, services: Services
) -> None:
    await admin.post(BACKUP)

    assert list_backups(Path(services.application.settings.backup_folder), of="treadle") == []


async def test_a_copy_is_in_the_audit_log(admin: httpx.AsyncClient, services: Services) -> None:
    path = (await admin.post(BACKUP)).json()["path"]

    (entry,) = await Trail(services.application).list(AuditFilter(action="system.backup"))

    assert (entry.name, entry.details["to"]) == ("admin", path)


@pytest.mark.parametrize("role", ["viewer", "operator", "editor"])
async def test_copies_are_for_administrators(client_as: ClientAs, role: str) -> None:
    response = await (await client_as(role)).post(BACKUP)

    assert response.status_code == 403
