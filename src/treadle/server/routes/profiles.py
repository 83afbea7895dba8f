"""Profiles: named credentials. What is written into them cannot be read again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from treadle.server.caller import Called
from treadle.server.models.credentials import (
    ConnectionTestResult,
    DeletedProfile,
    NewProfile,
    ProfileChange,
    ProfileInfo,
    ProfileList,
    show_profile,
    show_test,
)
from treadle.service.vault.credentials import Credentials

router = APIRouter(prefix="/profiles", tags=["profiles"])

ProfileName = Annotated[str, Path(max_length=100)]


@router.get("", operation_id="listProfiles", summary="List profiles", response_model=ProfileList)
async def list_profiles(caller: Called) -> ProfileList:
    """Those of the store and those that the environment declares, with the names of their fields."""
    found = await Credentials(caller.application).list_profiles()
    return ProfileList(items=[show_profile(one) for one in found])


@router.post("", operation_id="createProfile", summary="Create a profile", response_model=ProfileInfo, status_code=201)
async def create_profile(caller: Called, body: NewProfile) -> ProfileInfo:
    fields = {name: value.get_secret_value() for name, value in body.fields.items()}
    credentials = Credentials(caller.application)
    return show_profile(await credentials.create_profile(body.name, provider=body.provider, fields=fields))


@router.get("/{name}", operation_id="getProfile", summary="Read a profile", response_model=ProfileInfo)
async def get_profile(caller: Called, name: ProfileName) -> ProfileInfo:
    """Its fields, without their values."""
    return show_profile(await Credentials(caller.application).get_profile(name))


@router.patch("/{name}", operation_id="updateProfile", summary="Set fields", response_model=ProfileInfo)
async def update_profile(caller: Called, name: ProfileName, body: ProfileChange) -> ProfileInfo:
    fields = {name: None if value is None else value.get_secret_value() for name, value in body.fields.items()}
    credentials = Credentials(caller.application)
    return show_profile(await credentials.change_profile(name, fields, provider=body.provider))


@router.delete("/{name}", operation_id="deleteProfile", summary="Delete a profile", response_model=DeletedProfile)
async def delete_profile(
    caller: Called,
    name: ProfileName,
    force: Annotated[bool, Query(description="Also where deployments are bound to it.")] = False,
) -> DeletedProfile:
    users = await Credentials(caller.application).delete_profile(name, force=force)
    return DeletedProfile(deployments=list(users))


@router.post(
    "/{name}/test", operation_id="testProfile", summary="Test a connection", response_model=ConnectionTestResult
)
async def test_profile(caller: Called, name: ProfileName) -> ConnectionTestResult:
    """Asks the provider with the profile's credentials."""
    return show_test(await Credentials(caller.application).test_profile(name))
