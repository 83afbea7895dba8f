"""Where a store's server is reached, as other processes find it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

from treadle.service.reserved import find_reserved
from treadle.service.settings import Settings
from treadle.service.whereabouts import ENDING, find_address, find_server, likely_address, told


def test_a_server_is_found_while_it_runs_and_not_after(tmp_path: Path) -> None:
    store = tmp_path / "treadle.db"

    with told(store, "http://127.0.0.1:9000/"):
        found = find_server(store)

    assert (found, find_server(store)) == ("http://127.0.0.1:9000", None)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_server_left_behind_counts_for_nothing(tmp_path: Path) -> None:
    """Its number may be another process's by now."""
    store = tmp_path / "treadle.db"
    with told(store, "http://127.0.0.1:9000"):
        path = tmp_path / f"treadle.db{ENDING}"
        said = json.loads(path.read_text())
        path.write_text(json.dumps({**said, "started": "long ago"}))

        assert find_server(store) is None


def test_a_server_leaves_what_a_later_one_has_written(tmp_path: Path) -> None:
    store = tmp_path / "treadle.db"
    with told(store, "http://127.0.0.1:9000"):
        path = tmp_path / f"treadle.db{ENDING}"
        path.write_text(json.dumps({**json.loads(path.read_text()), "url": "http://127.0.0.1:9001"}))

    assert find_server(store) == "http://127.0.0.1:9001"


def test_a_file_that_says_anything_else_is_no_server(tmp_path: Path) -> None:
    (tmp_path / f"treadle.db{ENDING}").write_text("[1, 2")

    assert find_server(tmp_path / "treadle.db") is None


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    with told(tmp_path / "treadle.db", "http://127.0.0.1:9000"):
        mode = (tmp_path / f"treadle.db{ENDING}").stat().st_mode & 0o777

    assert os.name == "nt" or mode == 0o600


def test_the_public_address_goes_before_all_others(tmp_path: Path) -> None:
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), public_url="https://flows.example.com/")

    with told(tmp_path / "treadle.db", "http://127.0.0.1:9000"):
        assert find_address(settings) == "https://flows.example.com"


def test_where_nothing_runs_the_settings_say_where_it_will() -> None:
    settings = replace(Settings(), host="0.0.0.0", port=9100, tls_cert="cert.pem")

    assert likely_address(settings) == "https://127.0.0.1:9100"


def test_nodes_do_not_write_where_links_lead(tmp_path: Path) -> None:
    """A sign-in link to an address of their choice would be given away there."""
    settings = replace(Settings(), db=str(tmp_path / "treadle.db"), workspace=str(tmp_path))

    assert any(one.holds(tmp_path / f"treadle.db{ENDING}") for one in find_reserved(settings))
