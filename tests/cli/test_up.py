"""`treadle up`, the real program: it recovers, runs what is deployed, and stops cleanly."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.cli.conftest import WAITING, Treadle
from tests.cli.process import Process
from tests.cli.test_outcome import leave_behind, with_nodes, without_nodes

pytestmark = pytest.mark.slow

TICKING = """\
name: ticking
nodes: [{id: every, type: trigger.interval, config: {seconds: 0.2}}]
outputs: "{{ nodes.every.tick }}"
"""

POSTING = """\
name: posting
inputs: {url: string}
nodes:
  - {id: before, type: data.template, config: {template: "paid"}}
  - {id: send, type: http.request, config: {method: POST, url: "{{ workflow.input.url }}", response_as: text}}
connections: [{from: before, to: send.body}]
outputs: "{{ nodes.send.body }}"
"""


class SlowService:
    """Takes a request, and answers it when `answer` is set. `keys` are the idempotency keys that came."""

    def __init__(self) -> None:
        self.answer = Event()
        self.keys: list[str | None] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                service.keys.append(self.headers.get("Idempotency-Key"))
                service.answer.wait(20)
                self.send_response(200)
                self.send_header("Content-Length", "4")
                self.end_headers()
                self.wfile.write(b"done")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def service() -> Iterator[SlowService]:
    service = SlowService()
    yield service
    service.answer.set()
    service.server.shutdown()
    service.server.server_close()


def test_deployments_run_and_it_stops_by_itself(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("ticking.yaml", TICKING))

    with Process(treadle.folder, "up", "--for", "2", "--json") as process:
        code = process.end()

    ticks = [event["output"] for event in process.events("RunFinished")]
    assert code == 0
    assert len(ticks) >= 5
    assert ticks == list(range(len(ticks)))


def test_a_fire_time_has_one_run_with_two_processes_at_work(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("ticking.yaml", TICKING))

    with Process(treadle.folder, "up", "--for", "2.5") as one, Process(treadle.folder, "up", "--for", "2.5") as two:
        codes = one.end(), two.end()

    runs = treadle("list", "-n", "1000", "--json").json
    ticks = sorted(treadle("status", run["run_id"], "--json").json["output"] for run in runs)
    assert codes == (0, 0)
    assert ticks == list(range(len(runs)))
    assert len({run["started_at"] for run in runs}) == len(runs)


def test_a_waiting_run_goes_on_under_it(treadle: Treadle) -> None:
    run = treadle("run", treadle.write("waiting.yaml", WAITING.replace("1h", "4s")), "--json").json

    with Process(treadle.folder, "up", "--json") as process:
        process.wait_until(lambda: list(process.events("RunFinished")))
        process.send(signal.SIGTERM)
        code = process.end()

    (finished,) = process.events("RunFinished")
    assert code == 0
    assert (finished["run_id"], finished["output"]) == (run["run_id"], "kept")


def test_a_run_left_behind_is_told_of_by_its_name(treadle: Treadle) -> None:
    treadle("run", treadle.write("waiting.yaml", WAITING))
    leave_behind(treadle)

    with Process(treadle.folder, "up", "--for", "2") as process:
        process.end()

    (line,) = [line for line in process.lines if "recovered" in line]
    assert "  waiting  " in line


def test_a_run_that_cannot_be_driven_here_is_named(treadle: Treadle) -> None:
    waiting = WAITING.replace('type: data.pick, config: {path: ""}', "type: custom.given")
    run = treadle("run", with_nodes(treadle).write("waiting.yaml", waiting), "--json").json
    leave_behind(treadle)
    without_nodes(treadle)

    with Process(treadle.folder, "up", "--for", "1") as process:
        process.end()

    assert f"{run['run_id']} cannot be driven on" in "".join(process.errors)
    assert "custom.given" in "".join(process.errors)


def test_an_effect_under_way_finishes_before_it_stops(treadle: Treadle, service: SlowService) -> None:
    treadle("deploy", treadle.write("posting.yaml", POSTING), "--every", "1s", "-i", f"url={service.url}")

    with Process(treadle.folder, "up", "--json", TREADLE_ALLOW_PRIVATE_NETWORK="1") as process:
        process.wait_until(lambda: service.keys)
        process.send(signal.SIGINT)
        time.sleep(0.5)
        service.answer.set()
        code = process.end()

    run = treadle("status", "--json").json
    assert code == 0
    assert run["nodes"]["send"]["status"] == "completed"
    assert len(service.keys) == 1


def test_after_a_kill_an_effect_in_doubt_waits_for_a_person(treadle: Treadle, service: SlowService) -> None:
    file = treadle.write("posting.yaml", POSTING)
    with Process(treadle.folder, "run", file, "-i", f"url={service.url}", TREADLE_ALLOW_PRIVATE_NETWORK="1") as process:
        process.wait_until(lambda: service.keys)
        process.kill()

    asked = treadle("retry", "last")
    settled = treadle("resolve", "last", "send", "--as", "done", "--output", '{"status": 200, "body": "seen"}')
    result = treadle("retry", "last", "--json")

    assert asked.code == 3
    assert "treadle resolve" in asked.err
    assert settled.code == 0
    assert (result.code, result.json["output"]) == (0, "seen")
    assert len(service.keys) == 1


def test_ctrl_c_keeps_what_had_begun_and_leaves_the_rest_for_later(treadle: Treadle, service: SlowService) -> None:
    more = "  - {id: after, type: file.write, config: {path: after.txt}}\nconnections: [{from: send.body, to: after}, "
    file = treadle.write("posting.yaml", POSTING.replace("connections: [", more))
    with Process(treadle.folder, "run", file, "-i", f"url={service.url}", TREADLE_ALLOW_PRIVATE_NETWORK="1") as process:
        process.wait_until(lambda: service.keys)
        process.send(signal.SIGINT)
        time.sleep(0.3)
        service.answer.set()
        code = process.end()

    stopped, result = treadle("status", "--json").json, treadle("retry", "last", "--json").json
    assert code == 130
    assert "Finishing send; Ctrl-C again stops at once." in "".join(process.errors)
    assert (stopped["status"], list(stopped["nodes"])) == ("suspended", ["before", "send"])
    assert (result["status"], (treadle.folder / "after.txt").read_text()) == ("completed", "done")
    assert len(service.keys) == 1


def test_a_locked_or_foreign_store_is_said_in_one_line(treadle: Treadle) -> None:
    path = treadle.folder / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()

    with Process(treadle.folder, "up", "--db", str(path), "--for", "1") as process:
        code = process.end()

    assert code == 2
    assert "not one of Treadle's" in "".join(process.errors)
    assert "Traceback" not in "".join(process.errors)


def test_help_is_quick(treadle: Treadle) -> None:
    took: list[float] = []
    for _ in range(3):
        before = os.times()
        with Process(treadle.folder, "--help") as process:
            assert process.end() == 0
        after = os.times()
        # Processor time: what else the machine is doing must not decide.
        took.append(after.children_user + after.children_system - before.children_user - before.children_system)

    assert min(took) < 0.4


def test_a_defect_is_one_line_unless_asked(treadle: Treadle) -> None:
    _break(treadle.folder)

    with Process(treadle.folder, "validate", "x.yaml", PYTHONPATH=str(treadle.folder)) as short:
        codes = [short.end()]
    with Process(treadle.folder, "validate", "x.yaml", "--debug", PYTHONPATH=str(treadle.folder)) as long:
        codes.append(long.end())

    assert codes == [70, 70]
    assert "Traceback" not in "\n".join(short.errors)
    assert "ZeroDivisionError" in "\n".join(short.errors)
    assert "Traceback" in "\n".join(long.errors)


def _break(folder: Path) -> None:
    """A pack that cannot be imported, as a broken installation would have it."""
    (folder / "sitecustomize.py").write_text(
        "import treadle.service.project as p\ndef broken(settings): return 1 / 0\np.installed_registry = broken\n"
    )


def test_it_goes_on_when_nobody_reads_what_it_prints(treadle: Treadle) -> None:
    """`treadle up | head`: the engine works on and drains as ever; what it runs is worth more than its lines."""
    treadle("deploy", treadle.write("ticking.yaml", TICKING))
    program = subprocess.Popen(
        [sys.executable, "-m", "treadle.cli", "up", "--for", "2"],
        cwd=treadle.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert program.stdout is not None
    program.stdout.readline()
    program.stdout.close()

    code = program.wait(timeout=30)

    runs = treadle("list", "--json").json
    assert code == 0
    assert len(runs) >= 5
    assert {run["status"] for run in runs} == {"completed"}
