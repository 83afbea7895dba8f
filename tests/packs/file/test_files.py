"""file.read and file.write: the workspace folder, all of a file or nothing, and nothing outside."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.packs.binding import perform
from tests.packs.fake_context import FakeContext
from treadle.node import NodeDefinition, NodeError, Permissions
from treadle.node.permissions import Reserved
from treadle.packs.file.read import read_file
from treadle.packs.file.write import write_file


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("outside")
    return folder


@pytest.fixture
def ctx(workspace: Path) -> FakeContext:
    return FakeContext(permissions=Permissions(workspace=workspace))


async def read(ctx: FakeContext, path: str, **config: Any) -> Any:
    return (await perform(read_file, ctx, {"path": path, **config}))["output"]


async def write(ctx: FakeContext, path: str, value: Any, **config: Any) -> dict[str, Any]:
    return await perform(write_file, ctx, {"path": path, **config}, value=value)


async def refusal(definition: NodeDefinition, ctx: FakeContext, path: str, **config: Any) -> NodeError:
    inputs = {"value": "x"} if definition is write_file else {}
    with pytest.raises(NodeError) as caught:
        await perform(definition, ctx, {"path": path, **config}, **inputs)
    return caught.value


class TestFormats:
    @pytest.mark.parametrize(
        ("path", "format", "value", "on_disk"),
        [
            ("a.txt", "auto", "hé\n", "hé\n".encode()),
            ("a.JSON", "auto", {"a": [1, None]}, b'{\n  "a": [\n    1,\n    null\n  ]\n}\n'),
            ("a.csv", "auto", [{"a": "1", "b": "x,y"}], b'a,b\r\n1,"x,y"\r\n'),
            ("a.log", "lines", ["one", "two"], b"one\ntwo\n"),
            ("a.bin", "bytes", b"\x00\xff", b"\x00\xff"),
        ],
    )
    async def test_what_is_written_is_read_back(
        self, ctx: FakeContext, workspace: Path, path: str, format: str, value: Any, on_disk: bytes
    ) -> None:
        written = await write(ctx, path, value, format=format)

        assert (workspace / path).read_bytes() == on_disk
        assert written == {"path": path, "size": len(on_disk)}
        assert await read(ctx, path, format=format) == value

    async def test_an_encoding_may_be_chosen(self, ctx: FakeContext, workspace: Path) -> None:
        await write(ctx, "a.txt", "é", encoding="latin-1")

        assert (workspace / "a.txt").read_bytes() == b"\xe9"
        assert await read(ctx, "a.txt", encoding="latin-1") == "é"

    async def test_bytes_that_are_not_text_are_an_error(self, ctx: FakeContext, workspace: Path) -> None:
        (workspace / "a.txt").write_bytes(b"ab\xff")

        assert "byte 2 is not utf-8" in str(await refusal(read_file, ctx, "a.txt"))

    async def test_text_is_no_bytes(self, ctx: FakeContext) -> None:
        assert (await refusal(write_file, ctx, "a.bin", format="bytes")).code == "not_bytes"

    async def test_columns_are_typed_as_asked(self, ctx: FakeContext, workspace: Path) -> None:
        (workspace / "p.csv").write_text("p;n\n1.5;a\n")

        assert await read(ctx, "p.csv", delimiter=";", types={"p": "number"}) == [{"p": 1.5, "n": "a"}]

    async def test_an_encoding_that_does_not_exist_is_an_error(self, ctx: FakeContext) -> None:
        assert (await refusal(write_file, ctx, "a.txt", encoding="klingon")).code == "invalid_config"


class TestWriting:
    async def test_the_old_file_is_replaced_whole_and_keeps_its_mode(self, ctx: FakeContext, workspace: Path) -> None:
        (workspace / "a.txt").write_text("old")
        (workspace / "a.txt").chmod(0o640)

        await write(ctx, "a.txt", "new")

        assert (workspace / "a.txt").read_text() == "new"
        assert (workspace / "a.txt").stat().st_mode & 0o777 == 0o640
        assert os.listdir(workspace) == ["a.txt"]

    async def test_a_write_that_fails_leaves_the_old_file_and_no_rubbish(
        self, ctx: FakeContext, workspace: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (workspace / "a.txt").write_text("old")

        def full(number: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        error = await refusal(write_file, ctx, "a.txt")

        assert (error.code, error.retryable) == ("disk_full", True)
        assert (workspace / "a.txt").read_text() == "old"
        assert os.listdir(workspace) == ["a.txt"]

    async def test_a_reader_never_sees_half_a_file(self, ctx: FakeContext, workspace: Path) -> None:
        contents = ["a" * 300_000, "b" * 300_000]
        (workspace / "a.txt").write_text(contents[0])
        seen: set[str] = set()
        done = threading.Event()

        def watch() -> None:
            while not done.is_set():
                seen.add((workspace / "a.txt").read_text())

        watcher = threading.Thread(target=watch)
        watcher.start()
        for number in range(20):
            await write(ctx, "a.txt", contents[number % 2])
        done.set()
        watcher.join()

        assert seen <= set(contents)

    async def test_folders_are_made_unless_told_not_to(self, ctx: FakeContext, workspace: Path) -> None:
        await write(ctx, "a/b/c.txt", "x")

        error = await refusal(write_file, ctx, "d/e.txt", make_folders=False)

        assert (workspace / "a/b/c.txt").read_text() == "x"
        assert error.code == "file_not_found"

    async def test_append_adds_and_writes_the_header_once(self, ctx: FakeContext, workspace: Path) -> None:
        await write(ctx, "a.csv", [{"n": 1}], append=True)

        found = await write(ctx, "a.csv", [{"n": 2}], append=True)

        assert (workspace / "a.csv").read_bytes() == b"n\r\n1\r\n2\r\n"
        assert found["size"] == 9

    async def test_an_absolute_path_inside_is_inside(self, ctx: FakeContext, workspace: Path) -> None:
        await write(ctx, str(workspace / "a.txt"), "x")

        assert await read(ctx, str(workspace / "a.txt")) == "x"

    @pytest.mark.parametrize("append", [False, True])
    async def test_no_more_is_written_than_allowed(self, ctx: FakeContext, workspace: Path, append: bool) -> None:
        (workspace / "a.txt").write_text("12345")

        error = await refusal(
            write_file, ctx, "a.txt", append=append, max_size=5 if append else 0 + 1, encoding="utf-16"
        )

        assert error.code == "too_large"
        assert (workspace / "a.txt").read_text() == "12345"


class TestReading:
    async def test_a_file_that_is_not_there_is_named(self, ctx: FakeContext) -> None:
        error = await refusal(read_file, ctx, "no/such.txt")

        assert (error.code, error.retryable, error.attributes["path"]) == (
            "file_not_found",
            False,
            "no/such.txt",
        )

    async def test_a_file_larger_than_allowed_is_not_read(self, ctx: FakeContext, workspace: Path) -> None:
        (workspace / "a.txt").write_text("123456")

        assert (await refusal(read_file, ctx, "a.txt", max_size=5)).code == "too_large"
        assert await read(ctx, "a.txt", max_size=6) == "123456"

    async def test_a_folder_and_a_pipe_are_no_files(self, ctx: FakeContext, workspace: Path) -> None:
        (workspace / "d").mkdir()
        os.mkfifo(workspace / "p")

        codes = [(await refusal(node, ctx, path)).code for node in (read_file, write_file) for path in ("d", "p")]

        assert codes == ["not_a_file"] * 4


@pytest.mark.parametrize("definition", [read_file, write_file], ids=["read", "write"])
class TestOutside:
    @pytest.mark.parametrize(
        "path",
        [
            "../secret.txt",
            "a/../../secret.txt",
            "..",
            "a/..",
            "/etc/hostname",
            "//etc/hostname",
        ],
    )
    async def test_a_path_that_leads_outside_is_refused(
        self, definition: NodeDefinition, ctx: FakeContext, path: str
    ) -> None:
        assert (await refusal(definition, ctx, path)).code == "outside_workspace"

    @pytest.mark.parametrize("path", [".treadle/db", ".treadle", ".TREADLE/db", "copies/treadle-1.db.key"])
    async def test_the_store_and_keys_are_nobodys(
        self, definition: NodeDefinition, ctx: FakeContext, path: str
    ) -> None:
        assert (await refusal(definition, ctx, path)).code == "reserved_path"

    @pytest.mark.parametrize(
        "path", ["secret/a", "secret", "./SECRET/a", "data/s.db", "data/s.db-wal", "data/s.db.key"]
    )
    async def test_what_the_operator_keeps_secret_is_neither_read_nor_written(
        self, definition: NodeDefinition, workspace: Path, path: str
    ) -> None:
        reserved = (
            Reserved(workspace / "secret", "a secret", is_secret=True),
            Reserved(workspace / "data" / "s.db", "the store", is_secret=True, beside=("-wal",)),
        )
        ctx = FakeContext(permissions=Permissions(workspace=workspace, reserved=reserved))

        error = await refusal(definition, ctx, path)

        assert (error.code, "workspace" in (error.remedy or "")) == ("reserved_path", True)

    @pytest.mark.parametrize("path", ["a\0b", "", ".", "a/", "x" * 300])
    async def test_what_names_no_file_is_refused(self, definition: NodeDefinition, ctx: FakeContext, path: str) -> None:
        inputs: Any = {"value": "x"} if definition is write_file else {}

        with pytest.raises(NodeError) as caught:
            await definition(ctx, **inputs, path=path)

        assert caught.value.code == "invalid_path"

    @pytest.mark.parametrize("append", [False, True])
    @pytest.mark.parametrize("target", ["../secret.txt", "inside.txt", "nowhere"])
    async def test_a_link_is_not_followed(
        self, definition: NodeDefinition, ctx: FakeContext, workspace: Path, target: str, append: bool
    ) -> None:
        (workspace / "inside.txt").write_text("inside")
        (workspace / "link").symlink_to(target)
        config = {"append": append} if definition is write_file else {}

        error = await refusal(definition, ctx, "link", **config)

        assert error.code == "outside_workspace"
        assert (workspace.parent / "secret.txt").read_text() == "outside"
        assert (workspace / "link").is_symlink()

    async def test_a_link_to_a_folder_is_not_followed(
        self, definition: NodeDefinition, ctx: FakeContext, workspace: Path
    ) -> None:
        (workspace / "up").symlink_to("..", target_is_directory=True)

        error = await refusal(definition, ctx, "up/secret.txt")

        assert error.code == "outside_workspace"
        assert (workspace.parent / "secret.txt").read_text() == "outside"

    async def test_a_workspace_that_is_not_there_is_said(self, definition: NodeDefinition, tmp_path: Path) -> None:
        ctx = FakeContext(permissions=Permissions(workspace=tmp_path / "gone"))

        assert (await refusal(definition, ctx, "a.txt")).code == "no_workspace"


@pytest.mark.parametrize("append", [False, True])
@pytest.mark.parametrize("path", ["nodes/evil.py", "treadle.toml", "lib/deep/json.py", "{workspace}/treadle.toml"])
async def test_what_treadle_loads_is_read_and_not_written(workspace: Path, path: str, append: bool) -> None:
    reserved = (
        Reserved(workspace / "nodes", "code"),
        Reserved(workspace / "treadle.toml", "the settings"),
        Reserved(workspace, "code", endings=(".py",)),
    )
    ctx = FakeContext(permissions=Permissions(workspace=workspace, reserved=reserved))
    path = path.format(workspace=workspace)
    file = workspace / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("as it was")

    error = await refusal(write_file, ctx, path, append=append)

    assert (error.code, file.read_text(), await read(ctx, path)) == ("reserved_path", "as it was", "as it was")
    assert (await write(ctx, "lib/report.txt", "x"))["size"] == 1


async def test_a_workspace_may_itself_be_a_link(tmp_path: Path, workspace: Path) -> None:
    (tmp_path / "current").symlink_to(workspace)
    ctx = FakeContext(permissions=Permissions(workspace=tmp_path / "current"))

    await write(ctx, "a.txt", "x")

    assert (workspace / "a.txt").read_text() == "x"


def test_only_an_append_in_doubt_asks_a_person() -> None:
    hows = [write_file.type.in_doubt_of(c) for c in ({}, {"append": False}, {"append": True}, {"append": "{{ x }}"})]

    assert hows == ["repeat", "repeat", "ask", "ask"]
    assert read_file.type.in_doubt == "repeat"
