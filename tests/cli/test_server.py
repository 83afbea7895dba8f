"""`treadle up` and `treadle server` as real processes: they serve, and they stop in order and in time."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from tests.cli.conftest import Treadle
from tests.cli.process import Process
from tests.cli.test_up import TICKING, SlowService
from treadle.service.access.identities import Identities
from treadle.service.application import Application
from treadle.service.settings import Settings

pytestmark = pytest.mark.slow

LONG = """\
name: long
inputs: {url: string}
nodes:
  - {id: before, type: data.template, config: {template: "paid"}}
  - {id: send, type: http.request, config: {method: POST, url: "{{ workflow.input.url }}", response_as: text}}
  - {id: after, type: file.write, config: {path: after.txt}}
connections: [{from: before, to: send.body}, {from: send.body, to: after}]
"""


@pytest.fixture
def service() -> Iterator[SlowService]:
    service = SlowService()
    yield service
    service.answer.set()
    service.server.shutdown()
    service.server.server_close()


def address(process: Process) -> str:
    """Where it says that it listens."""

    def find() -> str | None:
        for line in (*process.lines, *process.errors):
            if found := re.search(r"https?://[\d.]+:\d+", line):
                return found[0]
        return None

    process.wait_until(find)
    return find() or ""


def get(url: str | urllib.request.Request) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_up_says_when_others_reach_it(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--host", "0.0.0.0", "--port", "0") as process:
        process.wait_until(lambda: any("/sign-in/" in line for line in process.errors))
        told = "\n".join(process.errors)
        found = [get(f"{url}/readyz")[0] for url in re.findall(r"http://[\d.]+:\d+(?=[,\s])", told)]
        process.send(signal.SIGTERM)
        process.end()

    assert "Listening to the network" in told
    assert "not encrypted" in told
    assert found
    assert set(found) == {200}


def test_up_serves_and_says_where_and_how_to_get_in(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--port", "0") as process:
        found = get(f"{address(process)}/readyz")
        process.wait_until(lambda: any("/sign-in/" in line for line in process.errors))
        process.send(signal.SIGTERM)
        code = process.end()

    assert found == (200, '{"ready":true,"why":null}')
    assert code == 0
    assert any(line.startswith("treadle is up: http://127.0.0.1:") for line in process.lines)


def test_up_without_a_server_listens_on_nothing(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--no-server", "--for", "1", "--json") as process:
        code = process.end()

    (ready,) = process.events("Ready")
    assert code == 0
    assert ready["address"] is None


def test_a_port_that_was_named_and_is_taken_is_said_in_one_line(treadle: Treadle) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with Process(treadle.folder, "up", "--port", port, "--for", "1") as process:
            code = process.end()

    assert code != 0
    assert f"Port {port} of 127.0.0.1 is taken" in "".join(process.errors)
    assert not (treadle.folder / ".treadle" / "treadle.db").exists()


def test_two_may_be_up_where_nobody_named_a_port(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--json") as one, Process(treadle.folder, "up", "--json") as two:
        one.wait_until(lambda: list(one.events("Ready")))
        two.wait_until(lambda: list(two.events("Ready")))
        addresses = {event["address"] for process in (one, two) for event in process.events("Ready")}
        answers = {get(f"{each}/healthz") for each in addresses}
        for process in (one, two):
            process.send(signal.SIGTERM)
        codes = one.end(), two.end()

    assert len(addresses) == 2
    assert answers == {(200, "ok\n")}
    assert codes == (0, 0)


def test_a_server_logs_in_json_what_it_does(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("ticking.yaml", TICKING))
    with Process(treadle.folder, "server", "--port", "0") as process:
        found = get(f"{address(process)}/healthz")
        process.send(signal.SIGTERM)
        code = process.end()

    logged = [json.loads(line) for line in process.errors]
    assert found == (200, "ok\n")
    assert code == 0
    assert process.lines == []
    assert any("/sign-in/" in line["message"] for line in logged)
    assert logged[-1]["message"] == "Stopped."


def test_other_machines_are_let_in_only_with_a_word_about_it(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--host", "0.0.0.0", "--port", "0", "--for", "1") as process:
        process.end()

    assert "is not encrypted" in "".join(process.errors)


def test_it_drains_while_an_effect_is_under_way_and_the_run_goes_on_at_the_next_start(
    treadle: Treadle, service: SlowService
) -> None:
    """SIGTERM: not ready at once, nobody let in, the effect finished, the rest left to the next process."""
    treadle("deploy", treadle.write("long.yaml", LONG), "--every", "1s", "-i", f"url={service.url}")
    with Process(treadle.folder, "up", "--port", "0", "--json", TREADLE_ALLOW_PRIVATE_NETWORK="1") as process:
        base = address(process)
        process.wait_until(lambda: service.keys)
        before = get(f"{base}/readyz")
        process.send(signal.SIGTERM)
        process.wait_until(lambda: get(f"{base}/readyz")[0] == 503)
        late, alive = get(f"{base}/api/v1/runs"), get(f"{base}/healthz")
        started = time.monotonic()
        service.answer.set()
        code = process.end()
        took = time.monotonic() - started

    stopped = treadle("status", "--json").json
    treadle("stop", "long")
    with Process(treadle.folder, "up", "--port", "0", "--json", TREADLE_ALLOW_PRIVATE_NETWORK="1") as process:
        process.wait_until(lambda: list(process.events("RunFinished")))
        process.send(signal.SIGTERM)
        process.end()

    assert (before[0], late[0], alive[0], code) == (200, 503, 200, 0)
    assert json.loads(late[1])["code"] == "draining"
    assert took < 10
    assert (stopped["status"], stopped["nodes"]["send"]["status"]) == ("suspended", "completed")
    assert [event["status"] for event in process.events("RunFinished")] == ["completed"]
    assert len(service.keys) == 1


def test_a_stop_does_not_wait_for_connections_that_stay_open(treadle: Treadle) -> None:
    with Process(treadle.folder, "up", "--port", "0") as process:
        host, port = address(process).removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as idle, ThreadPoolExecutor():
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")  # never ended
            process.send(signal.SIGTERM)
            code = process.end(seconds=8)

    assert code == 0


def test_a_backup_of_a_live_store_and_its_restoring(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("ticking.yaml", TICKING))
    with Process(treadle.folder, "up", "--port", "0", "--json") as process:
        process.wait_until(lambda: len(list(process.events("RunFinished"))) > 3)
        made = treadle("backup", "copy.db", "--json")
        refused = treadle("restore", "copy.db", "--force")
        process.send(signal.SIGTERM)
        process.end()
    restored = treadle("restore", "copy.db", "--force", "--json")

    runs = treadle("list", "-n", "1000", "--json").json
    assert (made.code, restored.code) == (0, 0)
    assert refused.code == 2
    assert "in use by process" in refused.err
    assert made.json["runs"] == restored.json["runs"] == len(runs)


def test_traces_go_to_the_console_when_they_are_asked_for(treadle: Treadle) -> None:
    treadle("deploy", treadle.write("ticking.yaml", TICKING))
    with Process(treadle.folder, "up", "--port", "0", "--for", "2", OTEL_TRACES_EXPORTER="console") as process:
        code = process.end()

    assert code == 0
    assert '"name": "run ticking"' in "\n".join(process.errors)


HOOKED = """\
name: hooked
inputs: {url: {type: string, default: "URL"}}
nodes:
  - {id: called, type: trigger.webhook, config: {path: pay, respond: when_done}}
  - {id: send, type: http.request, config: {method: POST, url: "{{ workflow.input.url }}", response_as: text}}
