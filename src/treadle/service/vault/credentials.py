"""The operations on profiles and secrets. Values go in; none ever comes out."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypeVar

from treadle.engine.redaction import SHORTEST
from treadle.errors import Conflict, Forbidden, InvalidWorkflow, NodeError, NotFound
from treadle.model.issue import Issue
from treadle.model.nearest import find_nearest, listed, suggest
from treadle.model.run import Origin
from treadle.node.connection import find_tester, providers_tested
from treadle.node.context import Resource
from treadle.service.access.operation import note_details, operation
from treadle.service.profiles import KnownProfiles, variable_of
from treadle.service.secrets import EnvironmentSecrets
from treadle.store.credentials import StoredProfile, VaultContent

if TYPE_CHECKING:
    from treadle.node.permissions import Permissions
    from treadle.service.application import Application

R = TypeVar("R", bound=Resource)
Source = Literal["environment", "vault"]

MOST_FIELDS = 100
MOST_BYTES = 65_536
"""Of one value: a private key with its certificates fits."""
_PROFILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_FIELD = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What may be known of a secret. One of the environment counts before one of the vault that is called the same.

    `opens` is False where the key that it was sealed with is missing.
    """

    name: str
    source: Source
    updated_at: datetime | None = None
    updated_by: str | None = None
    opens: bool = True


@dataclass(frozen=True, slots=True)
class ProfileFacts:
    """`source` is that of the profile itself; its fields may come from both."""

    name: str
    source: Source
    fields: Sequence[FieldFacts]
    provider: str | None = None
    owner: str | None = None
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """`message` says what was found, `remedy` what to do where it is not `ok`."""

    ok: bool
    message: str
    remedy: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Rotation:
    """`key_id` is that of the key which seals now, `sealed` how many values it does."""

    key_id: str
    sealed: int


