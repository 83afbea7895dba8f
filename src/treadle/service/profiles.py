"""Profiles: named sets of credentials that a deployment is bound to.

`secrets.api_key` of a run bound to the profile `main` is `TREADLE_PROFILE_MAIN_API_KEY` of the environment, or what
`[profiles.main]` in `treadle.toml` names (`api_key = "env:KRAKEN_KEY"`), or the field of the profile in the vault. No
secret is ever written into a file in clear.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from treadle.engine.world import World
from treadle.errors import InvalidWorkflow
from treadle.model.issue import Issue
from treadle.model.nearest import suggest
from treadle.service.secrets import KnownSecrets

if TYPE_CHECKING:
    from treadle.service.vault.vault import Vault

_PREFIX = "TREADLE_PROFILE_"
_REFERENCE = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")

Declared = Mapping[str, Mapping[str, str]]
"""Profile to field to the environment variable that holds it."""


class EnvironmentProfiles(Mapping[str, Mapping[str, str]]):
    """Reads at the time of asking; nothing is copied. A variable `TREADLE_PROFILE_…` counts before the file."""

    def __init__(self, declared: Declared) -> None:
        self._declared = declared

    def __getitem__(self, name: str) -> Mapping[str, str]:
        declared = self._declared.get(name)
        fields = {field: os.environ[at] for field, at in (declared or {}).items() if at in os.environ}
        prefix = variable_of(name, "")
        fields |= {key[len(prefix) :].lower(): value for key, value in os.environ.items() if key.startswith(prefix)}
        if declared is None and not fields:
            raise KeyError(name)
        return fields

    def __iter__(self) -> Iterator[str]:
        """Those the file declares: where a name ends in a variable, only who asks for it knows."""
        return iter(self._declared)

    def __len__(self) -> int:
        return len(self._declared)


class Fields(dict[str, str]):
    """The fields of a profile, found however their names are written."""

    def __missing__(self, name: str) -> str:
        lower = name.lower()
        if lower == name:
            raise KeyError(name)
        return self[lower]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name.lower() if isinstance(name, str) else name)


class KnownProfiles(Mapping[str, Mapping[str, str]]):
    """Field by field, the environment counts before the vault: see `KnownSecrets`."""

    def __init__(self, vault: Vault, declared: Declared) -> None:
        self.vault = vault
        self.environment = EnvironmentProfiles(declared)

    def __getitem__(self, name: str) -> Mapping[str, str]:
        stored = self.vault.profiles.get(name)
        given = self.environment.get(name)
        if stored is None and given is None:
            raise KeyError(name)
        return Fields({**(stored or {}), **(given or {})})

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self.environment), **dict.fromkeys(self.vault.profiles)})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def variable_of(profile: str, field: str) -> str:
    """The environment variable that holds a field of a profile."""
    return f"{_PREFIX}{profile.replace('-', '_').upper()}_{field.upper()}"


def read_profiles(found: object, *, source: str) -> tuple[Declared, list[str]]:
    """What `[profiles]` of a settings file declares, and what is wrong with it; no value is repeated."""
    declared: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    if not isinstance(found, Mapping):
        return {}, [f"`profiles` in {source} is no table; write `[profiles.main]`"]
    for name, fields in cast("Mapping[str, Any]", found).items():
        if not _NAME.fullmatch(name) or not isinstance(fields, Mapping):
            problems.append(f"`profiles.{name}` in {source} is no profile; write `[profiles.main]` and fields below it")
            continue
        declared[name] = {}
        for field, value in cast("Mapping[str, Any]", fields).items():
            reference = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
            if reference is None:
                problems.append(
                    f"`profiles.{name}.{field}` in {source} is not a reference; secrets do not belong into files: "
                    f'put it into the environment and write "env:{variable_of(name, field)}"'
                )
                continue
            declared[name][field.lower()] = reference[1]
    return declared, problems


def require_credentials(world: World, workflow: str, secrets: Collection[str], profiles: Collection[str]) -> None:
    """Every profile is known, and every secret that the workflow reads is in one of them or in the environment.

    Raises `InvalidWorkflow` (`missing_profile`, `missing_secret`) that names all that is not, and what to set.
    """
    unknown = [name for name in profiles if name not in world.profiles]
    bound = [world.profiles[name] for name in profiles if name in world.profiles]
    unset = sorted(name for name in secrets if name not in world.secrets and not any(name in one for one in bound))
    closed: Mapping[tuple[str, str], str] = {}
    if isinstance(world.secrets, KnownSecrets):
        closed = world.secrets.vault.unopened
    issues = [
        Issue(
            "missing_profile",
            f"There is no profile `{name}`.",
            remedy=suggest(
                name,
                list(world.profiles),
                f"Make it with `treadle profile set {name} FIELD`, or set {variable_of(name, '<FIELD>')} in the "
                "environment.",
            ),
        )
        for name in unknown
    ]
    first = next(iter(profiles), None)
    for name in unset:
        variables = [f"TREADLE_SECRET_{name.upper()}", *([variable_of(first, name)] if first else [])]
        command = f"treadle profile set {first} {name}" if first else f"treadle secret set {name}"
        remedy = f"Set it with `{command}`, or {' or '.join(variables)} in the environment."
        message = f"`{workflow}` reads secrets that are not set: {name}."
        for place in ((profile, name.lower()) for profile in (*profiles, "")):
            if place in closed:
                whose = f" of the profile `{place[0]}`" if place[0] else ""
                problem, _, remedy = closed[place].partition(". ")
                message = f"`{workflow}` reads the secret `{name}`{whose}, which cannot be opened. {problem}."
                break
        issues.append(Issue("missing_secret", message, remedy=remedy))
    if issues:
        raise InvalidWorkflow(
            " ".join(issue.message for issue in issues),
            code=issues[0].code,
            remedy=" ".join(issue.remedy or "" for issue in issues),
            workflow=workflow,
            secrets=unset,
            profiles=unknown,
            issues=tuple(issues),
        )