connections: [{from: called.body, to: send.body}]
outputs: "{{ nodes.send.body }}"
"""


def test_a_webhook_that_waits_for_its_answer_has_it_before_the_process_stops(
    treadle: Treadle, service: SlowService
) -> None:
    deployed = treadle("deploy", treadle.write("hooked.yaml", HOOKED.replace("URL", service.url)))
    with (
        Process(treadle.folder, "up", "--port", "0", TREADLE_ALLOW_PRIVATE_NETWORK="1") as process,
        ThreadPoolExecutor() as pool,
    ):
        base = address(process)
        called = pool.submit(post, f"{base}/hooks/pay", b"{}")
        process.wait_until(lambda: service.keys)
        process.send(signal.SIGTERM)
        process.wait_until(lambda: get(f"{base}/readyz")[0] == 503)
        service.answer.set()
        code = process.end()

    assert deployed.code == 0, deployed.err
    assert code == 0
    assert called.result() == (200, '"done"')


def post(url: str, body: bytes) -> tuple[int, str]:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method="POST")
    return get(request)


def test_a_stream_that_is_open_ends_with_the_process_and_does_not_hold_it_up(
    treadle: Treadle, service: SlowService
) -> None:
    given = LONG.replace("{url: string}", f'{{url: {{type: string, default: "{service.url}"}}}}')
    treadle("publish", treadle.write("long.yaml", given))
    with (
        Process(treadle.folder, "up", "--port", "0", TREADLE_ALLOW_PRIVATE_NETWORK="1") as process,
        ThreadPoolExecutor() as pool,
    ):
        base = address(process)
        key = asyncio.run(make_key(treadle))
        wanted = urllib.request.Request(
            f"{base}/api/v1/workflows/long/execute",
            json.dumps({"wait": "stream"}).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
        )
        streamed = pool.submit(get, wanted)
        process.wait_until(lambda: service.keys)
        process.send(signal.SIGTERM)
        process.wait_until(lambda: get(f"{base}/readyz")[0] == 503)
        service.answer.set()
        code = process.end(seconds=10)

    status, text = streamed.result()
    assert (code, status) == (0, 200)
    assert "node.completed" in text
    assert "run.suspended" in text


async def make_key(treadle: Treadle) -> str:
    settings = replace(Settings(), db=str(treadle.folder / ".treadle" / "treadle.db"))
    async with Application(settings, drives=False) as application:
        identities = Identities(application)
        return (await identities.make_key(await identities.ensure_first_admin(), "test")).text