class Credentials:
    """Somebody else's profile is not to be known of, below an administrator; nobody's is everybody's."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._vault = application.vault
        self._store = application.store

    # Profiles

    @operation("profiles.list")
    async def list_profiles(self) -> list[ProfileFacts]:
        """By name, with what may be known of their fields."""
        content = await self._read()
        stored = {profile.name: profile for profile in content.profiles}
        names = sorted({*stored, *self._environment(())})
        return [self._facts(name, content) for name in names if self._may_know(stored.get(name))]

    @operation("profiles.list")
    async def get_profile(self, name: str) -> ProfileFacts:
        """Raises `NotFound`."""
        content = await self._read()
        profile = next((one for one in content.profiles if one.name == name), None)
        if not self._may_know(profile) or (profile is None and name not in self._environment((name,))):
            raise self._unknown(name, content)
        return self._facts(name, content)

    @operation("profiles.write")
    async def create_profile(
        self, name: str, *, provider: str | None = None, fields: Mapping[str, str] | None = None
    ) -> ProfileFacts:
        """Raises `InvalidWorkflow`, `Conflict` (`profile_exists`, and `profile_in_environment`: nobody adds to what
        whoever runs the process has given)."""
        fields = fields or {}
        _require_valid(name, provider, fields)
        self._require_not_given(name)
        actor = self.application.actor
        profile = StoredProfile(name, self.application.world.clock.now(), provider, actor.user_id)
        values = {field.lower(): value for field, value in fields.items()}
        await self._vault.create_profile(profile, values, by=actor.name)
        note_details(profile=name, provider=provider, set=sorted(values))
        return self._facts(name, await self._vault.read())

    @operation("profiles.write")
    async def change_profile(
        self, name: str, fields: Mapping[str, str | None], *, provider: str | None = None
    ) -> ProfileFacts:
        """Set fields, remove those that are None, leave the others. Raises `InvalidWorkflow`, `NotFound`."""
        values = {field.lower(): value for field, value in fields.items() if value is not None}
        removes = [field.lower() for field, value in fields.items() if value is None]
        _require_valid(name, provider, values)
        await self._require_stored(name)
        await self._vault.change(name, values, removes=removes, provider=provider, by=self.application.actor.name)
        note_details(profile=name, provider=provider, set=sorted(values), removed=sorted(removes))
        return self._facts(name, await self._vault.read())

    @operation("profiles.write")
    async def delete_profile(self, name: str, *, force: bool = False) -> Sequence[str]:
        """The deployments that were bound to it, and now lack it. Raises `NotFound` and, unless forced, `Conflict`
        (`profile_in_use`) where there are any."""
        await self._require_stored(name)
        users = await self._store.find_users_of_profile(name)
        if users and not force:
            raise Conflict(
                f"The profile `{name}` is used by {listed(users)}.",
                code="profile_in_use",
                remedy="Bind them to another one, or delete it all the same (`--force`): what they start will fail.",
                profile=name,
                deployments=users,
            )
        await self._vault.delete_profile(name)
        note_details(profile=name, deployments=users)
        return users

    @operation("profiles.test")
    async def test_profile(self, name: str) -> ConnectionTest:
        """Ask the provider with the profile's credentials. Raises `NotFound`, `InvalidWorkflow` (`no_test`)."""
        facts = await self.get_profile(name)
        for _ in self.application.registry:
            pass  # a pack's test is found once the pack has been imported
        tester = None if facts.provider is None else find_tester(facts.provider)
        if tester is None:
            whose = f"of the provider `{facts.provider}`" if facts.provider else "without a provider"
            raise InvalidWorkflow(
                f"The profile `{name}` is {whose}, and nothing here can test that.",
                code="no_test",
                remedy=_name_a_provider(facts.provider),
                profile=name,
            )
        await self._vault.refresh()
        world = self.application.world
        fields = dict(world.profiles.get(name, {}))
        redactor = world.redactor_for(Origin(account=self.application.actor.user_id, profiles=(name,)))
        try:
            message = await tester(fields, _Here(self.application))
        except NodeError as error:
            remedy = None if error.remedy is None else redactor.text(error.remedy)
            return ConnectionTest(False, redactor.text(error.message), remedy, error.code)
        return ConnectionTest(True, redactor.text(message))

    # Secrets of every run

    @operation("profiles.list")
    async def list_secrets(self) -> list[FieldFacts]:
        """By name."""
        return _both(self._fields("", await self._read()), EnvironmentSecrets())

    @operation("secrets.write")
    async def set_secret(self, name: str, value: str) -> FieldFacts:
        """Raises `InvalidWorkflow`, `Conflict` (`secret_in_environment`)."""
        _require_valid(None, None, {name: value})
        if name in EnvironmentSecrets():
            raise Conflict(
                f"The secret `{name}` is given in the environment, which counts before the store.",
                code="secret_in_environment",
                remedy="Take another name, or have whoever runs Treadle take it out of the environment.",
                secret=name,
            )
        await self._vault.change("", {name.lower(): value}, by=self.application.actor.name)
        note_details(secret=name.lower())
        found = _both(self._fields("", await self._vault.read()), EnvironmentSecrets())
        return next(one for one in found if one.name == name.lower())

    @operation("secrets.write")
    async def delete_secret(self, name: str) -> None:
        """Raises `NotFound`: also of one that only the environment has."""
        note_details(secret=name.lower())
        stored = {field.field for field in (await self._vault.read()).fields if not field.profile}
        if name.lower() not in stored or not await self._vault.change("", {}, removes=[name.lower()]):
            given = name in EnvironmentSecrets()
            remedy = "It is in the environment: remove it there." if given else suggest(name, sorted(stored), "")
            raise NotFound(
                f"There is no secret `{name}` in the store.", code="unknown_secret", remedy=remedy or None, secret=name
            )

    @operation("secrets.write")
    async def rotate_key(self) -> Rotation:
        """See `Vault.rotate`."""
        rotation = Rotation(*await self._vault.rotate())
        note_details(key_id=rotation.key_id, sealed=rotation.sealed)
        return rotation

    async def require_usable(self, profiles: Collection[str]) -> None:
        """Nothing, if the actor may have runs read these. Raises `NotFound` (`missing_profile`)."""
        if not profiles or self._sees_all:
            return
        content = await self._vault.read()
        owned = {one.name: one for one in content.profiles}
        for name in profiles:
            if not self._may_know(owned.get(name)):
                raise self._unknown(name, content)

    async def require_usable_by_followers(self, workflow: str) -> None:
        """Nothing, if the actor may change what the active deployments that follow the latest of `workflow` do with the
        credentials they are bound to. Raises `Forbidden` (`profile_of_another`)."""
        if self._sees_all:
            return
        for one in await self._store.list_deployments(status="active"):
            if one.workflow != workflow or one.version is not None:
                continue
            try:
                await self.require_usable(one.profiles)
            except NotFound:
                raise Forbidden(
                    f"Deployment `{one.name}` would run this at once, with a profile that is not yours to use.",
                    code="profile_of_another",
                    remedy="Ask who owns the profile, or an administrator, to publish it, or to hold the deployment at "
                    "a version.",
                    deployment=one.name,
                ) from None

    # Parts

    async def _read(self) -> VaultContent:
        await self._vault.refresh()
        return await self._vault.read()

    @property
    def _sees_all(self) -> bool:
        actor = self.application.actor
        return actor.is_local or actor.role == "admin"

    def _may_know(self, profile: StoredProfile | None) -> bool:
        owner = None if profile is None else profile.owner
        return owner is None or self._sees_all or owner == self.application.actor.user_id

    async def _require_stored(self, name: str) -> None:
        content = await self._vault.read()
        profile = next((one for one in content.profiles if one.name == name), None)
        if profile is None or not self._may_know(profile):
            raise self._unknown(name, content)

    def _require_not_given(self, name: str) -> None:
        """However it is written: names that share their variables are one. Raises `Conflict`."""
        given = self._environment((name,))
        for other in given:
            if variable_of(other, "") == variable_of(name, ""):
                raise Conflict(
                    f"The profile `{other}` is given in the environment, or in `treadle.toml`.",
                    code="profile_in_environment",
                    remedy="Take another name, or have whoever runs Treadle take it out there.",
                    profile=name,
                )

    def _unknown(self, name: str, content: VaultContent) -> NotFound:
        names = sorted({one.name for one in content.profiles if self._may_know(one)} | set(self._environment(())))
        otherwise = f"Make it: `treadle profile set {name} FIELD`."
        if name in self._environment((name,)) and all(one.name != name for one in content.profiles):
            otherwise = "It is in the environment only: change it there."
            names = []
        return NotFound(
            f"There is no profile `{name}` in the store.",
            code="unknown_profile",
            remedy=suggest(name, names, otherwise),
            profile=name,
        )

    def _environment(self, asked: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """The profiles of the environment: those declared, and those asked for that are there."""
        profiles = self.application.world.profiles
        if not isinstance(profiles, KnownProfiles):
            return {}
        given = profiles.environment
        return {name: given[name] for name in (*given, *asked) if name in given}

    def _facts(self, name: str, content: VaultContent) -> ProfileFacts:
        profile = next((one for one in content.profiles if one.name == name), None)
        given = self._environment((name,)).get(name, {})
        fields = _both(self._fields(name, content), given)
        if profile is None:
            return ProfileFacts(name, "environment", fields)
        return ProfileFacts(name, "vault", fields, profile.provider, profile.owner, profile.created_at)

    def _fields(self, profile: str, content: VaultContent) -> list[FieldFacts]:
        closed = self._vault.unopened
        return [
            FieldFacts(one.field, "vault", one.updated_at, one.updated_by, (profile, one.field) not in closed)
            for one in content.fields
            if one.profile == profile
        ]


class _Here:
    """What a test of a connection may use."""

    def __init__(self, application: Application) -> None:
        self._world = application.world

    @property
    def permissions(self) -> Permissions:
        return self._world.permissions

    def resource(self, kind: type[R]) -> R:
        return self._world.resources.get(kind)


def is_short(value: str) -> bool:
    """Whether a value is too short to be looked for in what is kept and shown."""
    return len(value.strip()) < SHORTEST


def _both(stored: Sequence[FieldFacts], given: Collection[str]) -> list[FieldFacts]:
    fields = {one.name: one for one in stored} | {name: FieldFacts(name, "environment") for name in given}
    return sorted(fields.values(), key=lambda one: one.name)


def _require_valid(profile: str | None, provider: str | None, values: Mapping[str, str]) -> None:
    """Raises `InvalidWorkflow` that names all that is wrong; no value is repeated."""
    issues: list[Issue] = []

    def wrong(message: str, remedy: str) -> None:
        issues.append(Issue("invalid_credentials", message, remedy=remedy))

    if profile is not None and not _PROFILE.fullmatch(profile):
        wrong(f"`{profile[:100]}` is no name of a profile.", "Use letters, digits, `-` and `_`: at most 100.")
    if provider is not None and not _PROVIDER.fullmatch(provider):
        wrong(f"`{provider[:100]}` is no provider.", "Use small letters, digits, `.`, `-` and `_`: at most 100.")
    if len(values) > MOST_FIELDS:
        wrong(f"{len(values)} fields are too many.", f"Set at most {MOST_FIELDS} at once.")
    lower = [name.lower() for name in values]
    for name, value in values.items():
        if not _FIELD.fullmatch(name):
            wrong(f"`{name[:100]}` is no name of a secret.", "Use letters, digits and `_`: at most 100.")
        elif lower.count(name.lower()) > 1:
            wrong(f"`{name}` is there twice.", "Large and small letters are the same in names.")
        if not value.strip():
            wrong(f"`{name[:100]}` is empty.", "Give it a value, or remove it.")
        elif "\0" in value or len(value.encode("utf-8", "replace")) > MOST_BYTES:
            wrong(f"`{name[:100]}` is too long, or holds a zero.", f"Store at most {MOST_BYTES} bytes of text.")
        elif any("\ud800" <= letter <= "\udfff" for letter in value):
            wrong(f"`{name[:100]}` is no text.", "Store what is binary as base64.")
    if issues:
        raise InvalidWorkflow(
            " ".join(issue.message for issue in issues), code="invalid_credentials", issues=tuple(issues)
        )


def _name_a_provider(given: str | None) -> str:
    near = None if given is None else find_nearest(given, providers_tested())
    meant = f" (`{near}`?)" if near else ""
    return f"Set its provider to `http`, or to the exchange or broker it is for{meant}, or try it out in a workflow."
