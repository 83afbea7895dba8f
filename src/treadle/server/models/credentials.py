"""Profiles and secrets as the API shows them: everything but their values."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from treadle.service.vault.credentials import ConnectionTest, FieldFacts, ProfileFacts, Rotation

Source = Literal["environment", "vault"]


class SecretInfo(BaseModel):
    """What may be known of a secret, or of a profile's field."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    source: Source = Field(description="One of the environment counts before one of the vault.")
    updated_at: datetime | None = Field(default=None, description="Null: of the environment.")
    updated_by: str | None = None
    opens: bool = Field(default=True, description="False: the key that it was sealed with is missing.")


class SecretList(BaseModel):
    items: list[SecretInfo]


class ProfileInfo(BaseModel):
    """A profile, without the values of its fields."""

    name: str
    source: Source
    provider: str | None = Field(default=None, description="What the fields are for, as `http`.")
    owner: str | None = Field(default=None, description="The id of a user; null: whoever may use credentials.")
    created_at: datetime | None = None
    fields: list[SecretInfo]


class ProfileList(BaseModel):
    items: list[ProfileInfo]


class NewProfile(BaseModel):
    """A profile to make."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "crm", "provider": "http"}})

    name: str = Field(min_length=1, max_length=100)
    provider: str | None = Field(default=None, max_length=100)
    fields: dict[str, SecretStr] = Field(default={}, max_length=100, description="Values are written, never read.")


class ProfileChange(BaseModel):
    """Fields to set; those that are null are removed, and others stay."""

    model_config = ConfigDict(extra="forbid")

    provider: str | None = Field(default=None, max_length=100, description="Null: as it is.")
    fields: dict[str, SecretStr | None] = Field(default={}, max_length=100)


class DeletedProfile(BaseModel):
    """What a profile was deleted from."""

    deployments: list[str] = Field(description="Those that were bound to it.")


class SecretValue(BaseModel):
    """A value to store. It cannot be read again."""

    model_config = ConfigDict(extra="forbid")

    value: SecretStr = Field(min_length=1, max_length=65_536)


class ConnectionTestResult(BaseModel):
    """What came of asking the provider with the profile's credentials."""

    model_config = ConfigDict(from_attributes=True)

    ok: bool
    message: str
    remedy: str | None = None
    code: str | None = None


class KeyRotation(BaseModel):
    """The key that seals now."""

    model_config = ConfigDict(from_attributes=True)

    key_id: str
    sealed: int = Field(description="How many values were sealed anew.")


def show_secret(facts: FieldFacts) -> SecretInfo:
    return SecretInfo.model_validate(facts)


def show_profile(facts: ProfileFacts) -> ProfileInfo:
    return ProfileInfo(
        name=facts.name,
        source=facts.source,
        provider=facts.provider,
        owner=facts.owner,
        created_at=facts.created_at,
        fields=[show_secret(field) for field in facts.fields],
    )


def show_test(test: ConnectionTest) -> ConnectionTestResult:
    return ConnectionTestResult.model_validate(test)


def show_rotation(rotation: Rotation) -> KeyRotation:
    return KeyRotation.model_validate(rotation)
