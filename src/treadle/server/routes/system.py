"""The installation: how it does."""

from __future__ import annotations

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
