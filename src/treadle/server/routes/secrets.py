"""Secrets of every run. What is written into them cannot be read again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from treadle.server.caller import Called
from treadle.server.models.credentials import (
    KeyRotation,
    SecretInfo,
    SecretList,
    SecretValue,
    show_rotation,
    show_secret,
)
from treadle.service.vault.credentials import Credentials

router = APIRouter(prefix="/secrets", tags=["secrets"])

SecretName = Annotated[str, Path(max_length=100, description="As in `secrets.name`.")]


@router.get("", operation_id="listSecrets", summary="List secrets", response_model=SecretList)
async def list_secrets(caller: Called) -> SecretList:
    """Those of the store and of the environment, by name."""
    found = await Credentials(caller.application).list_secrets()
    return SecretList(items=[show_secret(one) for one in found])


@router.put("/{name}", operation_id="setSecret", summary="Set a secret", response_model=SecretInfo)
async def set_secret(caller: Called, name: SecretName, body: SecretValue) -> SecretInfo:
    return show_secret(await Credentials(caller.application).set_secret(name, body.value.get_secret_value()))


@router.delete("/{name}", operation_id="deleteSecret", summary="Delete a secret", status_code=204)
async def delete_secret(caller: Called, name: SecretName) -> None:
    await Credentials(caller.application).delete_secret(name)


@router.post("/rotate", operation_id="rotateKey", summary="Change the key", response_model=KeyRotation)
async def rotate_key(caller: Called) -> KeyRotation:
    """Seals everything anew: under a key that is made, where the key is in its file, or under the first of
    `TREADLE_KEY`."""
    return show_rotation(await Credentials(caller.application).rotate_key())
