"""Profiles: named credentials from the environment, and what is said where one is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle.engine.world import World
from treadle.errors import InvalidWorkflow
from treadle.service.profiles import EnvironmentProfiles, require_credentials
from treadle.service.settings import load_settings
from treadle.testing.memory_journal import MemoryJournal


def refusal(profiles: list[str], secrets: list[str], **declared: dict[str, str]) -> InvalidWorkflow:
    world = World(MemoryJournal(), profiles=EnvironmentProfiles(declared), secrets={"common": "c"})
    with pytest.raises(InvalidWorkflow) as caught:
        require_credentials(world, "orders", secrets, profiles)
    return caught.value


def test_a_profile_is_every_variable_that_begins_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_PROFILE_KRAKEN_MAIN_API_KEY", "k")
    monkeypatch.setenv("TREADLE_PROFILE_KRAKEN_MAIN_API_SECRET", "s")

    assert EnvironmentProfiles({})["kraken-main"] == {"api_key": "k", "api_secret": "s"}


def test_a_declared_profile_reads_the_variables_it_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRAKEN", "k")
    profiles = EnvironmentProfiles({"main": {"api_key": "KRAKEN", "api_secret": "NOT_SET"}})

    assert profiles["main"] == {"api_key": "k"}
    assert list(profiles) == ["main"]


def test_a_variable_of_its_own_counts_before_the_one_declared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRAKEN", "k")
    monkeypatch.setenv("TREADLE_PROFILE_MAIN_API_KEY", "mine")

    assert EnvironmentProfiles({"main": {"api_key": "KRAKEN"}})["main"]["api_key"] == "mine"


def test_a_profile_nobody_has_set_is_not_there() -> None:
    assert "nonesuch" not in EnvironmentProfiles({})


def test_everything_that_is_missing_is_told_at_once() -> None:
    refused = refusal(["main"], ["api_key", "common"])

    assert [issue.code for issue in refused.issues] == ["missing_profile", "missing_secret"]
    assert refused.remedy is not None
    assert "TREADLE_PROFILE_MAIN_<FIELD>" in refused.remedy
    assert "TREADLE_SECRET_API_KEY or TREADLE_PROFILE_MAIN_API_KEY" in refused.remedy


def test_a_profile_written_wrong_names_the_nearest() -> None:
    assert "`main`" in str(refusal(["mian"], [], main={"api_key": "X"}).remedy)


def test_credentials_that_are_all_there_are_no_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TREADLE_PROFILE_MAIN_API_KEY", "k")
    world = World(MemoryJournal(), profiles=EnvironmentProfiles({}), secrets={"common": "c"})

    require_credentials(world, "orders", ["api_key", "common"], ["main"])


def settings_of(folder: Path, text: str) -> object:
    (folder / "treadle.toml").write_text(text)
    return load_settings(folder=folder, environment={})[0].profiles


def test_profiles_are_read_from_the_settings_file(tmp_path: Path) -> None:
    assert settings_of(tmp_path, '[profiles.main]\nAPI_KEY = "env:KRAKEN"\n') == {"main": {"api_key": "KRAKEN"}}


@pytest.mark.parametrize("value", ['"sk-live-1234"', '"env:"', '"env:A B"', "17"])
def test_a_secret_in_the_settings_file_is_refused_without_being_repeated(tmp_path: Path, value: str) -> None:
    with pytest.raises(InvalidWorkflow, match="env:TREADLE_PROFILE_MAIN_API_KEY") as caught:
        settings_of(tmp_path, f"[profiles.main]\napi_key = {value}\n")

    assert "sk-live" not in str(caught.value)


def test_profiles_that_are_no_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidWorkflow, match="is no table"):
        settings_of(tmp_path, 'profiles = "main"\n')
    with pytest.raises(InvalidWorkflow, match="is no profile"):
        settings_of(tmp_path, '[profiles]\nmain = "env:X"\n')
