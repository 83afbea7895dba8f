"""Settings come from the environment, then the file, then the defaults, and say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from treadle.errors import InvalidWorkflow
from treadle.service.settings import load_settings


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    (tmp_path / "treadle.toml").write_text('db = "file.db"\nallow_shell = true\n')

    settings, _ = load_settings(folder=tmp_path, environment={"TREADLE_DB": "env.db"})

    assert (settings.db, settings.allow_shell) == ("env.db", True)


def test_each_setting_says_where_it_came_from(tmp_path: Path) -> None:
    (tmp_path / "treadle.toml").write_text("max_concurrency = 4\n")

    _, listed = load_settings(folder=tmp_path, environment={"TREADLE_ALLOW_SHELL": "1"}, overrides={"db": "x"})

    sources = {setting.name: setting.source for setting in listed}
    assert sources["max_concurrency"] == "treadle.toml"
    assert sources["allow_shell"] == "TREADLE_ALLOW_SHELL"
    assert sources["db"] == "command line"
    assert sources["workspace"] == "default"


def test_every_wrong_value_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "treadle.toml").write_text("max_concurency = 4\n")
    environment = {"TREADLE_ALLOW_SHELL": "perhaps", "TREADLE_MAX_CONCURRENCY": "0"}

    with pytest.raises(InvalidWorkflow) as refusal:
        load_settings(folder=tmp_path, environment=environment)

    for part in ("max_concurency", "perhaps", "less than 1"):
        assert part in refusal.value.message


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "treadle.toml").write_text("db = \n")

    with pytest.raises(InvalidWorkflow, match="cannot be read"):
        load_settings(folder=tmp_path, environment={})


def test_expressions_read_only_the_variables_the_operator_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGION", "eu")
    monkeypatch.setenv("PASSWORD", "hidden")

    settings, _ = load_settings(folder=tmp_path, environment={"TREADLE_ENV": "REGION, MISSING"})

    assert settings.permissions().environment == {"REGION": "eu"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TREADLE_PORT", "70000", "the last one is 65535"),
        ("TREADLE_PUBLIC_URL", "flows.example.com", "https://flows.example.com"),
        ("TREADLE_PUBLIC_URL", "https://example.com/flows", "at the root of its host"),
        ("TREADLE_TRUSTED_PROXIES", "10.0.0.0/8,proxy", "'proxy' is neither an address nor a network"),
        ("TREADLE_LOG_FORMAT", "xml", "not one of text, json"),
        ("TREADLE_BACKUP_EVERY", "often", "is not a duration"),
        ("TREADLE_BACKUP_EVERY", "5s", "less than a minute"),
    ],
)
def test_a_setting_that_means_nothing_is_refused(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(InvalidWorkflow) as refusal:
        load_settings(folder=tmp_path, environment={name: value})

    assert said in refusal.value.message


def test_what_a_server_needs_is_read_as_it_counts(tmp_path: Path) -> None:
    environment = {
        "TREADLE_PORT": "0",
        "TREADLE_PUBLIC_URL": "https://flows.example.com/",
        "TREADLE_TRUSTED_PROXIES": "10.0.0.0/8, ::1",
        "TREADLE_LOG_LEVEL": "INFO",
    }

    settings, _ = load_settings(folder=tmp_path, environment=environment)

    assert settings.port == 0
    assert settings.public_url == "https://flows.example.com"
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")
    assert settings.log_level == "info"
