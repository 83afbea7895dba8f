"""The installation: how it does, and copies of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from treadle.server.caller import Called
from treadle.service.system import System

router = APIRouter(prefix="/system", tags=["system"])


class FindingModel(BaseModel):
    """One thing that was looked at."""

    subject: str = Field(description="What was looked at: `store`, `backups`, `disk`.")
    status: Literal["ok", "warning", "error"] = Field(description="`error`: runs will not work.")
    text: str
    remedy: str | None = None


class BackupModel(BaseModel):
    """A copy of the store: of one moment, checked, readable by the server's user alone."""

    path: str = Field(description="Where it is on the server's machine; its manifest is beside it.")
    made_at: datetime
    bytes: int
    sha256: str
    runs: int = Field(description="How many runs are in it.")
    treadle: str = Field(description="The version of Treadle that made it.")
    schema_revision: str


class SystemModel(BaseModel):
    """How the installation does."""

    ok: bool = Field(description="Whether nothing that was found is an error.")
    findings: list[FindingModel]


@router.get("", operation_id="diagnoseSystem", response_model=SystemModel, summary="Look at the installation")
async def diagnose_system(caller: Called) -> SystemModel:
    """What `treadle doctor` finds: store, users, copies, room on the disk, packs, sandbox, clock."""
    found = await System(caller.application).diagnose()
    findings = [FindingModel(subject=one.subject, status=one.status, text=one.text, remedy=one.remedy) for one in found]
    return SystemModel(ok=all(one.status != "error" for one in findings), findings=findings)


@router.post("/backup", operation_id="backUpSystem", status_code=201, summary="Copy the store")
async def back_up_system(caller: Called) -> BackupModel:
    """Into the folder that the setting `backup_folder` names, while everything goes on. Its secrets stay encrypted, and
    the key to them is not copied. `treadle restore` puts it back."""
    made = await System(caller.application).back_up()
    return BackupModel(
        path=made.path,
        made_at=datetime.fromisoformat(made.made_at),
        bytes=made.bytes,
        sha256=made.sha256,
        runs=made.runs,
        treadle=made.treadle,
        schema_revision=made.schema,
    )
